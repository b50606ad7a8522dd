import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import type { Actor } from '../../access/actor.js';
import { UnauthenticatedError } from '../../access/errors.js';
import { Tokens } from '../../access/tokens.js';
import type { CapturedEvent } from '../../capture/captured-event.model.js';
import type { GraphqlContext } from '../../platform/graphql/context.js';
import { scopeOf, seenEvent, subjectOf, type Asker } from '../events/events.service.js';
import { OwnSites } from '../own-sites.service.js';
import type { Shipment } from '../shipments/shipments.model.js';
import { ShipmentsService } from '../shipments/shipments.service.js';
import { EventsStore, type StoredEvent } from '../events/events.store.js';
import { LogTail } from './log-tail.js';

/** Which events a subscriber wants; what is left out matters not. */
export interface LiveFilter {
  readonly bizStep?: string | null | undefined;
  readonly epc?: string | null | undefined;
}

/** How long events that were read are shown as they were. */
const FRESH_MS = 5000;

/** Live subscriptions: the same events, in the same views, as a query would show, each once and in order. */
@Injectable()
export class LiveService {
  constructor(
    private readonly tail: LogTail,
    private readonly shipments: ShipmentsService,
    private readonly sites: OwnSites,
    private readonly accessTrail: AccessTrail,
    private readonly tokens: Tokens,
    private readonly stored: EventsStore,
  ) {}

  /** Events as they are captured, after a position or from now on. */
  events(
    asker: Asker,
    context: GraphqlContext,
    filter: LiveFilter,
    after: number | null,
  ): AsyncIterableIterator<CapturedEvent> {
    return stoppable((signal) => this.followEvents(asker, context, filter, after, signal));
  }

  /** Shipments as they leave for a site of one's own, or for any; a regulator without a site gets all. */
  async arriving(
    asker: Asker,
    context: GraphqlContext,
    site: string | null,
    after: number | null,
  ): Promise<AsyncIterableIterator<Shipment>> {
    const all = asker.actor.organisationRole === 'regulator' && site === null;
    const sites = all ? 'all' : new Set(await this.sites.ids(asker.actor, site));
    return stoppable((signal) => this.followShipments(asker, context, sites, after, signal));
  }

  private async *followEvents(
    asker: Asker,
    context: GraphqlContext,
    filter: LiveFilter,
    after: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<CapturedEvent> {
    for await (const batch of this.tail.follow(scopeOf(asker.actor), after, signal)) {
      const readAt = performance.now();
      for (const each of batch) {
        const stored = await this.asItIs(each, readAt, asker.actor);
        const event = seenEvent(asker.actor, stored);
        if (!event || !fits(event, filter)) continue;
        await this.mayGoOn(context);
        await this.record(asker, [stored], 'Subscription.eventCaptured', subjectOf(event));
        yield event;
      }
    }
  }

  /** A subscriber may take its time over a batch: what was read a while ago may be erased since. */
  private async asItIs(stored: StoredEvent, readAt: number, { organisationId }: Actor): Promise<StoredEvent> {
    if (performance.now() - readAt < FRESH_MS) return stored;
    return (await this.stored.at(stored.position, organisationId)) ?? stored;
  }

  private async *followShipments(
    asker: Asker,
    context: GraphqlContext,
    sites: ReadonlySet<number> | 'all',
    after: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<Shipment> {
    for await (const batch of this.tail.follow(scopeOf(asker.actor), after, signal)) {
      for (const shipment of await this.shipments.arriving(
        sites,
        batch.map(({ position }) => position),
      )) {
        await this.mayGoOn(context);
        const stored = batch.filter(({ position }) => position === shipment.position);
        await this.record(asker, stored, 'Subscription.shipmentArriving', subjectOf(shipment));
        yield shipment;
      }
    }
  }

  /** A subscription lives no longer than the access token that opened it. Throws UnauthenticatedError. */
  private async mayGoOn({ request }: GraphqlContext): Promise<void> {
    const token = request.headers.authorization?.slice('bearer '.length).trim();
    if (token === undefined) throw new UnauthenticatedError('missing', 'This needs an access token: sign in first.');
    await this.tokens.check(token);
  }

  private record(asker: Asker, events: readonly StoredEvent[], operation: string, subject: string): Promise<void> {
    return this.accessTrail.record({
      ...asker,
      ownerIds: events.map(({ capturedBy }) => capturedBy),
      operation,
      subject,
    });
  }
}

const fits = (event: CapturedEvent, { bizStep, epc }: LiveFilter): boolean =>
  (bizStep == null || event.bizStep === bizStep) && (epc == null || event.epcs.includes(epc));

/** A generator that ends at once when its reader goes, also while it waits: `return` alone would wait for the next event. */
function stoppable<T>(start: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  const abort = new AbortController();
  const generator = start(abort.signal);
  return {
    next: () => generator.next(),
    return: () => {
      abort.abort();
      return generator.return(undefined);
    },
    throw: (error: unknown) => {
      abort.abort();
      return generator.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

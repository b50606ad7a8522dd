import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import type { Actor } from '../../access/actor.js';
import { eventView, seesAllTrails, trailView, type EventFacts } from '../../access/policy.js';
import type { Purpose } from '../../access/purpose.js';
import { CapturedEvent, eventModel } from '../../capture/captured-event.model.js';
import { erasedDocument } from '../../capture/erased-event.js';
import { EventPositions } from '../../capture/event-positions.service.js';
import { epcIndexKey } from '../../capture/seal.js';
import { BUSINESS_STEPS } from '../../domain/epcis/vocabulary.js';
import { epcUri } from '../../domain/gs1/epc.js';
import { encodeCursor, type Page } from '../../platform/graphql/pagination.js';
import { epcNamed, TraceRefusedError } from '../trace-refusals.js';
import { EventsStore, type EventFilter, type Scope, type StoredEvent } from './events.store.js';

/** Who asks, and why. */
export interface Asker {
  readonly actor: Actor;
  readonly purpose: Purpose;
}

export interface EventQuery {
  readonly bizStep?: string | null | undefined;
  readonly epc?: string | null | undefined;
  readonly since?: string | null | undefined;
  readonly until?: string | null | undefined;
}

export const scopeOf = (actor: Actor): Scope => ({ organisation: actor.organisationId, all: seesAllTrails(actor) });

/** An event as the access trail names it: not by its eventID, a hash that would outlive an erasure. */
export const subjectOf = ({ position }: { readonly position: number }): string => `event ${position}`;

/** What the policy asks about a stored event, as far as this reader goes. */
export const factsOf = (
  actor: Actor,
  { capturedBy, party }: Pick<StoredEvent, 'capturedBy' | 'party'>,
): EventFacts => ({
  capturedBy,
  parties: party ? [actor.organisationId] : [],
});

/** An event as this reader sees it by itself; null where it is hidden. */
export function seenEvent(actor: Actor, stored: StoredEvent): CapturedEvent | null {
  const view = eventView(actor, factsOf(actor, stored));
  if (view === 'hidden') return null;
  if (stored.body === null) {
    return stored.erased && eventModel(stored.position, erasedDocument(stored.position, stored.erased));
  }
  const document = JSON.parse(stored.body) as Record<string, unknown>;
  return eventModel(stored.position, view === 'full' ? document : trailView(document));
}

/** Events by themselves: what an organisation captured or is named in. */
@Injectable()
export class EventsService {
  constructor(
    private readonly store: EventsStore,
    private readonly positions: EventPositions,
    private readonly trail: AccessTrail,
  ) {}

  /** One event; null where there is none that the asker may see. */
  async event(asker: Asker, eventID: string | null, position: number | null): Promise<CapturedEvent | null> {
    if ((eventID === null) === (position === null)) {
      throw new TraceRefusedError('EVENT_REFERENCE_INVALID', 'Name the event by its eventID or by its position.');
    }
    const place = eventID === null ? position! : await this.positions.ofEventId(eventID);
    const stored = place === undefined ? undefined : await this.store.at(place, asker.actor.organisationId);
    const seen = stored ? seenEvent(asker.actor, stored) : null;
    if (seen) await this.record(asker, [stored!], 'Query.event', subjectOf(seen));
    return seen;
  }

  /** A page of events, the newest first, which may be shorter than asked for while more follow. */
  async page(asker: Asker, query: EventQuery, before: number | undefined, first: number): Promise<Page<CapturedEvent>> {
    const filter = await this.filterOf(query);
    const scope = scopeOf(asker.actor);
    const found = await this.store.page(scope, filter, before ?? Number.MAX_SAFE_INTEGER, first);
    const recorded = this.record(asker, found.events, 'Query.events', query.epc ?? 'events');
    const nodes = found.events.map((stored) => seenEvent(asker.actor, stored)).filter((event) => event !== null);
    await recorded;
    const end = found.stoppedAt ?? found.events.at(-1)?.position;
    return {
      nodes,
      pageInfo: {
        hasNextPage: found.more || found.stoppedAt !== null,
        endCursor: end === undefined ? null : encodeCursor(end),
      },
    };
  }

  private record(asker: Asker, events: readonly StoredEvent[], operation: string, subject: string): Promise<void> {
    const ownerIds = events.map(({ capturedBy }) => capturedBy);
    return this.trail.record({ ...asker, ownerIds, operation, subject });
  }

  private async filterOf(query: EventQuery): Promise<EventFilter> {
    const filter = { step: stepOf(query.bizStep), since: query.since ?? null, until: query.until ?? null };
    if (query.epc == null) return { ...filter, epc: null, commissionedIn: null };
    const epc = epcNamed(query.epc);
    const made = epc.kind === 'sgtin' ? await this.store.commissionedIn(epc.gtin, epc.serial) : null;
    return { ...filter, epc: epcIndexKey(epcUri(epc)), commissionedIn: made };
  }
}

function stepOf(bizStep: string | null | undefined): number | null {
  if (bizStep == null) return null;
  const step = BUSINESS_STEPS.findIndex((each) => each === bizStep);
  if (step >= 0) return step;
  throw new TraceRefusedError(
    'BIZ_STEP_UNKNOWN',
    `Expected a business step of CBV 2.0, as shipping, got ${JSON.stringify(bizStep.slice(0, 80))}.`,
  );
}

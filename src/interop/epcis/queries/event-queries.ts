import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../../access/access-trail.js';
import { EventErasedError } from '../../../capture/erased-event.js';
import { EventPositions } from '../../../capture/event-positions.service.js';
import type { Namespaces } from '../../../domain/epcis/context.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { type Asker, scopeOf, seenEvent, subjectOf } from '../../../trace/events/events.service.js';
import type { StoredEvent } from '../../../trace/events/events.store.js';
import type { PageRequest } from '../paging/page-tokens.js';
import { LogReadingStore } from '../subscriptions/log-reading.store.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { EventWalkStore } from './event-walk.store.js';
import { decoded, parametersIn } from './parameters.js';
import { eventQuery, type EventQuery, matches } from './simple-event-query.js';

export type { EventQuery } from './simple-event-query.js';

/** Reads of one page at most: it may be short, or empty, while more follow. */
const MOST_READS = 10;
const MOST_BYTES = 8 * 1024 * 1024;

/** A page of events, and where the next begins. */
export interface EventsPage {
  readonly events: readonly EpcisEvent[];
  readonly next: string | null;
}

/** What a query finds among the events that somebody may see. */
@Injectable()
export class EventQueries {
  constructor(
    private readonly store: EventWalkStore,
    private readonly log: LogReadingStore,
    private readonly positions: EventPositions,
    private readonly trail: AccessTrail,
  ) {}

  /** Reads a query in JSON. Throws QueryParameterException. */
  parse(parameters: Readonly<Record<string, unknown>>, namespaces: Namespaces): EventQuery {
    return eventQuery(parameters, namespaces);
  }

  /** Reads a query in a URL, and parameters that its path gives. Throws QueryParameterException. */
  parseUrl(raw: string, namespaces: Namespaces, beside: Readonly<Record<string, readonly string[]>> = {}): EventQuery {
    const parameters = new Map<string, readonly string[]>(Object.entries(beside));
    for (const [name, value] of parametersIn(raw)) {
      if (parameters.has(name)) {
        const message = `${name.slice(0, 100)}: expected it once; got it again, or beside a path that says it.`;
        throw new EpcisProblem('QueryParameterException', 'PARAMETER_REPEATED', message, {
          parameter: name.slice(0, 100),
        });
      }
      parameters.set(name, value.split('|').map(decoded));
    }
    return eventQuery(Object.fromEntries(parameters), namespaces);
  }

  /** Throws SubscriptionControlsException for a query that cannot stand: one that stops after so many events. */
  checkStanding({ counts: [counted] }: EventQuery): void {
    if (counted === undefined) return;
    const message = `A query with ${counted} cannot be subscribed to: it would leave events out.`;
    throw new EpcisProblem('SubscriptionControlsException', 'QUERY_IS_COUNTED', message, { parameter: counted });
  }

  /** A page, the newest event first. */
  async page(asker: Asker, query: EventQuery, { perPage, cursor }: PageRequest): Promise<EventsPage> {
    const [from, had] = (cursor ?? `${Number.MAX_SAFE_INTEGER}.0`).split('.').map(Number) as [number, number];
    const most = Math.min(perPage, (query.eventCountLimit ?? Number.POSITIVE_INFINITY) - had);
    const found: EpcisEvent[] = [];
    const ownerIds = new Set<number>();
    let [before, bytes, more] = [from, 0, true];
    for (let reads = 0; reads < MOST_READS && more && found.length < most && bytes < MOST_BYTES; reads++) {
      const events = await this.store.before(scopeOf(asker.actor), before);
      more = events.length > 0;
      for (const stored of events) {
        if (found.length >= most || bytes >= MOST_BYTES) break;
        before = stored.position;
        const event = this.visible(asker, stored, query);
        if (event === null) continue;
        found.push(event);
        ownerIds.add(stored.capturedBy);
        bytes += stored.body?.length ?? 0;
      }
    }
    await this.trail.record({ ...asker, ownerIds, operation: 'GET /epcis/events', subject: 'events' });
    const ended = !more || had + found.length >= (query.eventCountLimit ?? Number.POSITIVE_INFINITY);
    return { events: found, next: ended ? null : `${before}.${had + found.length}` };
  }

  /** One event; null where there is none that the asker may see. Throws EventErasedError. */
  async byId(asker: Asker, eventID: string): Promise<EpcisEvent | null> {
    const position = await this.positions.ofEventId(eventID);
    if (position === undefined) return null;
    const [stored] = await this.log.at(asker.actor.organisationId, [position]);
    const seen = stored ? seenEvent(asker.actor, stored) : null;
    if (!stored || !seen) return null;
    if (stored.body === null) throw new EventErasedError('EVENT_ERASED', 'The event was erased.', { position });
    const ownerIds = [stored.capturedBy];
    await this.trail.record({ ...asker, ownerIds, operation: 'GET /epcis/events', subject: subjectOf({ position }) });
    return seen.document as unknown as EpcisEvent;
  }

  /** An event as this reader sees it, where the query finds it; null where it does not, or the event is hidden or erased. */
  visible(asker: Asker, stored: StoredEvent, query: EventQuery): EpcisEvent | null {
    if (stored.body === null) return null;
    const document = seenEvent(asker.actor, stored)?.document;
    return document !== undefined && matches(query, document) ? (document as unknown as EpcisEvent) : null;
  }
}

import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import type { EpcisEvent } from '../../domain/epcis/event.js';
import { matches, type SimpleEventQuery, type Vocabulary } from '../../domain/epcis/query/index.js';
import { DomainError } from '../../domain/errors.js';
import { MasterData } from '../../partners/master-data/master-data.js';
import { scopeOf, seenEvent, type Asker } from '../events/events.service.js';
import type { StoredEvent } from '../events/events.store.js';
import { EventQueryStore } from './event-query.store.js';
import { searchPlan, type SearchPlan } from './search.js';
import { startOf, type Place } from './statements.js';

/** Reads of the index, and of events, that one request does at most: then a page is short, and says how to go on. */
const MOST_READS = 20;
const MOST_BYTES = 8 * 1024 * 1024;
/** Events that are read at once: a page, and some that the index found in vain. */
const LOADED = 50;

export interface EventPageRequest {
  readonly perPage: number;
  /** From the page before; undefined for the first. */
  readonly cursor: string | undefined;
}

/** A page of events, and where the next begins; it may be short, or empty, while more follow. */
export interface FoundEvents {
  readonly events: readonly EpcisEvent[];
  readonly next: string | null;
}

export type EventQueryRefusal = 'QUERY_TOO_LARGE' | 'QUERY_TOO_COMPLEX';

/** A query that finds more than its asker allowed, or that needs more work than a request may do. */
export class EventQueryRefusedError extends DomainError<EventQueryRefusal> {
  override readonly name = 'EventQueryRefusedError';
}

interface Match {
  readonly place: Place;
  readonly capturedBy: number;
  readonly event: EpcisEvent;
  readonly bytes: number;
}

/** What a query finds among the events that somebody may see, evaluated on what that somebody sees of each. */
@Injectable()
export class EventQueryService {
  constructor(
    private readonly store: EventQueryStore,
    private readonly masterData: MasterData,
    private readonly trail: AccessTrail,
  ) {}

  /** What the asker's master data says, for `visible`. */
  vocabularyOf({ actor }: Asker): Promise<Vocabulary> {
    return this.masterData.vocabulary(actor.organisationId);
  }

  /** An event as this reader sees it, where the query finds it; null where it does not, or the event is hidden or erased. */
  visible(asker: Asker, stored: StoredEvent, query: SimpleEventQuery, vocabulary: Vocabulary): EpcisEvent | null {
    if (stored.body === null) return null;
    const document = seenEvent(asker.actor, stored)?.document;
    return document !== undefined && matches(query, document, vocabulary) ? (document as unknown as EpcisEvent) : null;
  }

  /**
   * A page of what a query finds, in its order; the access trail names it by `operation`. Pages join without a gap or a repeat while more is captured. Throws
   * QUERY_TOO_LARGE above `maxEventCount`, QUERY_TOO_COMPLEX where that cannot be told with bounded work.
   */
  async page(
    asker: Asker,
    query: SimpleEventQuery,
    { perPage, cursor }: EventPageRequest,
    operation: string,
  ): Promise<FoundEvents> {
    const vocabulary = await this.vocabularyOf(asker);
    const plan = searchPlan(query, scopeOf(asker.actor), vocabulary);
    const found = (after: Place | null) => new Reading(this, this.store, asker, query, vocabulary, plan, after);
    const from = cursor === undefined ? null : decodeCursor(cursor);
    if (query.maxEventCount !== null && from === null) await checkCount(found(null), query.maxEventCount);
    const had = from?.had ?? 0;
    const limit = query.eventCountLimit ?? Number.POSITIVE_INFINITY;
    const reading = found(from?.place ?? null);
    const matched: Match[] = [];
    let bytes = 0;
    const most = Math.min(perPage, limit - had);
    while (matched.length < most && bytes < MOST_BYTES) {
      const match = await reading.next();
      if (match === undefined) break;
      matched.push(match);
      bytes += match.bytes;
    }
    const ownerIds = new Set(matched.map(({ capturedBy }) => capturedBy));
    await this.trail.record({ ...asker, ownerIds, operation, subject: 'events' });
    const total = had + matched.length;
    const place = matched.length === most || bytes >= MOST_BYTES ? matched.at(-1)!.place : reading.stoppedAt;
    const next = place === null || total >= limit || reading.ended ? null : encodeCursor({ place, had: total });
    return { events: matched.map(({ event }) => event), next };
  }
}

async function checkCount(reading: Reading, most: number): Promise<void> {
  for (let count = 0; ; count++) {
    const match = await reading.next();
    if (match === undefined) break;
    if (count === most) {
      throw new EventQueryRefusedError(
        'QUERY_TOO_LARGE',
        `The query finds more than the ${most} events of maxEventCount.`,
      );
    }
  }
  if (!reading.ended) {
    throw new EventQueryRefusedError(
      'QUERY_TOO_COMPLEX',
      'Whether there are more events than maxEventCount takes too long to tell. Narrow the query, or page through it.',
    );
  }
}

/** One pass through what a query finds, in its order, with bounded work. */
class Reading {
  /** Nothing follows. */
  ended = false;
  /** The last place that was looked at, where the work ended before the search. */
  stoppedAt: Place | null = null;
  private reads = 0;
  private waiting: Place[] = [];
  private matched: Match[] = [];
  private after: Place | null;
  private byTerms: boolean | undefined;

  constructor(
    private readonly service: EventQueryService,
    private readonly store: EventQueryStore,
    private readonly asker: Asker,
    private readonly query: SimpleEventQuery,
    private readonly vocabulary: Vocabulary,
    private readonly plan: SearchPlan,
    after: Place | null,
  ) {
    this.after = after ?? startOf(plan.search);
    this.stoppedAt = after;
  }

  /** The next event; undefined where none follows (`ended`) or the work of a request is done (`stoppedAt`). */
  async next(): Promise<Match | undefined> {
    for (;;) {
      const match = this.matched.shift();
      if (match !== undefined) return match;
      if (this.waiting.length > 0) await this.load();
      else if (this.after === null) {
        this.ended = true;
        return undefined;
      } else if (this.reads >= MOST_READS) return undefined;
      else await this.look();
    }
  }

  private async look(): Promise<void> {
    this.reads += 1;
    const { places, next } = await this.candidates(this.after!);
    this.waiting = [...places];
    this.after = next;
    if (places.length === 0 && next !== null) this.stoppedAt = next;
  }

  /** Dense matches are soon found by walking; what is rare has an index; what is neither is walked on. */
  private async candidates(after: Place) {
    const { search, names } = this.plan;
    if (names !== null) return this.store.byNames(search, after, names);
    if (search.groups.length === 0 || this.reads === 1 || this.byTerms === false) return this.store.walk(search, after);
    const found = await this.store.byTerms(search, after);
    this.byTerms = found !== undefined;
    return found ?? this.store.walk(search, after);
  }

  private async load(): Promise<void> {
    const positions = this.waiting.slice(0, LOADED).map(({ position }) => position);
    const events = await this.store.events(this.asker.actor.organisationId, positions);
    const byPosition = new Map(events.map((stored) => [stored.position, stored]));
    // What was found and is gone was erased meanwhile, but for those behind the last that was read: they come next.
    const last = events.at(-1)?.position;
    const upTo = last === undefined ? positions.length : positions.indexOf(last) + 1;
    for (const place of this.waiting.splice(0, upTo)) {
      this.stoppedAt = place;
      const stored = byPosition.get(place.position);
      const event = stored && this.service.visible(this.asker, stored, this.query, this.vocabulary);
      if (event) this.matched.push({ place, event, capturedBy: stored.capturedBy, bytes: stored.body!.length });
    }
  }
}

interface Cursor {
  readonly place: Place;
  readonly had: number;
}

const encodeCursor = ({ place, had }: Cursor): string => JSON.stringify([place.time, place.position, had]);

/** Cursors are kept by us and come back as they were. */
function decodeCursor(cursor: string): Cursor {
  const [time, position, had] = JSON.parse(cursor) as [string, number, number];
  return { place: { time, position }, had };
}

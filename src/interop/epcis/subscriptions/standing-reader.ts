import { Injectable } from '@nestjs/common';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import type { StoredEvent } from '../../../trace/events/events.store.js';
import { scopeOf, type Asker } from '../../../trace/events/events.service.js';
import { EventQueryService } from '../../../trace/event-query/event-query.service.js';
import type { SimpleEventQuery, Vocabulary } from '../../../domain/epcis/query/index.js';
import { logOf, LogReadingStore, type Positions, startOfLog } from './log-reading.store.js';

/** A query that stands: whose eyes it sees with, and since when. */
export interface Standing {
  readonly asker: Asker;
  readonly query: SimpleEventQuery;
  /** Events that were recorded before are left out; null leaves out none. */
  readonly since: Date | null;
}

export interface Found {
  readonly position: number;
  readonly capturedBy: number;
  readonly event: EpcisEvent;
}

export interface Reading {
  readonly found: readonly Found[];
  readonly cursors: Positions;
  /** Everything before the end was looked at. */
  readonly done: boolean;
}

/** Reads of the log in one turn; then others have theirs. */
const MOST_READS = 10;
const MOST_BYTES = 4 * 1024 * 1024;

/** Reads the logs on for a standing query: what it has not looked at yet, in the order of each log. */
@Injectable()
export class StandingReader {
  constructor(
    private readonly store: LogReadingStore,
    private readonly queries: EventQueryService,
  ) {}

  ends(): Promise<Positions> {
    return this.store.ends();
  }

  /** The next events that the query finds before `until`, `most` at most; none where a turn found none, which is not the end. */
  async next(standing: Standing, cursors: Positions, until: Positions, most: number): Promise<Reading> {
    const found: Found[] = [];
    const vocabulary = await this.queries.vocabularyOf(standing.asker);
    const next = until.map((end) => cursors.find((cursor) => logOf(cursor) === logOf(end)) ?? startOfLog(end));
    let bytes = 0;
    const full = (): boolean => found.length >= most || bytes >= MOST_BYTES;
    for (let reads = 0; reads < MOST_READS && !full(); reads++) {
      const log = next.findIndex((cursor, index) => cursor < until[index]!);
      if (log === -1) break;
      const read = await this.store.from(scopeOf(standing.asker.actor), next[log]!, until[log]!);
      next[log] = read.next;
      for (const stored of read.events) {
        const event = this.seen(standing, stored, vocabulary);
        if (event === null) continue;
        found.push({ position: stored.position, capturedBy: stored.capturedBy, event });
        bytes += stored.body?.length ?? 0;
        if (!full()) continue;
        next[log] = stored.position === read.events.at(-1)!.position ? read.next : stored.position + 1;
        break;
      }
    }
    return { found, cursors: next, done: next.every((cursor, index) => cursor >= until[index]!) };
  }

  /** Events that were found before, as they are seen now: what was erased since, or is hidden now, is left out. */
  async again(standing: Standing, positions: Positions): Promise<Found[]> {
    const found: Found[] = [];
    const vocabulary = await this.queries.vocabularyOf(standing.asker);
    for (const stored of await this.store.at(standing.asker.actor.organisationId, positions)) {
      const event = this.seen(standing, stored, vocabulary);
      if (event !== null) found.push({ position: stored.position, capturedBy: stored.capturedBy, event });
    }
    return found;
  }

  private seen({ asker, query, since }: Standing, stored: StoredEvent, vocabulary: Vocabulary): EpcisEvent | null {
    const event = this.queries.visible(asker, stored, query, vocabulary);
    return event !== null && since !== null && Date.parse(event.recordTime ?? '') < since.getTime() ? null : event;
  }
}

import { Injectable } from '@nestjs/common';
import { ERASED_COLUMN } from '../../../capture/erased-event.js';
import { Database, type Queryable } from '../../../platform/database/database.js';
import type { Scope, StoredEvent } from '../../../trace/events/events.store.js';

/** Events that are looked at in one read, and the bytes of them: big events make it shorter. */
const SCAN = 200;
const BYTES = 4 * 1024 * 1024;

/**
 * Clocks of the processes that recorded events may differ by so much: events are in the order of their positions, and only
 * nearly in that of their record times.
 */
const SKEW_MS = 10 * 60_000;

/** Positions of every log: the first that is not there yet, or that was not looked at yet. */
export type Positions = readonly number[];

export interface EventsRead {
  readonly events: readonly StoredEvent[];
  /** Where to go on. */
  readonly next: number;
}

const NAMED = 'exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0)';
const COLUMNS = `e.position, e.captured_by as "capturedBy", e.body, ${NAMED} as party, ${ERASED_COLUMN}`;

const read = (candidates: string): string => `
  with candidate as materialized (${candidates}),
  sized as (select e.position, coalesce(octet_length(e.body), 0) as size from candidate join event e using (position)),
  summed as (select position, sum(size) over (order by position) - size as before from sized)
  select ${COLUMNS}, (select count(*)::int from candidate) as found
  from summed join event e using (position) where summed.before < ${BYTES} order by e.position`;

const SQL = {
  ends: 'select (number::bigint << 40) + size as position from log order by number',
  own: read(`select position from (
      (select position from event where captured_by = $1 and position >= $2 and position < $3 order by position limit ${SCAN})
      union
      (select position from event_party where organisation_id = $1 and position >= $2 and position < $3
        order by position limit ${SCAN})) u order by position limit ${SCAN}`),
  all: read(`select position from event where position >= $2 and position < $3
    order by position limit ${SCAN}`),
  at: `select ${COLUMNS} from event e where e.position = any($2) order by array_position($2::bigint[], e.position)`,
  recorded:
    'select recorded_at as "recordedAt" from event where position <= $1 and position >= $2 order by position desc limit 1',
};

/** Reads the logs from a position on. The log is the outbox: positions are given out at commit, in order and without gaps. */
@Injectable()
export class LogReadingStore {
  private readonly reads = new Map<string, Promise<unknown>>();

  constructor(private readonly database: Database) {}

  /** How far the logs go. */
  ends(): Promise<Positions> {
    return this.shared('ends', () => endsOf(this.database));
  }

  /** Events of a scope from one position on, before another of the same log, in their order: bounded in number and bytes. */
  from(scope: Scope, from: number, before: number): Promise<EventsRead> {
    const key = `${scope.all ? 'all' : scope.organisation} ${from} ${before}`;
    return this.shared(key, () => this.read(scope, from, before));
  }

  private async read({ organisation, all }: Scope, from: number, before: number): Promise<EventsRead> {
    const rows = await this.database.query<StoredEvent & { readonly found: number }>(
      `epcis-log-${all ? 'all' : 'own'}`,
      all ? SQL.all : SQL.own,
      [organisation, from, before],
    );
    const cut = rows.length > 0 && (rows[0]!.found === SCAN || rows.length < rows[0]!.found);
    return { events: rows, next: cut ? rows.at(-1)!.position + 1 : before };
  }

  /** Events by their positions, in the order given. */
  at(organisation: number, positions: Positions): Promise<StoredEvent[]> {
    return this.database.query<StoredEvent>('epcis-log-at', SQL.at, [organisation, positions]);
  }

  /** Readers who are at the same place at the same time share one read. */
  private shared<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.reads.get(key) as Promise<T> | undefined;
    if (known) return known;
    const made = read().finally(() => this.reads.delete(key));
    this.reads.set(key, made);
    return made;
  }
}

export async function endsOf(sql: Queryable): Promise<number[]> {
  return (await sql.query<{ position: number }>('epcis-log-ends', SQL.ends)).map(({ position }) => position);
}

/** Where to begin for events that were recorded at a time or later, or from now on: at most a little before. */
export async function startOfLogs(sql: Queryable, since: Date | null): Promise<number[]> {
  const ends = await endsOf(sql);
  return since === null ? ends : Promise.all(ends.map((end) => startOf(sql, end, since.getTime() - SKEW_MS)));
}

/** Halves the log until the place is found: some forty reads of the primary key at most. */
async function startOf(sql: Queryable, end: number, since: number): Promise<number> {
  const base = startOfLog(end);
  let [low, high] = [base, end];
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const rows = await sql.query<{ recordedAt: Date }>('epcis-log-recorded', SQL.recorded, [middle, low]);
    if (rows.length > 0 && rows[0]!.recordedAt.getTime() >= since) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Positions of one log differ in the lower 40 bits alone. */
const LOG_BITS = 2 ** 40;
export const logOf = (position: number): number => Math.floor(position / LOG_BITS);
export const startOfLog = (position: number): number => logOf(position) * LOG_BITS;

import type { Queryable } from '../../platform/database/database.js';
import { basePosition } from './position.js';

/** Bytes of one log entry: version byte and commitment. */
export const ENTRY_SIZE = 33;

/** A log's row and how far it is in its tiles. */
export interface LogState {
  readonly origin: string;
  /** Entries that were captured. */
  readonly size: number;
  /** How many of them are in tiles. */
  readonly integrated: number;
}

/** Makes the log's row where it is missing. Throws when it exists with another origin. */
export async function ensureLog(sql: Queryable, log: number, origin: string): Promise<void> {
  await sql.execute(
    'transparency-make-log',
    'insert into log (number, origin) values ($1, $2) on conflict (number) do nothing',
    [log, origin],
  );
  const state = await logState(sql, log);
  if (state?.origin === origin) return;
  throw new Error(
    `Log ${log} has the origin ${state?.origin}, the configuration says ${origin}. An origin never changes.`,
  );
}

/** Makes partitions so that `ahead` more entries fit; returns how many were made. */
export async function growLog(sql: Queryable, log: number, ahead: number): Promise<number> {
  const text = 'select grow_log($1::smallint, $2::bigint) as made';
  const [row] = await sql.query<{ made: number }>('transparency-grow-log', text, [log, ahead]);
  return row?.made ?? 0;
}

/** Numbers of all logs, ascending. */
export async function logNumbers(sql: Queryable): Promise<number[]> {
  const rows = await sql.query<{ number: number }>('transparency-logs', 'select number from log order by number');
  return rows.map(({ number }) => number);
}

/** Null for a log that does not exist. */
export async function logState(sql: Queryable, log: number): Promise<LogState | null> {
  const text = `select l.origin, l.size, coalesce(t.size, 0) as integrated
                from log l left join tree t on t.log = l.number where l.number = $1`;
  const [row] = await sql.query<{ origin: string; size: number; integrated: number }>('transparency-log-state', text, [
    log,
  ]);
  return row ?? null;
}

/** Packed entries (33·n bytes) of indexes [from, to). Throws unless all of them are there. */
export async function readEntries(sql: Queryable, log: number, from: number, to: number): Promise<Uint8Array> {
  const text = `select string_agg(entry, ''::bytea order by position) as entries from log_entry
                where position >= $1 and position < $2`;
  const values = [basePosition(log) + from, basePosition(log) + to];
  const [row] = await sql.query<{ entries: Buffer | null }>('transparency-read-entries', text, values);
  const entries = row?.entries ?? new Uint8Array(0);
  if (entries.length === (to - from) * ENTRY_SIZE) return entries;
  const got = entries.length / ENTRY_SIZE;
  throw new Error(`Log ${log} should hold ${to - from} entries from index ${from} on, it holds ${got}.`);
}

import type { Queryable } from '../../platform/database/database.js';

/** First byte of a log entry: what the 32 bytes after it commit to (docs/formats/log-entry.md). */
export const ENTRY_VERSION = { event: 0x01, trail: 0x02, erasure: 0x03 } as const;
export type EntryKind = keyof typeof ENTRY_VERSION;

/** The 33 bytes of an entry. */
export const logEntry = (kind: EntryKind, commitment: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(ENTRY_VERSION[kind]), commitment]);

/** What an entry commits to; undefined for a version that nobody knows yet. */
export function kindOfEntry(entry: Uint8Array): EntryKind | undefined {
  const kinds = Object.keys(ENTRY_VERSION) as EntryKind[];
  return kinds.find((kind) => ENTRY_VERSION[kind] === entry[0]);
}

const APPEND = `with head as (update log set size = size + 1 where number = $1::smallint
    returning (number::bigint << 40) + size - 1 as position)
  insert into log_entry (position, entry) select position, $2::bytea from head returning position`;

/**
 * Appends one entry and answers its position. The log's row stays locked until the transaction ends, as it does when events
 * are captured, so positions have no gap and become visible in their order: what follows should be short.
 */
export async function appendEntry(tx: Queryable, log: number, entry: Uint8Array): Promise<number> {
  const [row] = await tx.query<{ position: number }>('log-append-entry', APPEND, [log, entry]);
  if (!row) throw new Error(`Log ${log} has no row: the server has not made it.`);
  return row.position;
}

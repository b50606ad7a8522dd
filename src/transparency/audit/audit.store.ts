import type { Queryable, Row } from '../../platform/database/database.js';
import { basePosition } from '../log/position.js';

/** Everything that is stored at one position; parts are null where a row is missing. */
export interface AuditedRow extends Row {
  readonly position: number;
  readonly body: string | null;
  readonly secret: Buffer | null;
  readonly commitment: Buffer | null;
  readonly entry: Buffer | null;
}

/** Events and log entries of indexes [from, to), by position. */
export async function auditedRows(tx: Queryable, log: number, from: number, to: number): Promise<AuditedRow[]> {
  const text = `
    select coalesce(e.position, l.position) as position, e.body, e.secret, e.commitment, l.entry
    from (select position, body, secret, commitment from event where position >= $1 and position < $2) e
    full join (select position, entry from log_entry where position >= $1 and position < $2) l using (position)
    order by 1`;
  return tx.query<AuditedRow>('audit-rows', text, [basePosition(log) + from, basePosition(log) + to]);
}

/** Positions behind the log's end at which there are rows all the same. */
export async function rowsBehind(
  tx: Queryable,
  log: number,
  size: number,
): Promise<{ position: number; event: boolean }[]> {
  const text = `
    (select position, true as event from event where position >= $1 and position < $2 order by position limit 1000)
    union all
    (select position, false from log_entry where position >= $1 and position < $2 order by position limit 1000)`;
  return tx.query('audit-behind', text, [basePosition(log) + size, basePosition(log + 1)]);
}

export interface AuditedCheckpoint extends Row {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
}

/** Checkpoints of sizes in (from, to], ascending. */
export async function auditedCheckpoints(
  tx: Queryable,
  log: number,
  from: number,
  to: number,
): Promise<AuditedCheckpoint[]> {
  const text = 'select size, root, note from checkpoint where log = $1 and size > $2 and size <= $3 order by size';
  return tx.query<AuditedCheckpoint>('audit-checkpoints', text, [log, from, to]);
}

export interface AuditedAnchor extends Row {
  readonly size: number;
  readonly txHash: string;
  readonly blockNumber: number;
}

/** Anchors that we recorded as final in a contract, ascending. */
export async function auditedAnchors(
  tx: Queryable,
  log: number,
  chainId: number,
  contract: string,
): Promise<AuditedAnchor[]> {
  const text = `select size, tx_hash as "txHash", block_number as "blockNumber" from anchor
                where log = $1 and chain_id = $2 and contract = $3 and state = 'finalized' order by size`;
  return tx.query<AuditedAnchor>('audit-anchors', text, [log, chainId, contract]);
}

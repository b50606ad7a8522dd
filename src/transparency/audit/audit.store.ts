import type { Queryable, Row } from '../../platform/database/database.js';
import { basePosition } from '../log/position.js';
import type { StoredBatch } from '../trail/trail.store.js';

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

/** The record of an erasure, at the event that it erased or at its own entry. */
export interface AuditedErasure extends Row {
  readonly position: number;
  readonly loggedIn: number;
  readonly erasedAt: Date;
  readonly reason: string;
  /** GLN of the organisation, and the number of its person. */
  readonly gln: string | null;
  readonly person: number;
  readonly secret: Buffer;
  readonly commitment: Buffer;
  readonly body: string;
  /** The log entry of the record, and the commitment of the event. */
  readonly entry: Buffer | null;
  readonly eventCommitment: Buffer | null;
}

/** Erasures of events at indexes [from, to), and those that were logged there. */
export async function auditedErasures(tx: Queryable, log: number, from: number, to: number): Promise<AuditedErasure[]> {
  const text = `
    select x.position, x.logged_in as "loggedIn", x.erased_at as "erasedAt", x.reason, x.person, x.secret,
      x.commitment, x.body, o.gln, l.entry, e.commitment as "eventCommitment"
    from (select * from erasure where position >= $1 and position < $2
      union select * from erasure where logged_in >= $1 and logged_in < $2) x
    left join log_entry l on l.position = x.logged_in left join event e on e.position = x.position
    left join organisation o on o.id = x.organisation_id`;
  return tx.query<AuditedErasure>('audit-erasures', text, [basePosition(log) + from, basePosition(log) + to]);
}

/** A batch of the access trail, and where the one before it ended. */
export interface AuditedBatch extends StoredBatch {
  readonly lastXid: string;
  readonly lastId: number;
  /** It was forgotten, and an older one was not: retention ends in the order of the trail. */
  readonly outOfTurn: boolean;
}

/** Batches of the access trail at indexes [from, to). */
export async function auditedBatches(tx: Queryable, log: number, from: number, to: number): Promise<AuditedBatch[]> {
  const text = `
    select b.position, b.after_xid::text as "afterXid", b.after_id as "afterId", b.upto_xid::text as "uptoXid",
      b.upto_id as "uptoId", b.size, b.secret, b.commitment, coalesce(p.upto_xid, '0')::text as "lastXid",
      coalesce(p.upto_id, 0) as "lastId",
      b.forgotten_at is not null and exists (select from trail_batch k where k.forgotten_at is null
        and row(k.upto_xid, k.upto_id) < row(b.upto_xid, b.upto_id)) as "outOfTurn"
    from trail_batch b left join lateral (select upto_xid, upto_id from trail_batch p
      where row(p.upto_xid, p.upto_id) < row(b.upto_xid, b.upto_id) order by p.upto_xid desc, p.upto_id desc limit 1) p on true
    where b.position >= $1 and b.position < $2`;
  return tx.query<AuditedBatch>('audit-batches', text, [basePosition(log) + from, basePosition(log) + to]);
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

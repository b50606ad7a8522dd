import type { Queryable, Row } from '../../platform/database/database.js';
import type { TrailRead } from './trail-batch.js';

/** A place in the order of the access trail: transaction and row. */
export interface TrailPlace {
  readonly xid: string;
  readonly id: number;
}

const TRAIL_START: TrailPlace = { xid: '0', id: 0 };

/** A read with its place. */
export interface PlacedRead extends Row, TrailRead {
  readonly xid: string;
}

/** A batch in the log. `secret` is null once its retention has ended. */
export interface StoredBatch extends Row {
  readonly position: number;
  readonly afterXid: string;
  readonly afterId: number;
  readonly uptoXid: string;
  readonly uptoId: number;
  readonly size: number;
  readonly secret: Buffer | null;
  readonly commitment: Buffer;
}

const READ = `xid::text, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  organisation_id as organisation, person, client, owner_ids as owners, purpose, operation, subject`;

/** True where this transaction may batch the trail; false while another does. */
export async function tryLockTrail(tx: Queryable): Promise<boolean> {
  const text = `select pg_try_advisory_xact_lock(hashtext('halisi.trail')) as mine`;
  const [row] = await tx.query<{ mine: boolean }>('trail-lock', text);
  return row?.mine === true;
}

/** Where the last batch ended, and whether this database could have written that transaction. */
export async function lastPlace(tx: Queryable): Promise<TrailPlace & { readonly ahead: boolean }> {
  const text = `select upto_xid::text as xid, upto_id as id, upto_xid >= pg_snapshot_xmax(pg_current_snapshot()) as ahead
    from trail_batch order by upto_xid desc, upto_id desc limit 1`;
  const [row] = await tx.query<{ xid: string; id: number; ahead: boolean }>('trail-last', text);
  return row ?? { ...TRAIL_START, ahead: false };
}

export const WAITING = `select ${READ} from access_trail
  where row(xid, id) > row($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
  order by access_trail.xid, access_trail.id limit $3`;

/** The next reads behind a place before which none can appear any more: at most `limit`. */
export function waitingReads(tx: Queryable, after: TrailPlace, limit: number): Promise<PlacedRead[]> {
  return tx.query<PlacedRead>('trail-waiting', WAITING, [after.xid, after.id, limit]);
}

const BETWEEN = `select ${READ} from access_trail
  where row(xid, id) > row($1::xid8, $2::bigint) and row(xid, id) <= row($3::xid8, $4::bigint)
  order by access_trail.xid, access_trail.id limit $5`;

/** The reads of a batch, or one more than it has where there are too many. */
export function readsOf(sql: Queryable, batch: StoredBatch): Promise<PlacedRead[]> {
  const { afterXid, afterId, uptoXid, uptoId, size } = batch;
  return sql.query<PlacedRead>('trail-between', BETWEEN, [afterXid, afterId, uptoXid, uptoId, size + 1]);
}

export async function storeBatch(tx: Queryable, batch: StoredBatch): Promise<void> {
  const { position, afterXid, afterId, uptoXid, uptoId, size, secret, commitment } = batch;
  const text = `insert into trail_batch (position, after_xid, after_id, upto_xid, upto_id, size, secret, commitment)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`;
  await tx.execute('trail-store', text, [position, afterXid, afterId, uptoXid, uptoId, size, secret, commitment]);
}

/** The reads as a batch commits to them. */
export function unplaced(placed: PlacedRead): TrailRead {
  const { id, at, organisation, person, client, owners, purpose, operation, subject } = placed;
  return { id, at, organisation, person, client, owners, purpose, operation, subject };
}

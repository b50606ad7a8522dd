import type { Queryable } from '../../platform/database/database.js';
import type { Cosignature } from './witness-client.js';

/** Which key of a note cosigned. */
export interface CosignedBy {
  readonly name: string;
  readonly keyId: number;
}

/** Stores a checked cosignature for good; the first of a key for a checkpoint stays. */
export async function storeCosignature(
  sql: Queryable,
  log: number,
  size: number,
  cosignature: Cosignature,
): Promise<void> {
  const text = `insert into cosignature (log, size, name, key_id, line, cosigned_at) values ($1, $2, $3, $4, $5, $6)
                on conflict do nothing`;
  const { name, keyId, line, cosignedAt } = cosignature;
  await sql.execute('transparency-store-cosignature', text, [log, size, name, keyId, line, cosignedAt]);
}

/** The keys that cosigned the checkpoint of this size. */
export async function cosignersOf(sql: Queryable, log: number, size: number): Promise<CosignedBy[]> {
  const text = 'select name, key_id as "keyId" from cosignature where log = $1 and size = $2';
  return sql.query<{ name: string; keyId: number }>('transparency-cosigners', text, [log, size]);
}

/** Entries of the largest checkpoint that a key cosigned; 0 before the first. */
export async function cosignedSize(sql: Queryable, log: number, { name, keyId }: CosignedBy): Promise<number> {
  const text = `select size from cosignature where log = $1 and name = $2 and key_id = $3 order by size desc limit 1`;
  const [row] = await sql.query<{ size: number }>('transparency-cosigned-size', text, [log, name, keyId]);
  return row?.size ?? 0;
}

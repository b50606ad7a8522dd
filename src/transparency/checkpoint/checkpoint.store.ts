import type { Queryable } from '../../platform/database/database.js';

/** A signed checkpoint as it was stored, before it was published. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** C2SP signed note. */
  readonly note: string;
  readonly signedAt: Date;
}

const COLUMNS = 'size, root, note, signed_at as "signedAt"';

/** The checkpoint of the largest size; null before the first. */
export async function latestCheckpoint(sql: Queryable, log: number): Promise<StoredCheckpoint | null> {
  const text = `select ${COLUMNS} from checkpoint where log = $1 order by size desc limit 1`;
  const [row] = await sql.query<StoredCheckpoint & Record<string, unknown>>('transparency-latest-checkpoint', text, [
    log,
  ]);
  return row ?? null;
}

/** The checkpoint of exactly this size. */
export async function checkpointAt(sql: Queryable, log: number, size: number): Promise<StoredCheckpoint | null> {
  const text = `select ${COLUMNS} from checkpoint where log = $1 and size = $2`;
  const [row] = await sql.query<StoredCheckpoint & Record<string, unknown>>('transparency-checkpoint', text, [
    log,
    size,
  ]);
  return row ?? null;
}

/** The smallest checkpoint whose tree holds entry `index`; null where there is none yet. */
export async function checkpointCovering(sql: Queryable, log: number, index: number): Promise<StoredCheckpoint | null> {
  const text = `select ${COLUMNS} from checkpoint where log = $1 and size > $2 order by size limit 1`;
  const [row] = await sql.query<StoredCheckpoint & Record<string, unknown>>('transparency-covering', text, [
    log,
    index,
  ]);
  return row ?? null;
}

/** Stores a checkpoint for good. */
export async function storeCheckpoint(
  tx: Queryable,
  log: number,
  checkpoint: Omit<StoredCheckpoint, 'signedAt'>,
): Promise<void> {
  const text = 'insert into checkpoint (log, size, root, note) values ($1, $2, $3, $4)';
  const { size, root, note } = checkpoint;
  await tx.execute('transparency-store-checkpoint', text, [log, size, Buffer.from(root), note]);
}

import type { Queryable, Row } from '../../platform/database/database.js';

/** A signed checkpoint as it was stored, before it was published. */
export interface StoredCheckpoint extends Row {
  readonly size: number;
  readonly root: Uint8Array;
  /** C2SP signed note. */
  readonly note: string;
  readonly signedAt: Date;
}

/** A checkpoint that the public may see, with the witnesses' lines below its note. */
export interface PublishedCheckpoint extends StoredCheckpoint {
  readonly publishedAt: Date;
  /** Signature lines (c2sp.org/signed-note) without their newlines, in the order of their names. */
  readonly cosignatures: readonly string[];
}

const COLUMNS = 'c.size, c.root, c.note, c.signed_at as "signedAt"';
const PUBLISHED = `${COLUMNS}, p.published_at as "publishedAt", array(
  select w.line from cosignature w where w.log = c.log and w.size = c.size order by w.name, w.key_id) as cosignatures`;

/** The signed checkpoint of the largest size, published or not; null before the first. */
export async function latestCheckpoint(sql: Queryable, log: number): Promise<StoredCheckpoint | null> {
  const text = `select ${COLUMNS} from checkpoint c where log = $1 order by size desc limit 1`;
  const [row] = await sql.query<StoredCheckpoint>('transparency-latest-checkpoint', text, [log]);
  return row ?? null;
}

/** The published checkpoint of the largest size: what /log/checkpoint serves. */
export async function latestPublished(sql: Queryable, log: number): Promise<PublishedCheckpoint | null> {
  const text = `select ${PUBLISHED} from publication p join checkpoint c using (log, size)
                where p.log = $1 order by p.size desc limit 1`;
  const [row] = await sql.query<PublishedCheckpoint>('transparency-latest-published', text, [log]);
  return row ?? null;
}

/** The smallest published checkpoint whose tree holds entry `index` and has at most `atMost` entries. */
export async function publishedCovering(
  sql: Queryable,
  log: number,
  index: number,
  atMost = Number.MAX_SAFE_INTEGER,
): Promise<PublishedCheckpoint | null> {
  const text = `select ${PUBLISHED} from publication p join checkpoint c using (log, size)
                where p.log = $1 and p.size > $2 and p.size <= $3 order by p.size limit 1`;
  const [row] = await sql.query<PublishedCheckpoint>('transparency-published-covering', text, [log, index, atMost]);
  return row ?? null;
}

/** The largest published checkpoint of at most `size` entries. */
export async function publishedUpTo(sql: Queryable, log: number, size: number): Promise<PublishedCheckpoint | null> {
  const text = `select ${PUBLISHED} from publication p join checkpoint c using (log, size)
                where p.log = $1 and p.size <= $2 order by p.size desc limit 1`;
  const [row] = await sql.query<PublishedCheckpoint>('transparency-published-up-to', text, [log, size]);
  return row ?? null;
}

/** The note as it is published: the log's signature, then the witnesses'. */
export function cosignedNote({ note, cosignatures }: Pick<PublishedCheckpoint, 'note' | 'cosignatures'>): string {
  return note + cosignatures.map((line) => `${line}\n`).join('');
}

/** Stores a checkpoint for good. */
export async function storeCheckpoint(
  tx: Queryable,
  log: number,
  { size, root, note }: Pick<StoredCheckpoint, 'size' | 'root' | 'note'>,
): Promise<void> {
  const text = 'insert into checkpoint (log, size, root, note) values ($1, $2, $3, $4)';
  await tx.execute('transparency-store-checkpoint', text, [log, size, Buffer.from(root), note]);
}

/** Makes a stored checkpoint public for good; false where it was already. */
export async function publishCheckpoint(sql: Queryable, log: number, size: number): Promise<boolean> {
  const text = 'insert into publication (log, size) values ($1, $2) on conflict do nothing';
  return (await sql.execute('transparency-publish', text, [log, size])) === 1;
}

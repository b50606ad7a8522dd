import type { TileData } from '../../domain/tlog/index.js';
import type { Queryable } from '../../platform/database/database.js';

/** How far a log is in its tiles. */
export interface TreeState {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Which tile: its level in tiles, and its index in that level. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/** Takes the log's tree for this transaction; false when another process has it. */
export async function tryLockTree(tx: Queryable, log: number): Promise<boolean> {
  const text = `select pg_try_advisory_xact_lock(hashtext('halisi.tree'), $1::int) as mine`;
  const [row] = await tx.query<{ mine: boolean }>('transparency-lock-tree', text, [log]);
  return row?.mine === true;
}

/** Null before the first integration. */
export async function treeState(sql: Queryable, log: number): Promise<TreeState | null> {
  const text = 'select size, root from tree where log = $1';
  const [row] = await sql.query<{ size: number; root: Buffer }>('transparency-tree-state', text, [log]);
  return row ?? null;
}

/** Moves the tree on. The caller holds its lock. */
export async function writeTree(tx: Queryable, log: number, { size, root }: TreeState): Promise<void> {
  const text = `insert into tree (log, size, root) values ($1, $2, $3)
                on conflict (log) do update set size = excluded.size, root = excluded.root, integrated_at = now()`;
  await tx.execute('transparency-write-tree', text, [log, size, asBuffer(root)]);
}

/** Stores tiles; a wider one takes the place of a narrower one. */
export async function writeTiles(tx: Queryable, log: number, tiles: readonly TileData[]): Promise<void> {
  const text = `insert into tile (log, level, number, width, hashes)
                select $1, level, number, width, hashes
                from unnest($2::smallint[], $3::bigint[], $4::smallint[], $5::bytea[]) as t (level, number, width, hashes)
                on conflict (log, level, number) do update set width = excluded.width, hashes = excluded.hashes`;
  await tx.execute('transparency-write-tiles', text, [
    log,
    tiles.map(({ tile }) => tile.level),
    tiles.map(({ tile }) => tile.index),
    tiles.map(({ tile }) => tile.width),
    tiles.map(({ hashes }) => asBuffer(hashes)),
  ]);
}

/** Those of the tiles that exist, each as wide as it is now. */
export async function readTiles(sql: Queryable, log: number, places: readonly TilePlace[]): Promise<TileData[]> {
  if (places.length === 0) return [];
  // One look into the index a tile, whatever the planner thinks of the table's size: a join can become a scan.
  const text = `select k.level, k.number, t.width, t.hashes
                from unnest($2::smallint[], $3::bigint[]) as k (level, number)
                cross join lateral (select width, hashes from tile
                  where log = $1 and level = k.level and number = k.number offset 0) t`;
  const values = [log, places.map(({ level }) => level), places.map(({ index }) => index)];
  const rows = await sql.query<{ level: number; number: number; width: number; hashes: Buffer }>(
    'transparency-read-tiles',
    text,
    values,
  );
  return rows.map(({ level, number, width, hashes }) => ({ tile: { level, index: number, width }, hashes }));
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

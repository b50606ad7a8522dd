import { TlogError } from './errors.js';
import { HASH_SIZE, TreeHasher, plainTreeHasher } from './hashing.js';
import { TreeNode } from './node.js';
import { HashReader } from './proof.js';
import { assertSize } from './sizes.js';
import { assertPacked, packedRoot } from './tree.js';

/** Levels of the tree in one tile, and hashes in a full one (c2sp.org/tlog-tiles). */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 2 ** TILE_HEIGHT;

/** Where a tile stands: `level` in tiles (0 holds leaf hashes), `index` within the level, `width` 1 to 256. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** The packed hashes of a tile, or undefined where the log does not have it. */
export type TileReader = (tile: Tile) => Uint8Array | undefined;

/** Hashes at a tile level of a tree of `size` leaves: floor(size / 256^level). */
const hashesAtLevel = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The tile at a place, as wide as a tree of `size` has it; undefined where it would be empty. */
export function tileAt(level: number, index: number, size: number): Tile | undefined {
  assertSize(size);
  const width = Math.min(TILE_WIDTH, hashesAtLevel(size, level) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
}

/** Every tile of a tree of `size`, level by level: the full ones and the partial right edge. */
export const tilesOf = (size: number): Tile[] => tilesGrown(0, size);

/**
 * The tiles that a tree of `newSize` has and one of `oldSize` had not, partial ones of the new right edge included,
 * from level 0 up.
 */
export function tilesGrown(oldSize: number, newSize: number): Tile[] {
  assertSize(oldSize, 'old tree size');
  assertSize(newSize, 'new tree size');
  const grown: Tile[] = [];
  for (let level = 0; hashesAtLevel(newSize, level) > 0; level++) {
    const before = hashesAtLevel(oldSize, level);
    const after = hashesAtLevel(newSize, level);
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < after && before < after; index++) {
      grown.push({ level, index, width: Math.min(TILE_WIDTH, after - index * TILE_WIDTH) });
    }
  }
  return grown;
}

/** A tile and its packed hashes. */
export interface TileData {
  readonly tile: Tile;
  readonly hashes: Uint8Array;
}

/**
 * What to store when a log of `oldSize` grows by packed leaf hashes: every new tile with its content, from level 0 up.
 * Of the old log only the partial tile at the right edge of each level is read.
 */
export function growTiles(
  oldSize: number,
  leafHashes: Uint8Array,
  read: TileReader,
  hasher: TreeHasher = plainTreeHasher,
): TileData[] {
  assertSize(oldSize, 'old tree size');
  assertPacked(leafHashes);
  const grown: TileData[] = [];
  let added = leafHashes;
  for (let level = 0; added.length > 0; level++) {
    const before = hashesAtLevel(oldSize, level);
    const tiles = levelTiles(level, before, added, read);
    grown.push(...tiles);
    const full = tiles.filter(({ tile }) => tile.width === TILE_WIDTH);
    added = concat(full.map(({ hashes }) => packedRoot(hashes, hasher)));
  }
  return grown;
}

function levelTiles(level: number, before: number, added: Uint8Array, read: TileReader): TileData[] {
  const edge = before % TILE_WIDTH;
  const first = (before - edge) / TILE_WIDTH;
  const old = edge === 0 ? new Uint8Array(0) : readTile({ level, index: first, width: edge }, read);
  const hashes = concat([old, added]);
  const bytes = TILE_WIDTH * HASH_SIZE;
  const tiles: TileData[] = [];
  for (let at = 0; at < hashes.length; at += bytes) {
    const content = hashes.slice(at, at + bytes);
    const tile = { level, index: first + at / bytes, width: content.length / HASH_SIZE };
    tiles.push({ tile, hashes: content });
  }
  return tiles;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The tile in which a perfect subtree of a tree of `size` is found, and its hashes [start, end) there. */
export function tileOfNode(node: TreeNode, size: number): { tile: Tile; start: number; end: number } {
  const level = Math.floor(node.level / TILE_HEIGHT);
  const span = 2 ** (node.level % TILE_HEIGHT);
  const first = node.index * span;
  const index = Math.floor(first / TILE_WIDTH);
  const start = first - index * TILE_WIDTH;
  const tile = tileAt(level, index, size);
  if (tile === undefined || start + span > tile.width) {
    throw new TlogError(
      'TLOG_HASH_MISSING',
      `A tree of ${size} leaves has no node ${node.index} on level ${node.level}.`,
      { ...node, size },
    );
  }
  return { tile, start, end: start + span };
}

/** The tiles that hold `nodes` in a tree of `size`, each once: what to fetch before `tileHashReader` is used. */
export function tilesForNodes(nodes: readonly TreeNode[], size: number): Tile[] {
  const tiles = new Map<string, Tile>();
  for (const node of nodes) {
    const { tile } = tileOfNode(node, size);
    tiles.set(`${tile.level}/${tile.index}`, tile);
  }
  return [...tiles.values()];
}

/** Reads the hashes of a tree of `size` from its tiles. A tile that is absent or too narrow is refused. */
export function tileHashReader(size: number, read: TileReader, hasher: TreeHasher = plainTreeHasher): HashReader {
  return (node) => {
    const { tile, start, end } = tileOfNode(node, size);
    return packedRoot(readTile(tile, read).subarray(start * HASH_SIZE, end * HASH_SIZE), hasher);
  };
}

/** A wider tile serves where a partial one was asked for, since logs may delete those (tlog-tiles, Partial Tiles). */
function readTile(tile: Tile, read: TileReader): Uint8Array {
  const hashes = read(tile);
  if (hashes === undefined) {
    throw new TlogError('TLOG_HASH_MISSING', `Tile ${tile.level}/${tile.index} is missing.`, { ...tile });
  }
  const wanted = tile.width * HASH_SIZE;
  if (hashes.length < wanted || hashes.length > TILE_WIDTH * HASH_SIZE) {
    throw new TlogError(
      'TLOG_TILE_INVALID',
      `Tile ${tile.level}/${tile.index} has ${hashes.length} bytes, expected ${wanted}.`,
      { ...tile, length: hashes.length },
    );
  }
  return hashes.subarray(0, wanted);
}

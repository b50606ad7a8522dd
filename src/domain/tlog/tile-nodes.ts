import { TlogError } from './errors.js';
import { HASH_SIZE, type TreeHasher, plainTreeHasher } from './hashing.js';
import type { HashReader } from './proof.js';
import { TILE_HEIGHT, type Tile, tileOfNode } from './tile.js';

/**
 * A tile with every perfect subtree inside it, hashed once: `levels[h]` are the packed roots of its subtrees of 2^h hashes,
 * from the left. A tile only grows, so the nodes of a wider one serve every smaller tree.
 */
export interface TileNodes {
  /** Hashes in the tile. */
  readonly width: number;
  readonly levels: readonly Uint8Array[];
}

/** Hashes all perfect subtrees of a tile, a level at a time. `hashes` are 32·width bytes. */
export function tileNodes(hashes: Uint8Array, hasher: TreeHasher = plainTreeHasher): TileNodes {
  const levels = [hashes];
  while (levels.length < TILE_HEIGHT) {
    const below = levels.at(-1)!;
    const pairs = below.length - (below.length % (2 * HASH_SIZE));
    if (pairs === 0) break;
    levels.push(hasher.nodes(below.subarray(0, pairs)));
  }
  return { width: hashes.length / HASH_SIZE, levels };
}

/** Reads the hashes of a tree of `size` from the nodes of its tiles. Throws TLOG_HASH_MISSING for a tile it is not given. */
export function tileNodeReader(size: number, nodesOf: (tile: Tile) => TileNodes | undefined): HashReader {
  return (node) => {
    const { tile, start } = tileOfNode(node, size);
    const height = node.level % TILE_HEIGHT;
    const at = (start / 2 ** height) * HASH_SIZE;
    const hash = nodesOf(tile)?.levels[height]?.subarray(at, at + HASH_SIZE);
    if (hash?.length === HASH_SIZE) return hash;
    throw new TlogError('TLOG_HASH_MISSING', `Tile ${tile.level}/${tile.index} is missing or too narrow.`, { ...tile });
  };
}

import {
  type HashReader,
  type TileData,
  type TreeNode,
  nodesForConsistency,
  nodesForInclusion,
  nodesForRoot,
  proveConsistency,
  proveInclusion,
  rootFromHashes,
  tileHashReader,
  tilesForNodes,
} from '../../domain/tlog/index.js';
import type { Queryable } from '../../platform/database/database.js';
import { fastTreeHasher } from './hashing.js';
import { readerOf } from './integrator.js';
import { TileCache } from './tile-cache.js';
import { readTiles } from './tile.store.js';

/**
 * Roots and proofs of any size that a log had, from its tiles: at most a few tile reads each, however long the log is.
 * Everything throws TLOG_HASH_MISSING for what is not integrated yet.
 */
export class LogReader {
  constructor(
    private readonly sql: Queryable,
    private readonly cache = new TileCache(),
  ) {}

  /** A reader of the same cache inside a transaction. */
  within(tx: Queryable): LogReader {
    return new LogReader(tx, this.cache);
  }

  /** RFC 6962 root of the first `size` entries. */
  async root(log: number, size: number): Promise<Uint8Array> {
    return rootFromHashes(size, await this.hashes(log, nodesForRoot(size), size), fastTreeHasher);
  }

  /** Proof that entry `index` is among the first `size`. */
  async inclusion(log: number, index: number, size: number): Promise<Uint8Array[]> {
    return proveInclusion(index, size, await this.hashes(log, nodesForInclusion(index, size), size), fastTreeHasher);
  }

  /** Proof that the first `newSize` entries extend the first `oldSize`. */
  async consistency(log: number, oldSize: number, newSize: number): Promise<Uint8Array[]> {
    const nodes = nodesForConsistency(oldSize, newSize);
    return proveConsistency(oldSize, newSize, await this.hashes(log, nodes, newSize), fastTreeHasher);
  }

  /** The hashes of one tile as a tree of some size has it; null where it is not there or not that wide. */
  async tile(log: number, level: number, index: number, width: number): Promise<Uint8Array | null> {
    const held = this.cache.get(log, level, index) ?? (await this.fetch(log, [{ level, index }]))[0]?.hashes;
    return held === undefined || held.length < width * 32 ? null : held.subarray(0, width * 32);
  }

  private async hashes(log: number, nodes: readonly TreeNode[], size: number): Promise<HashReader> {
    const tiles: TileData[] = [];
    const missing = [];
    for (const tile of tilesForNodes(nodes, size)) {
      const hashes = this.cache.get(log, tile.level, tile.index);
      if (hashes === undefined) missing.push(tile);
      else tiles.push({ tile, hashes });
    }
    tiles.push(...(await this.fetch(log, missing)));
    return tileHashReader(size, readerOf(tiles), fastTreeHasher);
  }

  private async fetch(log: number, places: readonly { level: number; index: number }[]): Promise<TileData[]> {
    const tiles = await readTiles(this.sql, log, places);
    for (const { tile, hashes } of tiles) this.cache.put(log, tile.level, tile.index, hashes);
    return tiles;
  }
}

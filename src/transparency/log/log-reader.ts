import type DataLoader from 'dataloader';
import {
  type HashReader,
  type Tile,
  type TileNodes,
  type TreeNode,
  nodesForConsistency,
  nodesForInclusion,
  nodesForRoot,
  proveConsistency,
  proveInclusion,
  rootFromHashes,
  tileNodeReader,
  tilesForNodes,
} from '../../domain/tlog/index.js';
import type { Queryable } from '../../platform/database/database.js';
import { gathered } from '../../platform/database/gathered.js';
import { fastTreeHasher } from './hashing.js';
import { TileCache } from './tile-cache.js';
import { type TilePlace, readTiles } from './tile.store.js';

interface LogTile extends TilePlace {
  readonly log: number;
}

/**
 * Roots and proofs of any size that a log had, from its tiles: at most a few tile reads each, however long the log is.
 * Everything throws TLOG_HASH_MISSING for what is not integrated yet.
 */
export class LogReader {
  /** Tiles that are asked for at the same moment, whoever asks, are read in one statement. */
  private readonly fetches: DataLoader<LogTile, TileNodes | null>;

  constructor(
    private readonly sql: Queryable,
    private readonly cache = new TileCache(),
  ) {
    this.fetches = gathered((tiles) => this.fetch(tiles));
  }

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
    const nodes = await this.nodes(log, { level, index, width });
    return nodes === null || nodes.width < width ? null : nodes.levels[0]!.subarray(0, width * 32);
  }

  private async hashes(log: number, nodes: readonly TreeNode[], size: number): Promise<HashReader> {
    const tiles = new Map<string, TileNodes>();
    const read = tilesForNodes(nodes, size).map(async (tile) => {
      const found = await this.nodes(log, tile);
      if (found !== null) tiles.set(`${tile.level}/${tile.index}`, found);
    });
    await Promise.all(read);
    return tileNodeReader(size, ({ level, index }) => tiles.get(`${level}/${index}`));
  }

  private async nodes(log: number, { level, index, width }: Tile): Promise<TileNodes | null> {
    return this.cache.get(log, level, index, width) ?? this.fetches.load({ log, level, index });
  }

  private async fetch(wanted: readonly LogTile[]): Promise<(TileNodes | null)[]> {
    const found = new Map<string, TileNodes>();
    for (const [log, places] of Map.groupBy(wanted, (each) => each.log)) {
      for (const { tile, hashes } of await readTiles(this.sql, log, places)) {
        found.set(`${log}/${tile.level}/${tile.index}`, this.cache.put(log, tile.level, tile.index, hashes));
      }
    }
    return wanted.map(({ log, level, index }) => found.get(`${log}/${level}/${index}`) ?? null);
  }
}

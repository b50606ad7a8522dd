import { equalBytes } from '../../domain/bytes.js';
import { type TileData, emptyRoot, growTiles, rootFromHashes, tileHashReader } from '../../domain/tlog/index.js';
import type { Database, Queryable } from '../../platform/database/database.js';
import { edgeTiles, readerOf } from './growing-tree.js';
import { fastTreeHasher, leafHashesOf } from './hashing.js';
import { logState, readEntries } from './log.store.js';
import { type TreeState, readTiles, treeState, tryLockTree, writeTiles, writeTree } from './tile.store.js';

/** What one step did: entries put into tiles, and entries that still wait. */
export interface Integrated {
  readonly entries: number;
  readonly waiting: number;
}

/** The tree's state and the tiles at its right edge: all that is needed to append. */
interface Edge {
  readonly state: TreeState;
  readonly tiles: readonly TileData[];
}

/**
 * Puts captured entries into the log's tiles. Any number of processes may try; the tree's lock lets one at a time, for
 * one transaction, so the next takes over when it dies. The right edge is kept in memory between steps and read again
 * from the tiles where another process has been at work; nothing is read from the log's start.
 */
export class Integrator {
  private edge: Edge | undefined;

  constructor(
    private readonly database: Database,
    readonly log: number,
    /** Most entries in one step. */
    private readonly batch = 16_384,
  ) {}

  /** One transaction's worth; null when another process is integrating this log. Throws where the log has a gap. */
  async step(): Promise<Integrated | null> {
    const state = await logState(this.database, this.log);
    if (state === null || state.size === state.integrated) return { entries: 0, waiting: 0 };
    const done = await this.database.transaction((tx) => this.integrate(tx));
    if (done === null) return null;
    this.edge = done.edge;
    return done;
  }

  private async integrate(tx: Queryable): Promise<(Integrated & { edge: Edge }) | null> {
    if (!(await tryLockTree(tx, this.log))) return null;
    const captured = (await logState(tx, this.log))?.size ?? 0;
    const before = await this.loadEdge(tx);
    const from = before.state.size;
    const to = Math.min(captured, from + this.batch);
    if (from === to) return { entries: 0, waiting: 0, edge: before };
    const leaves = leafHashesOf(await readEntries(tx, this.log, from, to));
    const grown = growTiles(from, leaves, readerOf(before.tiles), fastTreeHasher);
    const edge = edgeOf(to, [...before.tiles, ...grown]);
    await writeTiles(tx, this.log, grown);
    await writeTree(tx, this.log, edge.state);
    return { entries: to - from, waiting: captured - to, edge };
  }

  private async loadEdge(tx: Queryable): Promise<Edge> {
    const state = await treeState(tx, this.log);
    if (state === null || state.size === 0) return { state: { size: 0, root: emptyRoot() }, tiles: [] };
    if (this.edge?.state.size === state.size && equalBytes(this.edge.state.root, state.root)) return this.edge;
    const edge = edgeOf(state.size, await readTiles(tx, this.log, edgeTiles(state.size)));
    if (equalBytes(edge.state.root, state.root)) return edge;
    throw new Error(`The tiles of log ${this.log} do not lead to the root of its ${state.size} entries.`);
  }
}

function edgeOf(size: number, tiles: readonly TileData[]): Edge {
  const read = readerOf(tiles);
  const root = rootFromHashes(size, tileHashReader(size, read, fastTreeHasher), fastTreeHasher);
  const edge = edgeTiles(size).flatMap((tile): TileData[] => {
    const hashes = read(tile);
    return hashes === undefined ? [] : [{ tile, hashes }];
  });
  return { state: { size, root }, tiles: edge };
}

import { type TileNodes, tileNodes } from '../../domain/tlog/index.js';
import { fastTreeHasher } from './hashing.js';

const ENTRY_BYTES = 16 * 1024;

/**
 * The most recently used tiles with their inner nodes. A hash in a tile never changes, so nothing here is ever stale; a
 * partial tile may be too narrow for a larger tree, and is then read again.
 */
export class TileCache {
  private readonly tiles = new Map<string, TileNodes>();

  /** `bytes` is what a cache that is full takes, about. */
  constructor(private readonly bytes = 128 * 1024 * 1024) {}

  /** The tile, where it is held with at least `width` hashes. */
  get(log: number, level: number, index: number, width: number): TileNodes | undefined {
    const key = `${log}/${level}/${index}`;
    const held = this.tiles.get(key);
    if (held === undefined || held.width < width) return undefined;
    this.tiles.delete(key);
    this.tiles.set(key, held);
    return held;
  }

  /** Keeps the tile and answers its nodes. */
  put(log: number, level: number, index: number, hashes: Uint8Array): TileNodes {
    const key = `${log}/${level}/${index}`;
    const nodes = tileNodes(hashes, fastTreeHasher);
    if ((this.tiles.get(key)?.width ?? 0) < nodes.width) this.tiles.set(key, nodes);
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size * ENTRY_BYTES <= this.bytes) break;
      this.tiles.delete(oldest);
    }
    return nodes;
  }
}

/** The most recently used full tiles. A full tile never changes, so nothing here is ever stale. */
export class TileCache {
  private readonly tiles = new Map<string, Uint8Array>();

  /** `capacity` full tiles of 8 KiB each. */
  constructor(private readonly capacity = 4096) {}

  get(log: number, level: number, index: number): Uint8Array | undefined {
    const key = `${log}/${level}/${index}`;
    const hashes = this.tiles.get(key);
    if (hashes === undefined) return undefined;
    this.tiles.delete(key);
    this.tiles.set(key, hashes);
    return hashes;
  }

  /** Keeps the tile if it is full. */
  put(log: number, level: number, index: number, hashes: Uint8Array): void {
    if (hashes.length !== 256 * 32) return;
    this.tiles.set(`${log}/${level}/${index}`, hashes);
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size <= this.capacity) break;
      this.tiles.delete(oldest);
    }
  }
}

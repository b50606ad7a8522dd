import {
  emptyRoot,
  growTiles,
  rootFromHashes,
  tileAt,
  tileHashReader,
  type Tile,
  type TileData,
  type TileReader,
} from '../../domain/tlog/index.js';
import { fastTreeHasher } from './hashing.js';

/** A tree that grows by leaf hashes, of which only the right edge is held. */
export class GrowingTree {
  /** `edge` are the partial tiles of the tree of `size`. */
  constructor(
    private width: number,
    private partial: readonly TileData[],
  ) {}

  get size(): number {
    return this.width;
  }

  /** The partial tiles at the right edge. */
  get edge(): readonly TileData[] {
    return this.partial;
  }

  /** Appends packed leaf hashes; answers the tiles that became full. */
  grow(leafHashes: Uint8Array): TileData[] {
    const grown = growTiles(this.width, leafHashes, readerOf(this.partial), fastTreeHasher);
    this.width += leafHashes.length / 32;
    const read = readerOf([...this.partial, ...grown]);
    this.partial = edgeTiles(this.width).flatMap((tile) => {
      const hashes = read(tile);
      return hashes === undefined ? [] : [{ tile, hashes }];
    });
    return grown.filter(({ tile }) => tile.width === 256);
  }

  /** RFC 6962 root. */
  root(): Uint8Array {
    if (this.width === 0) return emptyRoot();
    return rootFromHashes(
      this.width,
      tileHashReader(this.width, readerOf(this.partial), fastTreeHasher),
      fastTreeHasher,
    );
  }
}

/** The partial tiles of a tree of `size`: one a level at most. */
export function edgeTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / 256)) {
    const tile = hashes % 256 === 0 ? undefined : tileAt(level, Math.floor(hashes / 256), size);
    if (tile !== undefined) tiles.push(tile);
  }
  return tiles;
}

/** Reads the widest tile of a place, cut to the width asked for. */
export function readerOf(tiles: readonly TileData[]): TileReader {
  const held = new Map<string, Uint8Array>();
  for (const { tile, hashes } of tiles) {
    const key = `${tile.level}/${tile.index}`;
    if ((held.get(key)?.length ?? 0) < hashes.length) held.set(key, hashes);
  }
  return ({ level, index, width }) => held.get(`${level}/${index}`)?.subarray(0, width * 32);
}

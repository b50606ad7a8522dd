import { equalBytes } from '../bytes.js';
import { TlogError } from './errors.js';
import { HASH_SIZE, type TreeHasher, emptyRoot, plainTreeHasher } from './hashing.js';
import { type TreeNode, nodesOfRange } from './node.js';
import { nodesForConsistency, proveConsistency, rootFromHashes } from './proof.js';
import { assertSize } from './sizes.js';
import { tilePath } from './tile-path.js';
import { TILE_HEIGHT, TILE_WIDTH, type Tile, tileAt, tileOfNode } from './tile.js';
import { packedRoot } from './tree.js';

/** Gives the packed hashes of a tile as somebody serves it. What it throws passes through. */
export type TileFetcher = (tile: Tile) => Promise<Uint8Array>;

const KEPT_TILES = 128;

/**
 * The tiles of a tree of known size and root, read from a place that is not trusted: a tile leads to the root or it is
 * refused (TLOG_TILE_MISMATCH). The right edge is checked when it is opened, every full tile against the one above it.
 */
export class VerifiedTiles {
  private readonly kept = new Map<string, Promise<Uint8Array>>();

  private constructor(
    readonly size: number,
    readonly root: Uint8Array,
    private readonly edge: ReadonlyMap<number, Uint8Array>,
    private readonly fetch: TileFetcher,
    private readonly hasher: TreeHasher,
  ) {}

  /**
   * Reads the partial tiles of the right edge. Throws TLOG_ROOT_MISMATCH, with their paths, unless they lead to `root`;
   * TLOG_TILE_INVALID for one of another length.
   */
  static async open(
    size: number,
    root: Uint8Array,
    fetch: TileFetcher,
    hasher: TreeHasher = plainTreeHasher,
  ): Promise<VerifiedTiles> {
    const tiles = edgeTiles(size);
    const hashes = await Promise.all(tiles.map((tile) => fetchTile(tile, fetch)));
    const edge = new Map(tiles.map(({ level }, i) => [level, hashes[i]!]));
    const computed = edgeRoot(size, edge, hasher);
    if (equalBytes(computed, root)) return new VerifiedTiles(size, root, edge, fetch, hasher);
    const paths = tiles.map(tilePath);
    throw new TlogError(
      'TLOG_ROOT_MISMATCH',
      `The tiles ${paths.join(', ')} do not lead to the root of the ${size} entries.`,
      { size, tiles: paths },
    );
  }

  /** The packed hashes of a tile, as wide as the tree has it. TLOG_HASH_MISSING where the tree has none there. */
  async tile(level: number, index: number): Promise<Uint8Array> {
    const tile = tileAt(level, index, this.size);
    if (tile === undefined) {
      throw new TlogError('TLOG_HASH_MISSING', `A tree of ${this.size} leaves has no tile ${level}/${index}.`, {
        level,
        index,
        size: this.size,
      });
    }
    if (tile.width < TILE_WIDTH) return this.edge.get(level)!;
    // Tiles of leaf hashes are most of a tree and are read once, one behind the other.
    return level === 0 ? this.checked(tile) : this.keep(tile);
  }

  /** The hash of a perfect subtree. */
  async node(node: TreeNode): Promise<Uint8Array> {
    const { tile, start, end } = tileOfNode(node, this.size);
    const hashes = await this.tile(tile.level, tile.index);
    return packedRoot(hashes.subarray(start * HASH_SIZE, end * HASH_SIZE), this.hasher);
  }

  /** The root that the tree had at a smaller size. */
  async prefixRoot(size: number): Promise<Uint8Array> {
    assertSize(size);
    if (size === 0) return emptyRoot();
    if (size === this.size) return this.root;
    const read = await this.reader(nodesOfRange({ start: 0, end: size }));
    return rootFromHashes(size, read, this.hasher);
  }

  /** RFC 6962 §2.1.2 consistency proof from a smaller size. */
  async consistency(oldSize: number): Promise<Uint8Array[]> {
    const read = await this.reader(nodesForConsistency(oldSize, this.size));
    return proveConsistency(oldSize, this.size, read, this.hasher);
  }

  private async reader(nodes: readonly TreeNode[]): Promise<(node: TreeNode) => Uint8Array> {
    const hashes = await Promise.all(nodes.map((node) => this.node(node)));
    const known = new Map(nodes.map(({ level, index }, i) => [`${level}/${index}`, hashes[i]!]));
    return ({ level, index }) => known.get(`${level}/${index}`)!;
  }

  private keep(tile: Tile): Promise<Uint8Array> {
    const key = `${tile.level}/${tile.index}`;
    const known = this.kept.get(key) ?? this.checked(tile);
    this.kept.delete(key);
    this.kept.set(key, known);
    known.catch(() => this.kept.delete(key));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT_TILES) break;
      this.kept.delete(oldest);
    }
    return known;
  }

  /** A full tile: its root is the hash in the tile above. */
  private async checked(tile: Tile): Promise<Uint8Array> {
    const above = this.node({ level: (tile.level + 1) * TILE_HEIGHT, index: tile.index });
    const [hashes, expected] = await Promise.all([fetchTile(tile, this.fetch), above]);
    if (equalBytes(packedRoot(hashes, this.hasher), expected)) return hashes;
    const path = tilePath(tile);
    throw new TlogError('TLOG_TILE_MISMATCH', `The tile ${path} does not lead to the hash in the tile above it.`, {
      tile: path,
    });
  }
}

/** The partial tiles of a tree: one for each level whose digit of the size, to base 256, is not 0. */
export function edgeTiles(size: number): Tile[] {
  assertSize(size);
  const tiles: Tile[] = [];
  for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / TILE_WIDTH)) {
    const width = rest % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(rest / TILE_WIDTH), width });
  }
  return tiles;
}

function edgeRoot(size: number, edge: ReadonlyMap<number, Uint8Array>, hasher: TreeHasher): Uint8Array {
  const read = (node: TreeNode): Uint8Array => {
    const { tile, start, end } = tileOfNode(node, size);
    return packedRoot(edge.get(tile.level)!.subarray(start * HASH_SIZE, end * HASH_SIZE), hasher);
  };
  return rootFromHashes(size, read, hasher);
}

async function fetchTile(tile: Tile, fetch: TileFetcher): Promise<Uint8Array> {
  const hashes = await fetch(tile);
  const expected = tile.width * HASH_SIZE;
  if (hashes.length === expected) return hashes;
  const path = tilePath(tile);
  throw new TlogError('TLOG_TILE_INVALID', `The tile ${path} has ${hashes.length} bytes, expected ${expected}.`, {
    tile: path,
    expected,
    got: hashes.length,
  });
}

import fc from 'fast-check';
import { equalBytes } from '../bytes.js';
import { leafHash } from './hashing.js';
import { verifyConsistency } from './proof.js';
import { codeOf } from './testing/codes.js';
import { entries, referenceRoot } from './testing/reference-tree.js';
import { type Tile, growTiles } from './tile.js';
import { tilePath } from './tile-path.js';
import { pack } from './tree.js';
import { TlogError } from './errors.js';
import { VerifiedTiles, edgeTiles } from './verified-tiles.js';

const MOST = 1300;
const leaves = entries(MOST).map((entry) => leafHash(entry));

function served(size: number): Map<string, Uint8Array> {
  const grown = growTiles(0, pack(leaves.slice(0, size)), () => undefined);
  return new Map(grown.map(({ tile, hashes }) => [tilePath(tile), hashes]));
}

const from = (tiles: ReadonlyMap<string, Uint8Array>) => (tile: Tile) => Promise.resolve(tiles.get(tilePath(tile))!);
const rootOf = (size: number): Uint8Array => referenceRoot(entries(MOST).slice(0, size));

/** Reads every tile of the tree. */
async function readAll(tiles: VerifiedTiles): Promise<void> {
  for (let index = 0; index * 256 < tiles.size; index++) await tiles.tile(0, index);
}

async function failureOf(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error === undefined
    ? undefined
    : codeOf(() => {
        throw error;
      });
}

describe('verified tiles', () => {
  it('give the root of every earlier size and its consistency proof', async () => {
    for (const size of [1, 2, 255, 256, 257, 700, 1024, 1299]) {
      const root = rootOf(size);
      const tiles = await VerifiedTiles.open(size, root, from(served(size)));
      for (const old of [1, 2, 3, 255, 256, 257, 511, 512, 1000, 1298].filter((one) => one <= size)) {
        expect(equalBytes(await tiles.prefixRoot(old), rootOf(old))).toBe(true);
        const proof = await tiles.consistency(old);
        verifyConsistency({ oldSize: old, oldRoot: rootOf(old), newSize: size, newRoot: root, proof });
      }
    }
  });

  it('open with an empty tree', async () => {
    const tiles = await VerifiedTiles.open(0, rootOf(0), from(new Map()));
    expect(equalBytes(await tiles.prefixRoot(0), rootOf(0))).toBe(true);
  });

  it('refuse any tree in which one bit of one tile is turned', async () => {
    const size = 1299;
    const root = rootOf(size);
    const honest = served(size);
    const paths = [...honest.keys()];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), fc.integer({ min: 0, max: 7 }), async (path, at, bit) => {
        const bytes = honest.get(path)!.slice();
        bytes[at % bytes.length]! ^= 1 << bit;
        const forged = new Map(honest).set(path, bytes);
        const code = await failureOf(VerifiedTiles.open(size, root, from(forged)).then(readAll));
        const partial = edgeTiles(size).some((tile) => tilePath(tile) === path);
        expect(code).toBe(partial ? 'TLOG_ROOT_MISMATCH' : 'TLOG_TILE_MISMATCH');
      }),
      { numRuns: 60 },
    );
  });

  it('name the tile that is wrong or of another length', async () => {
    const honest = served(700);
    const wrong = new Map(honest).set('tile/0/001', honest.get('tile/0/000')!);
    const tiles = await VerifiedTiles.open(700, rootOf(700), from(wrong));
    await expect(tiles.tile(0, 1)).rejects.toMatchObject({ details: { tile: 'tile/0/001' } });
    const short = new Map(honest).set('tile/0/001', new Uint8Array(31));
    const second = await VerifiedTiles.open(700, rootOf(700), from(short));
    await expect(second.tile(0, 1)).rejects.toMatchObject({ code: 'TLOG_TILE_INVALID', details: { got: 31 } });
    await expect(second.tile(0, 3)).rejects.toBeInstanceOf(TlogError);
  });

  it('read a tile of the upper levels once', async () => {
    const size = 256 * 5;
    const asked: string[] = [];
    const tiles = await VerifiedTiles.open(size, rootOf(size), (tile) => {
      asked.push(tilePath(tile));
      return from(served(size))(tile);
    });
    await readAll(tiles);
    expect(asked.filter((path) => path.startsWith('tile/1'))).toHaveLength(1);
  });
});

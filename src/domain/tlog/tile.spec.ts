import fc from 'fast-check';
import { bytesToHex, concatBytes } from '../bytes.js';
import { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.js';
import { HASH_SIZE, leafHash } from './hashing.js';
import {
  nodesForConsistency,
  nodesForInclusion,
  nodesForRoot,
  proveConsistency,
  proveInclusion,
  rootFromHashes,
  verifyConsistency,
  verifyInclusion,
} from './proof.js';
import { codeOf } from './testing/codes.js';
import { entryBundlePath, parseTilePath, tilePath } from './tile-path.js';
import { Tile, TileReader, growTiles, tileAt, tileHashReader, tilesForNodes, tilesGrown, tilesOf } from './tile.js';
import { entries } from './testing/reference-tree.js';
import { packedRoot } from './tree.js';

const MAX = 66_000;
const leaves = concatBytes(...entries(MAX).map((entry) => leafHash(entry)));
const upTo = (size: number): Uint8Array => leaves.subarray(0, size * HASH_SIZE);

/** A log that stores tiles by path, grown in steps, and refuses to store one path twice with other bytes. */
function grownLog(steps: readonly number[]): { size: number; read: TileReader; stored: Map<string, Uint8Array> } {
  const stored = new Map<string, Uint8Array>();
  const read: TileReader = (tile) => stored.get(tilePath(tile));
  let size = 0;
  for (const step of steps) {
    const next = Math.min(MAX, size + step);
    const tiles = growTiles(size, leaves.subarray(size * HASH_SIZE, next * HASH_SIZE), read);
    expect(tiles.map(({ tile }) => tile)).toEqual(tilesGrown(size, next));
    for (const { tile, hashes } of tiles) {
      expect(stored.has(tilePath(tile))).toBe(false);
      stored.set(tilePath(tile), hashes);
    }
    size = next;
  }
  return { size, read, stored };
}

describe('tiles', () => {
  it('of a tree of 70,000 leaves are those of the specification', () => {
    const tiles = tilesOf(70_000);
    const level = (wanted: number): Tile[] => tiles.filter((tile) => tile.level === wanted);
    expect(level(0)).toHaveLength(274);
    expect(level(0).at(-1)).toEqual({ level: 0, index: 273, width: 112 });
    expect(level(1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ]);
    expect(level(2)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(tilesOf(256)).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
    expect(tilesOf(0)).toEqual([]);
    expect(tileAt(0, 274, 70_000)).toBeUndefined();
  });

  it('grow the same however the log is cut in steps, and give its root and its proofs', () => {
    const steps = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(256, 512, 20_000)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (cut, a, b) => {
        const { size, read } = grownLog(cut);
        const at = tileHashReader(size, read);
        const root = packedRoot(upTo(size));
        expect(bytesToHex(rootFromHashes(size, at))).toBe(bytesToHex(root));
        if (size < 2) return;
        const index = a % size;
        const oldSize = 1 + (b % (size - 1));
        const leaf = leaves.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);
        verifyInclusion({ index, size, leafHash: leaf, proof: proveInclusion(index, size, at), root });
        verifyConsistency({
          oldSize,
          oldRoot: packedRoot(upTo(oldSize)),
          newSize: size,
          newRoot: root,
          proof: proveConsistency(oldSize, size, at),
        });
      }),
      { numRuns: 25 },
    );
  });

  it('can be fetched before a proof is made, and are few', () => {
    const { size, read } = grownLog([MAX]);
    const plans = [nodesForRoot(size), nodesForInclusion(40_000, size), nodesForConsistency(300, size)];
    const [, inclusion] = plans.map((nodes) => {
      const fetched = new Map(tilesForNodes(nodes, size).map((tile) => [tilePath(tile), read(tile)!]));
      const at = tileHashReader(size, (tile) => fetched.get(tilePath(tile)));
      for (const node of nodes) expect(at(node)).toHaveLength(HASH_SIZE);
      return fetched;
    });
    expect(inclusion!.size).toBeLessThanOrEqual(5);
  });

  it('read an old tree from the full tiles of a newer one, where partial tiles are gone', () => {
    const { read } = grownLog([512]);
    const full: TileReader = (tile) => read({ ...tile, width: tile.level === 0 ? 256 : 2 });
    const root = rootFromHashes(300, tileHashReader(300, full));
    expect(bytesToHex(root)).toBe(bytesToHex(packedRoot(upTo(300))));
  });

  it('that are missing, of another width or outside the tree are refused', () => {
    const { read } = grownLog([300]);
    const at = tileHashReader(300, read);
    expect(codeOf(() => at({ level: 0, index: 300 }))).toBe('TLOG_HASH_MISSING');
    expect(codeOf(() => at({ level: 9, index: 0 }))).toBe('TLOG_HASH_MISSING');
    expect(codeOf(() => tileHashReader(300, () => undefined)({ level: 0, index: 0 }))).toBe('TLOG_HASH_MISSING');
    expect(codeOf(() => tileHashReader(300, () => new Uint8Array(32))({ level: 0, index: 0 }))).toBe(
      'TLOG_TILE_INVALID',
    );
    expect(codeOf(() => growTiles(300, new Uint8Array(31), read))).toBe('TLOG_HASH_INVALID');
  });
});

describe('tile paths', () => {
  it('are those of the specification', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 3, index: 0, width: 7 })).toBe('tile/3/000.p/7');
    expect(entryBundlePath({ index: 1000, width: 12 })).toBe('tile/entries/x001/000.p/12');
  });

  it('are read back, and only in the spelling that is written', () => {
    const place = fc.record({
      level: fc.nat(63),
      index: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(place, ({ level, index, width }) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ kind: 'tile', level, index, width });
        expect(parseTilePath(entryBundlePath({ index, width }))).toEqual({ kind: 'entries', index, width });
      }),
    );
    const wrong = ['', 'tile/0/0', 'tile/00/000', 'tile/64/000', 'tile/0/x000/001', 'tile/0/001/002', 'tile/0/x001'];
    wrong.push('tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/01', 'tile/0/000/', '/tile/0/000', 'tile/data/000');
    wrong.push('tile/0/x999/x999/x999/x999/x999/999', 'tile/0/000\n');
    for (const path of wrong) expect([path, codeOf(() => parseTilePath(path))]).toEqual([path, 'TLOG_TILE_INVALID']);
  });
});

describe('entry bundles', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 20 }), (list) => {
        expect(decodeEntryBundle(encodeEntryBundle(list), list.length)).toEqual(list);
      }),
    );
  });

  it('that are cut, too long or of another width are refused', () => {
    const bundle = encodeEntryBundle([Uint8Array.of(1, 2, 3), Uint8Array.of()]);
    const code = (bytes: Uint8Array, width: number) => codeOf(() => decodeEntryBundle(bytes, width));
    for (let length = 0; length < bundle.length; length++) {
      expect(code(bundle.subarray(0, length), 2)).toBe('TLOG_BUNDLE_INVALID');
    }
    expect(code(bundle, 1)).toBe('TLOG_BUNDLE_INVALID');
    expect(code(bundle, 3)).toBe('TLOG_BUNDLE_INVALID');
    expect(codeOf(() => encodeEntryBundle([new Uint8Array(65_536)]))).toBe('TLOG_BUNDLE_INVALID');
  });
});

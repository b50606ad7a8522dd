import fc from 'fast-check';
import { sha256 } from '@noble/hashes/sha2.js';
import { proveConsistency, proveInclusion } from './proof.js';
import { growTiles, tileHashReader, type TileData } from './tile.js';
import { tileNodeReader, tileNodes } from './tile-nodes.js';

const leaves = (count: number): Uint8Array => {
  const packed = new Uint8Array(count * 32);
  for (let i = 0; i < count; i++) packed.set(sha256(Uint8Array.of(i & 255, i >> 8)), i * 32);
  return packed;
};
const SIZE = 1500;
const tiles = growTiles(0, leaves(SIZE), () => undefined);
const held = new Map(tiles.map(({ tile, hashes }: TileData) => [`${tile.level}/${tile.index}`, hashes]));
const nodes = new Map([...held].map(([place, hashes]) => [place, tileNodes(hashes)]));

describe('the nodes of tiles', () => {
  it('give every smaller tree the hashes that its own tiles give', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: SIZE }), fc.nat(), fc.nat(), (size, index, old) => {
        const plain = tileHashReader(size, ({ level, index, width }) =>
          held.get(`${level}/${index}`)?.subarray(0, width * 32),
        );
        const fast = tileNodeReader(size, ({ level, index }) => nodes.get(`${level}/${index}`));
        expect(proveInclusion(index % size, size, fast)).toEqual(proveInclusion(index % size, size, plain));
        expect(proveConsistency(old % size, size, fast)).toEqual(proveConsistency(old % size, size, plain));
      }),
    );
  });

  it('refuse what they do not hold', () => {
    const read = tileNodeReader(SIZE, () => undefined);
    expect(() => proveInclusion(3, SIZE, read)).toThrow('missing or too narrow');
    const narrow = tileNodeReader(256, () => tileNodes(leaves(100)));
    expect(() => proveInclusion(3, 256, narrow)).toThrow('missing or too narrow');
  });
});

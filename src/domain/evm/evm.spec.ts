import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { bytesToHex, hexToBytes, utf8ToBytes } from '../bytes.js';
import { EvmError } from './errors.js';
import { decodeRlp, encodeRlp, type Rlp } from './rlp.js';
import { buildTrie } from './trie.fixture.js';
import { trieValue } from './trie.js';

const { rlp } = fc.letrec<{ rlp: Rlp }>((tie) => ({
  rlp: fc.oneof({ maxDepth: 4 }, fc.uint8Array({ maxLength: 70 }), fc.array(tie('rlp'), { maxLength: 6 })),
}));

describe('RLP', () => {
  // The examples of the specification at ethereum.org/developers/docs/data-structures-and-encoding/rlp.
  it.each<[string, Rlp, string]>([
    ['dog', utf8ToBytes('dog'), '83646f67'],
    ['[cat, dog]', [utf8ToBytes('cat'), utf8ToBytes('dog')], 'c88363617483646f67'],
    ['the empty string', new Uint8Array(0), '80'],
    ['the empty list', [], 'c0'],
    ['the byte 00', Uint8Array.of(0), '00'],
    ['the byte 0f', Uint8Array.of(15), '0f'],
    ['the bytes 0400', Uint8Array.of(4, 0), '820400'],
    ['three', [[], [[]], [[], [[]]]], 'c7c0c1c0c3c0c1c0'],
    [
      '56 letters',
      utf8ToBytes('Lorem ipsum dolor sit amet, consectetur adipisicing elit'),
      'b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974',
    ],
  ])('writes and reads %s', (_what, item, hex) => {
    expect(bytesToHex(encodeRlp(item))).toBe(hex);
    expect(decodeRlp(hexToBytes(hex))).toEqual(item);
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(rlp, (item) => {
        expect(decodeRlp(encodeRlp(item))).toEqual(item);
      }),
    );
  });

  it('reads one spelling only: whatever bytes it takes, it writes them again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 90 })), (bytes) => {
        try {
          expect(encodeRlp(decodeRlp(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(EvmError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '',
    '8100',
    '817f',
    'b800',
    'b83700',
    'b90001',
    '83646f',
    '8080',
    'c2',
    'c180ff',
    'bfffffffffffffffff',
    'f800',
  ])('refuses %s', (hex) => {
    expect(() => decodeRlp(hexToBytes(hex))).toThrow(expect.objectContaining({ code: 'RLP_INVALID' }));
  });

  it('refuses lists in lists without end', () => {
    let deep: Rlp = [];
    for (let i = 0; i < 30; i++) deep = [deep];
    expect(() => decodeRlp(encodeRlp(deep))).toThrow(EvmError);
  });
});

describe('a proof of a Merkle-Patricia trie', () => {
  const entries = (count: number, long: boolean): [Uint8Array, Uint8Array][] =>
    Array.from({ length: count }, (_, i) => [
      utf8ToBytes(`key ${i}`),
      long ? sha256(utf8ToBytes(`value ${i}`)) : Uint8Array.of(1 + (i % 250)),
    ]);

  it('shows every value in tries of any size', () => {
    for (const count of [1, 2, 3, 17, 50]) {
      for (const long of [true, false]) {
        const all = entries(count, long);
        const trie = buildTrie(all);
        for (const [key, value] of all) expect(trieValue(trie.root, key, trie.prove(key))).toEqual(value);
      }
    }
  });

  it('does not show a value under another key, and no absent key', () => {
    const trie = buildTrie(entries(40, true));
    for (const other of ['key 1', 'key 40', 'nothing']) {
      expect(() => trieValue(trie.root, utf8ToBytes(other), trie.prove(utf8ToBytes('key 0')))).toThrow(EvmError);
    }
    expect(() => trieValue(trie.root, utf8ToBytes('absent'), trie.prove(utf8ToBytes('absent')))).toThrow(EvmError);
  });

  it('is refused with a node changed, left out, or added', () => {
    const trie = buildTrie(entries(100, true));
    const key = utf8ToBytes('key 7');
    const proof = trie.prove(key);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, where, change) => {
        const hostile = proof.map((node) => node.slice());
        const node = hostile[which % hostile.length]!;
        node[where % node.length]! ^= change;
        expect(() => trieValue(trie.root, key, hostile)).toThrow(EvmError);
      }),
    );
    for (let i = 0; i < proof.length; i++) {
      expect(() => trieValue(trie.root, key, proof.toSpliced(i, 1))).toThrow(EvmError);
      expect(() => trieValue(trie.root, key, proof.toSpliced(i, 0, proof[i]!))).toThrow(EvmError);
    }
    expect(() => trieValue(trie.root, key, [...proof, proof[0]!])).toThrow(EvmError);
  });

  it('never ends in anything but a coded error, whatever nodes a root names', () => {
    fc.assert(
      fc.property(rlp, fc.array(fc.uint8Array({ maxLength: 40 })), (node, more) => {
        const bytes = encodeRlp(node);
        try {
          trieValue(keccak_256(bytes), utf8ToBytes('key'), [bytes, ...more]);
        } catch (error) {
          expect(error).toBeInstanceOf(EvmError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('tries of embedded nodes', () => {
  it('are walked without a node of their own', () => {
    // A leaf is shorter than a hash where 8 nibbles of its path are shared; two such keys are searched for.
    const keyOf = (i: number): Uint8Array => utf8ToBytes(`search ${i}`);
    const byPrefix = new Map<string, number>();
    let pair: [number, number] | undefined;
    for (let i = 0; pair === undefined; i++) {
      const prefix = bytesToHex(keccak_256(keyOf(i))).slice(0, 8);
      const other = byPrefix.get(prefix);
      if (other !== undefined) pair = [other, i];
      byPrefix.set(prefix, i);
    }
    const all: [Uint8Array, Uint8Array][] = pair.map((i) => [keyOf(i), Uint8Array.of(9)]);
    const trie = buildTrie(all);
    for (const [key, value] of all) expect(trieValue(trie.root, key, trie.prove(key))).toEqual(value);
  });
});

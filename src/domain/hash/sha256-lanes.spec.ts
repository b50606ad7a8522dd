import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { concatBytes } from '../bytes.js';
import { hashMessages, leafHashes, sha256Lanes, type Sha256Lanes } from './sha256-lanes.js';
import { PlainSha256 } from './sha256-plain.js';
import { WasmSha256 } from './sha256-wasm.js';

/** The root as RFC 6962 §2.1 defines it, plainly. */
function referenceRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(
    concatBytes(Uint8Array.of(1), referenceRoot(leaves.slice(0, split)), referenceRoot(leaves.slice(split))),
  );
}

const someHashes = (count: number, seed = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(seed, i, i >> 8, i >> 16)));
const message = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);

const kinds: [string, () => Sha256Lanes][] = [
  ['WebAssembly', () => WasmSha256.create()!],
  ['plain', () => new PlainSha256()],
];

describe('the hasher of this machine', () => {
  it('is the WebAssembly one, because Node has 128-bit vectors', () => {
    expect(sha256Lanes().kind).toBe('wasm-simd');
  });
});

describe.each(kinds)('SHA-256 in lanes, %s', (_kind, make) => {
  const lanes = make();

  it('hashes messages of every length around the block borders', () => {
    const messages = Array.from({ length: 300 }, (_, i) => message(i));
    expect(hashMessages(messages, lanes)).toEqual(concatBytes(...messages.map((bytes) => sha256(bytes))));
  });

  it('hashes any mix of messages as @noble/hashes does', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 13 }), (messages) => {
        expect(hashMessages(messages, lanes)).toEqual(concatBytes(...messages.map((bytes) => sha256(bytes))));
      }),
    );
  });

  it('hashes one message of a megabyte beside a short one', () => {
    const messages = [message(3), message(1_048_576 + 13)];
    expect(hashMessages(messages, lanes)).toEqual(concatBytes(...messages.map((bytes) => sha256(bytes))));
  });

  it('puts 0x00 before the entries of leaf hashes', () => {
    const entries = [message(0), message(33), message(64)];
    const expected = entries.map((entry) => sha256(concatBytes(Uint8Array.of(0), entry)));
    expect(leafHashes(entries, lanes)).toEqual(concatBytes(...expected));
  });

  it('finds the root of every small tree', () => {
    for (let count = 0; count <= 130; count++) {
      const leaves = someHashes(count, 1);
      expect(lanes.treeRoot(concatBytes(...leaves))).toEqual(referenceRoot(leaves));
    }
  });

  it('finds the root of trees around the size of a subtree', () => {
    for (const count of [8191, 8192, 8193, 16_384, 24_577]) {
      const leaves = someHashes(count, 2);
      expect(lanes.treeRoot(concatBytes(...leaves))).toEqual(referenceRoot(leaves));
    }
  });

  it('takes every last byte of a node', () => {
    const pairs = Array.from({ length: 256 }, (_, byte) => {
      const pair = message(64);
      pair[63] = byte;
      return pair;
    });
    const expected = pairs.map((pair) => sha256(concatBytes(Uint8Array.of(1), pair)));
    expect(lanes.parents(concatBytes(...pairs))).toEqual(concatBytes(...expected));
  });

  it('goes up one level and keeps an odd last hash', () => {
    for (let count = 1; count < 20; count++) {
      const hashes = someHashes(count, 3);
      const pairs = hashes
        .filter((_, i) => i % 2 === 1)
        .map((right, i) => sha256(concatBytes(Uint8Array.of(1), hashes[2 * i]!, right)));
      const odd = count % 2 === 1 ? [hashes.at(-1)!] : [];
      expect(lanes.parents(concatBytes(...hashes))).toEqual(concatBytes(...pairs, ...odd));
    }
  });

  it('leaves its input as it was', () => {
    const leaves = concatBytes(...someHashes(7));
    const copy = leaves.slice();
    lanes.treeRoot(leaves);
    lanes.parents(leaves);
    expect(leaves).toEqual(copy);
  });

  it('makes HMACs of the indexes as @noble/hashes does, for keys of any length up to a block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(40), (key, count) => {
        const expected = Array.from({ length: count }, (_, i) =>
          hmac(sha256, key, Uint8Array.of(0, 0, i >> 8, i & 0xff)),
        );
        expect(lanes.macs(key, count)).toEqual(concatBytes(...expected));
      }),
    );
  });

  it('finds the root of what was written, also when the memory had to grow', () => {
    const messages = Array.from({ length: 3000 }, (_, i) => message(1 + (i % 900)));
    const writer = lanes.write(messages.length);
    for (const bytes of messages) {
      writer.room(bytes.length);
      writer.bytes.set(bytes, writer.at);
      writer.at += bytes.length;
      writer.end();
    }
    expect(lanes.root()).toEqual(referenceRoot(messages.map((bytes) => sha256(bytes))));
  });

  it('refuses more messages than it was told of', () => {
    const writer = lanes.write(1);
    writer.end();
    expect(() => writer.end()).toThrow(RangeError);
  });
});

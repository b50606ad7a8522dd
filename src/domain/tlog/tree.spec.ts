import fc from 'fast-check';
import { bytesToHex, concatBytes } from '../bytes.js';
import { emptyRoot, leafHash, nodeHash, sha256, treeHasher } from './hashing.js';
import { codeOf } from './testing/codes.js';
import { entries, referenceRoot } from './testing/reference-tree.js';
import { Frontier, packedRoot, treeRoot } from './tree.js';

const MAX = 130;
const all = entries(MAX);
const leaves = all.map((entry) => leafHash(entry));
const roots = Array.from({ length: MAX + 1 }, (_, n) => bytesToHex(referenceRoot(all.slice(0, n))));

describe('the tree', () => {
  it('has the published root when it is empty, and the published hash of an empty leaf', () => {
    expect(bytesToHex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(bytesToHex(leafHash(new Uint8Array(0)))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  it('has the root of the reference tree for every size up to 130', () => {
    for (let n = 0; n <= MAX; n++) {
      expect(bytesToHex(treeRoot(leaves.slice(0, n)))).toBe(roots[n]);
      expect(bytesToHex(packedRoot(concatBytes(...leaves.slice(0, n))))).toBe(roots[n]);
    }
  });

  it('uses the hasher that it is given', () => {
    let calls = 0;
    const counting = treeHasher((bytes) => {
      calls++;
      return sha256(bytes);
    });
    expect(bytesToHex(treeRoot(leaves.slice(0, 100), counting))).toBe(roots[100]);
    expect(calls).toBe(99);
  });

  it('refuses hashes of another length', () => {
    expect(codeOf(() => treeRoot([new Uint8Array(31)]))).toBe('TLOG_HASH_INVALID');
    expect(codeOf(() => packedRoot(new Uint8Array(33)))).toBe('TLOG_HASH_INVALID');
    expect(codeOf(() => nodeHash(new Uint8Array(32), new Uint8Array(33)))).toBe('TLOG_HASH_INVALID');
  });
});

describe('a frontier', () => {
  it('gives every root while leaves are appended one by one', () => {
    const frontier = Frontier.empty();
    for (let n = 0; n < MAX; n++) {
      expect(bytesToHex(frontier.root())).toBe(roots[n]);
      frontier.append(leaves[n]!);
      expect(frontier.size).toBe(n + 1);
    }
    expect(bytesToHex(frontier.root())).toBe(roots[MAX]);
  });

  it('gives the same root however the leaves are cut in batches, saved and loaded in between', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 12 }), (batches) => {
        let frontier = Frontier.empty();
        for (const batch of batches) {
          const next = leaves.slice(frontier.size, frontier.size + batch);
          frontier.appendPacked(concatBytes(...next));
          frontier = Frontier.of(frontier.size, frontier.hashes);
        }
        expect(bytesToHex(frontier.root())).toBe(roots[frontier.size]);
      }),
    );
  });

  it('leaves its copy alone', () => {
    const frontier = Frontier.empty();
    frontier.appendPacked(concatBytes(...leaves.slice(0, 7)));
    const copy = frontier.clone();
    frontier.append(leaves[7]!);
    expect(bytesToHex(copy.root())).toBe(roots[7]);
    copy.hashes[0]!.fill(0);
    frontier.root().fill(0);
    expect(bytesToHex(copy.root())).toBe(roots[7]);
    expect(bytesToHex(frontier.root())).toBe(roots[8]);
  });

  it('refuses a state that cannot be', () => {
    expect(codeOf(() => Frontier.of(3, [leaves[0]!]))).toBe('TLOG_PROOF_LENGTH');
    expect(codeOf(() => Frontier.of(1, [new Uint8Array(5)]))).toBe('TLOG_HASH_INVALID');
    expect(codeOf(() => Frontier.of(-1, []))).toBe('TLOG_SIZE_INVALID');
    expect(codeOf(() => Frontier.empty().append(new Uint8Array(31)))).toBe('TLOG_HASH_INVALID');
    expect(codeOf(() => Frontier.empty().appendPacked(new Uint8Array(31)))).toBe('TLOG_HASH_INVALID');
  });
});

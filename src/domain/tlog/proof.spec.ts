import fc from 'fast-check';
import { bytesToHex } from '../bytes.js';
import { leafHash } from './hashing.js';
import { consistencyRanges, inclusionRanges, nodesOfRange } from './node.js';
import {
  ConsistencyClaim,
  HashReader,
  InclusionClaim,
  maxProofLength,
  nodesForConsistency,
  nodesForInclusion,
  proveConsistency,
  proveInclusion,
  rootFromHashes,
  verifyConsistency,
  verifyInclusion,
} from './proof.js';
import { codeOf } from './testing/codes.js';
import { entries, flipBit, referenceConsistency, referencePath, referenceRoot } from './testing/reference-tree.js';

const MAX = 130;
const all = entries(MAX);
const roots = Array.from({ length: MAX + 1 }, (_, n) => referenceRoot(all.slice(0, n)));
const nodes = new Map<string, Uint8Array>();
const read: HashReader = ({ level, index }) => {
  const key = `${level}/${index}`;
  const end = Math.min(MAX, (index + 1) * 2 ** level);
  const hash = nodes.get(key) ?? referenceRoot(all.slice(index * 2 ** level, end));
  nodes.set(key, hash);
  return hash;
};
const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map(bytesToHex);

const inclusionClaim = (index: number, size: number): InclusionClaim => ({
  index,
  size,
  leafHash: leafHash(all[index]!),
  proof: proveInclusion(index, size, read),
  root: roots[size]!,
});

const consistencyClaim = (oldSize: number, newSize: number): ConsistencyClaim => ({
  oldSize,
  oldRoot: roots[oldSize]!,
  newSize,
  newRoot: roots[newSize]!,
  proof: proveConsistency(oldSize, newSize, read),
});

const sizes = fc.integer({ min: 1, max: MAX });
const pairs = sizes.chain((size) => fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.constant(size)));
const growths = fc
  .integer({ min: 2, max: MAX })
  .chain((size) => fc.tuple(fc.integer({ min: 1, max: size - 1 }), fc.constant(size)));
const bits = fc.nat(255);

describe('the nodes of the tree', () => {
  it('cover a range from left to right without gaps, also near 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const end = Math.abs(n);
        const covered = nodesOfRange({ start: 0, end }).reduce((at, { level, index }) => {
          expect(index * 2 ** level).toBe(at);
          return at + 2 ** level;
        }, 0);
        expect(covered).toBe(end);
      }),
    );
  });

  it('of a proof in the largest tree are within the limit', () => {
    const size = Number.MAX_SAFE_INTEGER;
    for (const index of [0, 1, size - 1, size - 2, 2 ** 52, 2 ** 31, 2 ** 32 + 1]) {
      expect(inclusionRanges(index, size).length).toBeLessThanOrEqual(maxProofLength(size));
      expect(consistencyRanges(index + 1, size).length).toBeLessThanOrEqual(maxProofLength(size));
    }
  });
});

describe('inclusion proofs', () => {
  it('equal the definition of RFC 6962 and verify, for every leaf of every size up to 130', () => {
    for (let size = 1; size <= MAX; size++) {
      const tree = all.slice(0, size);
      for (let index = 0; index < size; index++) {
        const claim = inclusionClaim(index, size);
        expect(hex(claim.proof)).toEqual(hex(referencePath(index, tree)));
        verifyInclusion(claim);
      }
    }
  });

  it('read only the nodes that were announced', () => {
    fc.assert(
      fc.property(pairs, ([index, size]) => {
        const announced = nodesForInclusion(index, size);
        const asked: unknown[] = [];
        proveInclusion(index, size, (node) => {
          asked.push(node);
          return read(node);
        });
        expect(asked).toEqual(announced);
      }),
    );
  });

  it('fail when any bit of the leaf, the root or the proof is another', () => {
    fc.assert(
      fc.property(pairs, bits, fc.nat(), ([index, size], bit, where) => {
        const claim = inclusionClaim(index, size);
        const refused = (change: Partial<InclusionClaim>): void =>
          expect(codeOf(() => verifyInclusion({ ...claim, ...change }))).toBe('TLOG_INCLUSION_MISMATCH');
        refused({ leafHash: flipBit(claim.leafHash, bit) });
        refused({ root: flipBit(claim.root, bit) });
        if (claim.proof.length > 0) {
          const at = where % claim.proof.length;
          refused({ proof: claim.proof.map((hash, i) => (i === at ? flipBit(hash, bit) : hash)) });
        }
      }),
    );
  });

  it('fail for each single bit of the proof, in every tree of up to 8 leaves', () => {
    for (let size = 1; size <= 8; size++) {
      for (let index = 0; index < size; index++) {
        const claim = inclusionClaim(index, size);
        for (let bit = 0; bit < claim.proof.length * 256; bit++) {
          const proof = claim.proof.map((hash, i) => (i === bit >> 8 ? flipBit(hash, bit & 255) : hash));
          if (codeOf(() => verifyInclusion({ ...claim, proof })) === undefined)
            throw new Error(`bit ${bit} of ${size}`);
        }
      }
    }
  });

  it('fail for another index, a longer or a shorter proof', () => {
    fc.assert(
      fc.property(pairs, fc.nat(MAX), ([index, size], other) => {
        const claim = inclusionClaim(index, size);
        if (other !== index) expect(codeOf(() => verifyInclusion({ ...claim, index: other }))).toBeDefined();
        const longer = [...claim.proof, claim.root];
        expect(codeOf(() => verifyInclusion({ ...claim, proof: longer }))).toBe('TLOG_PROOF_LENGTH');
        if (size > 1) {
          expect(codeOf(() => verifyInclusion({ ...claim, proof: claim.proof.slice(1) }))).toBe('TLOG_PROOF_LENGTH');
        }
      }),
    );
  });

  it('refuse sizes, indexes and hashes that no tree has', () => {
    const claim = inclusionClaim(2, 7);
    const code = (change: Partial<InclusionClaim>) => codeOf(() => verifyInclusion({ ...claim, ...change }));
    for (const size of [NaN, Infinity, -1, 1.5, 2 ** 53, 2 ** 64]) expect(code({ size })).toBe('TLOG_SIZE_INVALID');
    for (const index of [NaN, -1, 0.5, 7, 2 ** 64]) expect(code({ index })).toBe('TLOG_INDEX_INVALID');
    expect(code({ size: 0 })).toBe('TLOG_INDEX_INVALID');
    expect(code({ leafHash: new Uint8Array(31) })).toBe('TLOG_HASH_INVALID');
    expect(code({ root: new Uint8Array(0) })).toBe('TLOG_HASH_INVALID');
    expect(code({ proof: claim.proof.map((hash) => hash.slice(1)) })).toBe('TLOG_HASH_INVALID');
  });
});

describe('consistency proofs', () => {
  it('equal the definition of RFC 6962 and verify, for every growth up to 130', () => {
    for (let newSize = 2; newSize <= MAX; newSize++) {
      const tree = all.slice(0, newSize);
      for (let oldSize = 1; oldSize < newSize; oldSize++) {
        const claim = consistencyClaim(oldSize, newSize);
        expect(hex(claim.proof)).toEqual(hex(referenceConsistency(oldSize, tree)));
        expect(claim.proof).toHaveLength(consistencyRanges(oldSize, newSize).length);
        verifyConsistency(claim);
      }
    }
  });

  it('read only the nodes that were announced', () => {
    fc.assert(
      fc.property(growths, ([oldSize, newSize]) => {
        const asked: unknown[] = [];
        proveConsistency(oldSize, newSize, (node) => {
          asked.push(node);
          return read(node);
        });
        expect(asked).toEqual(nodesForConsistency(oldSize, newSize));
      }),
    );
  });

  it('fail when any bit of a root or of the proof is another', () => {
    fc.assert(
      fc.property(growths, bits, fc.nat(), ([oldSize, newSize], bit, where) => {
        const claim = consistencyClaim(oldSize, newSize);
        const refused = (change: Partial<ConsistencyClaim>): void =>
          expect(codeOf(() => verifyConsistency({ ...claim, ...change }))).toBe('TLOG_CONSISTENCY_MISMATCH');
        refused({ oldRoot: flipBit(claim.oldRoot, bit) });
        refused({ newRoot: flipBit(claim.newRoot, bit) });
        const at = where % claim.proof.length;
        refused({ proof: claim.proof.map((hash, i) => (i === at ? flipBit(hash, bit) : hash)) });
      }),
    );
  });

  it('fail for each single bit of the proof, in every tree of up to 8 leaves', () => {
    for (let newSize = 2; newSize <= 8; newSize++) {
      for (let oldSize = 1; oldSize < newSize; oldSize++) {
        const claim = consistencyClaim(oldSize, newSize);
        for (let bit = 0; bit < claim.proof.length * 256; bit++) {
          const proof = claim.proof.map((hash, i) => (i === bit >> 8 ? flipBit(hash, bit & 255) : hash));
          if (codeOf(() => verifyConsistency({ ...claim, proof })) === undefined) throw new Error(`bit ${bit}`);
        }
      }
    }
  });

  it('fail for other sizes, for swapped roots and for a longer or shorter proof', () => {
    fc.assert(
      fc.property(growths, growths, ([oldSize, newSize], [otherOld, otherNew]) => {
        const claim = consistencyClaim(oldSize, newSize);
        // Equal paths can serve two sizes only while the roots are swapped for the right ones; here they are not.
        if (otherOld !== oldSize) {
          const forged = { ...claim, oldSize: otherOld, oldRoot: roots[otherOld]! };
          if (codeOf(() => verifyConsistency(forged)) === undefined) {
            expect(hex(forged.proof)).toEqual(hex(proveConsistency(otherOld, newSize, read)));
          }
        }
        if (otherNew !== newSize) {
          const forged = { ...claim, newSize: otherNew };
          expect(codeOf(() => verifyConsistency({ ...forged, newRoot: roots[otherNew]! }))).toBeDefined();
        }
        const swapped = { ...claim, oldRoot: claim.newRoot, newRoot: claim.oldRoot };
        expect(codeOf(() => verifyConsistency(swapped))).toBe('TLOG_CONSISTENCY_MISMATCH');
        const longer = [...claim.proof, claim.newRoot];
        expect(codeOf(() => verifyConsistency({ ...claim, proof: longer }))).toBe('TLOG_PROOF_LENGTH');
        const shorter = claim.proof.slice(1);
        expect(codeOf(() => verifyConsistency({ ...claim, proof: shorter }))).toBe('TLOG_PROOF_LENGTH');
      }),
    );
  });

  it('of one size hold with equal roots and nothing else', () => {
    const claim = { ...consistencyClaim(5, 9), newSize: 5, newRoot: roots[5]!, proof: [] };
    verifyConsistency(claim);
    expect(codeOf(() => verifyConsistency({ ...claim, newRoot: roots[6]! }))).toBe('TLOG_CONSISTENCY_MISMATCH');
    expect(codeOf(() => verifyConsistency({ ...claim, proof: [roots[1]!] }))).toBe('TLOG_PROOF_LENGTH');
  });

  it('refuse an empty tree, a shrinking one, impossible sizes and short hashes', () => {
    const claim = consistencyClaim(5, 9);
    const code = (change: Partial<ConsistencyClaim>) => codeOf(() => verifyConsistency({ ...claim, ...change }));
    expect(code({ oldSize: 0, oldRoot: roots[0]!, proof: [] })).toBe('TLOG_SIZE_INVALID');
    expect(code({ oldSize: 9, newSize: 5 })).toBe('TLOG_SIZE_INVALID');
    for (const size of [NaN, Infinity, -1, 2.5, 2 ** 53]) {
      expect(code({ oldSize: size })).toBe('TLOG_SIZE_INVALID');
      expect(code({ newSize: size })).toBe('TLOG_SIZE_INVALID');
    }
    expect(code({ oldRoot: roots[5]!.slice(1) })).toBe('TLOG_HASH_INVALID');
    expect(code({ newRoot: roots[9]!.slice(1) })).toBe('TLOG_HASH_INVALID');
  });

  it('between an empty log or the same size and a later one are empty', () => {
    expect(proveConsistency(0, 9, read)).toEqual([]);
    expect(proveConsistency(9, 9, read)).toEqual([]);
    expect(codeOf(() => proveConsistency(10, 9, read))).toBe('TLOG_SIZE_INVALID');
  });
});

describe('a root read from a log', () => {
  it('is that of the reference tree', () => {
    for (let size = 0; size <= MAX; size += 13) {
      expect(bytesToHex(rootFromHashes(size, read))).toBe(bytesToHex(roots[size]!));
    }
  });
});

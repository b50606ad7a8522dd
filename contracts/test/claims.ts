import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { equalBytes } from '../../src/domain/bytes.js';
import { consistencyLength, inclusionLength, rootOfInclusion, rootsOfConsistency } from './rfc6962-model.js';

const MAX = 2n ** 64n - 1n;

/** A claim that a view of the contract judges; sizes are any uint64. */
export interface ConsistencyCase {
  readonly oldSize: bigint;
  readonly oldRoot: Uint8Array;
  readonly newSize: bigint;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}
export interface InclusionCase {
  readonly root: Uint8Array;
  readonly size: bigint;
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** What RFC 6962 says of a claim. */
export function isConsistent({ oldSize, oldRoot, newSize, newRoot, proof }: ConsistencyCase): boolean {
  if (oldSize === newSize) return equalBytes(oldRoot, newRoot) && proof.length === 0;
  if (oldSize === 0n || oldSize > newSize) return false;
  const roots = rootsOfConsistency(oldSize, oldRoot, newSize, proof);
  return roots !== undefined && equalBytes(roots.old, oldRoot) && equalBytes(roots.new, newRoot);
}

export function isIncluded({ root, size, index, leafHash, proof }: InclusionCase): boolean {
  if (index >= size) return false;
  const found = rootOfInclusion(index, size, leafHash, proof);
  return found !== undefined && equalBytes(found, root);
}

const hashOf = (seed: string, part: number): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`${seed} ${part}`).digest());

/** Small ones, powers of two and their neighbours, ones near 2^53 and the largest, and any. */
const sizes = fc
  .oneof(
    fc.bigInt({ min: 1n, max: 70n }),
    fc
      .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: -2, max: 2 }))
      .map(([power, by]) => 2n ** BigInt(power) + BigInt(by)),
    fc.integer({ min: -3, max: 3 }).map((by) => 2n ** 53n + BigInt(by)),
    fc.bigInt({ min: MAX - 5n, max: MAX }),
    fc.bigInt({ min: 1n, max: MAX }),
  )
  .map((size) => (size < 1n ? 1n : size));

/** Claims that hold: the proof's hashes are made up, and the roots follow from them. */
export const trueConsistency: fc.Arbitrary<ConsistencyCase> = fc
  .tuple(sizes, sizes, fc.string())
  .map(([a, b, seed]) => {
    const [oldSize, newSize] = a < b ? [a, b] : [b, a];
    const own = hashOf(seed, -1);
    if (oldSize === newSize) return { oldSize, oldRoot: own, newSize, newRoot: own, proof: [] };
    const proof = Array.from({ length: consistencyLength(oldSize, newSize) }, (_, i) => hashOf(seed, i));
    const roots = rootsOfConsistency(oldSize, own, newSize, proof)!;
    return { oldSize, oldRoot: roots.old, newSize, newRoot: roots.new, proof };
  });

export const trueInclusion: fc.Arbitrary<InclusionCase> = fc.tuple(sizes, sizes, fc.string()).map(([a, b, seed]) => {
  const size = a > b ? a : b;
  const index = (a > b ? b : a) - 1n;
  const leafHash = hashOf(seed, -1);
  const proof = Array.from({ length: inclusionLength(index, size) }, (_, i) => hashOf(seed, i));
  return { root: rootOfInclusion(index, size, leafHash, proof)!, size, index, leafHash, proof };
});

type Hashes = readonly Uint8Array[];

const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

/** What may be done to a proof: a bit turned, one hash out, in, twice or moved, the end or all of it cut off. */
const proofChanges: fc.Arbitrary<(proof: Hashes) => Hashes> = fc
  .tuple(fc.nat(7), fc.nat(), fc.nat(), fc.nat(255))
  .map(([kind, i, j, bit]) => (proof) => {
    const at = proof.length === 0 ? 0 : i % proof.length;
    const other = proof.length === 0 ? 0 : j % proof.length;
    switch (kind) {
      case 0:
        return proof.map((hash, n) => (n === at ? flip(hash, bit) : hash));
      case 1:
        return proof.toSpliced(at, 1);
      case 2:
        return proof.toSpliced(at, 0, hashOf('added', bit));
      case 3:
        return proof.toSpliced(at, 0, proof[other] ?? new Uint8Array(32));
      case 4:
        return proof.map((hash, n) => proof[n === at ? other : n === other ? at : n] ?? hash);
      case 5:
        return proof.slice(0, at);
      case 6:
        return proof.toReversed();
      default:
        return [...proof, ...Array.from({ length: 1 + (bit % 70) }, () => new Uint8Array(32))];
    }
  });

const within = (size: bigint): bigint => (size < 0n ? 0n : size > MAX ? MAX : size);

/** Other sizes: next door, none, one, twice and half as many, the most there are. */
const sizeChanges: fc.Arbitrary<(size: bigint) => bigint> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((by) => (size: bigint) => within(size + BigInt(by))),
  fc.constantFrom(
    (size: bigint) => within(size * 2n),
    (size: bigint) => size / 2n,
    () => 0n,
    () => 1n,
    () => MAX,
  ),
);

/** A claim, and what becomes of it when something in it is changed; the change may happen to change nothing. */
export const changedConsistency: fc.Arbitrary<ConsistencyCase> = fc
  .tuple(trueConsistency, fc.nat(6), proofChanges, sizeChanges, fc.nat(255))
  .map(([claim, kind, onProof, onSize, bit]) => {
    switch (kind) {
      case 0:
        return { ...claim, oldRoot: flip(claim.oldRoot, bit) };
      case 1:
        return { ...claim, newRoot: flip(claim.newRoot, bit) };
      case 2:
        return { ...claim, oldSize: onSize(claim.oldSize) };
      case 3:
        return { ...claim, newSize: onSize(claim.newSize) };
      case 4:
        return { ...claim, oldSize: claim.newSize, newSize: claim.oldSize };
      case 5:
        return { ...claim, oldRoot: claim.newRoot, newRoot: claim.oldRoot };
      default:
        return { ...claim, proof: onProof(claim.proof) };
    }
  });

export const changedInclusion: fc.Arbitrary<InclusionCase> = fc
  .tuple(trueInclusion, fc.nat(5), proofChanges, sizeChanges, fc.nat(255))
  .map(([claim, kind, onProof, onSize, bit]) => {
    switch (kind) {
      case 0:
        return { ...claim, root: flip(claim.root, bit) };
      case 1:
        return { ...claim, leafHash: flip(claim.leafHash, bit) };
      case 2:
        return { ...claim, index: onSize(claim.index) };
      case 3:
        return { ...claim, size: onSize(claim.size) };
      default:
        return { ...claim, proof: onProof(claim.proof) };
    }
  });

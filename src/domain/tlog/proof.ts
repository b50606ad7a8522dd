import { equalBytes } from '../bytes.js';
import { TlogError } from './errors.js';
import { TreeHasher, assertHash, emptyRoot, plainTreeHasher } from './hashing.js';
import { LeafRange, TreeNode, consistencyRanges, inclusionRanges, nodesOfRange } from './node.js';
import { assertIndex, assertSize, bitLength, half, isOdd } from './sizes.js';
import { foldRight } from './tree.js';

/** Gives the hash of a perfect subtree that the log holds; throws TLOG_HASH_MISSING for any other. */
export type HashReader = (node: TreeNode) => Uint8Array;

/** The nodes that `rootFromHashes` reads: at most one a one-bit of `size`. */
export function nodesForRoot(size: number): TreeNode[] {
  assertSize(size);
  return nodesOfRange({ start: 0, end: size });
}

/** The nodes that `proveInclusion` reads, so that a caller can fetch them beforehand. */
export function nodesForInclusion(index: number, size: number): TreeNode[] {
  assertIndex(index, size);
  return inclusionRanges(index, size).flatMap(nodesOfRange);
}

/** The nodes that `proveConsistency` reads, so that a caller can fetch them beforehand. */
export function nodesForConsistency(oldSize: number, newSize: number): TreeNode[] {
  assertGrowth(oldSize, newSize);
  return consistencyRangesOrNone(oldSize, newSize).flatMap(nodesOfRange);
}

/** The root of a tree of `size` leaves. */
export function rootFromHashes(size: number, read: HashReader, hasher: TreeHasher = plainTreeHasher): Uint8Array {
  assertSize(size);
  return size === 0 ? emptyRoot() : rangeHash({ start: 0, end: size }, read, hasher);
}

/** RFC 6962 §2.1.1 inclusion proof of leaf `index` in the tree of the first `size` leaves. */
export function proveInclusion(
  index: number,
  size: number,
  read: HashReader,
  hasher: TreeHasher = plainTreeHasher,
): Uint8Array[] {
  assertIndex(index, size);
  return inclusionRanges(index, size).map((range) => rangeHash(range, read, hasher));
}

/** RFC 6962 §2.1.2 consistency proof between two sizes of one log; empty where the old one is 0 or the same. */
export function proveConsistency(
  oldSize: number,
  newSize: number,
  read: HashReader,
  hasher: TreeHasher = plainTreeHasher,
): Uint8Array[] {
  assertGrowth(oldSize, newSize);
  return consistencyRangesOrNone(oldSize, newSize).map((range) => rangeHash(range, read, hasher));
}

function rangeHash(range: LeafRange, read: HashReader, hasher: TreeHasher): Uint8Array {
  return foldRight(nodesOfRange(range).map(read), hasher);
}

function consistencyRangesOrNone(oldSize: number, newSize: number): LeafRange[] {
  return oldSize === 0 || oldSize === newSize ? [] : consistencyRanges(oldSize, newSize);
}

function assertGrowth(oldSize: number, newSize: number): void {
  assertSize(oldSize, 'old tree size');
  assertSize(newSize, 'new tree size');
  if (oldSize <= newSize) return;
  throw new TlogError('TLOG_SIZE_INVALID', `A tree cannot shrink from ${oldSize} to ${newSize} leaves.`, {
    oldSize,
    newSize,
  });
}

/** A claim that `leafHash` is leaf `index` of the tree with this size and root. Every field may be hostile. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Throws TlogError unless the claim holds (RFC 9162 §2.1.3.2). */
export function verifyInclusion(claim: InclusionClaim, hasher: TreeHasher = plainTreeHasher): void {
  assertHash(claim.root, 'root');
  const root = rootFromInclusion(claim, hasher);
  if (equalBytes(root, claim.root)) return;
  throw new TlogError(
    'TLOG_INCLUSION_MISMATCH',
    `Leaf ${claim.index} does not lead to the root of the ${claim.size} leaves.`,
    { index: claim.index, size: claim.size },
  );
}

/** The root that an inclusion proof leads to; equal to the tree's only if the leaf is in it. */
export function rootFromInclusion(
  claim: Omit<InclusionClaim, 'root'>,
  hasher: TreeHasher = plainTreeHasher,
): Uint8Array {
  const { index, size, leafHash, proof } = claim;
  assertIndex(index, size);
  assertHash(leafHash, 'leaf');
  assertProof(proof, inclusionLength(index, size));
  let hash = leafHash;
  let node = index;
  let last = size - 1;
  for (const sibling of proof) {
    // On the ragged right edge a node without a sibling is its own parent.
    while (node === last && !isOdd(node)) [node, last] = [half(node), half(last)];
    hash = isOdd(node) ? hasher.node(sibling, hash) : hasher.node(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return hash.slice();
}

/** Hashes in the inclusion proof: all levels on which leaf and last leaf differ, then one a left sibling. */
function inclusionLength(index: number, size: number): number {
  let levels = 0;
  let node = index;
  let last = size - 1;
  for (; node !== last; levels++) [node, last] = [half(node), half(last)];
  return levels + oneBits(node);
}

function oneBits(n: number): number {
  let bits = 0;
  for (let rest = n; rest > 0; rest = half(rest)) bits += rest % 2;
  return bits;
}

/** A claim that the new tree holds the old one as its first leaves. Every field may be hostile. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Throws TlogError unless the claim holds (RFC 9162 §2.1.4.2). Equal sizes hold with equal roots and no proof.
 * Nothing can be proven from an empty tree to another, so an old size of 0 is refused there (TLOG_SIZE_INVALID).
 */
export function verifyConsistency(claim: ConsistencyClaim, hasher: TreeHasher = plainTreeHasher): void {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  assertGrowth(oldSize, newSize);
  if (oldSize === newSize) {
    assertProof(proof, 0);
    if (!equalBytes(oldRoot, newRoot)) throw mismatch(claim, 'the roots of one size differ');
    return;
  }
  if (oldSize === 0) {
    throw new TlogError('TLOG_SIZE_INVALID', 'Consistency with an empty tree says nothing.', { oldSize, newSize });
  }
  assertHash(oldRoot, 'old root');
  assertHash(newRoot, 'new root');
  const roots = rootsFromConsistency(claim, hasher);
  if (!equalBytes(roots.oldRoot, oldRoot)) throw mismatch(claim, 'the proof does not lead to the old root');
  if (!equalBytes(roots.newRoot, newRoot)) throw mismatch(claim, 'the proof does not lead to the new root');
}

function consistencyLength(oldSize: number, newSize: number): number {
  let node = oldSize - 1;
  let last = newSize - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  const seed = node > 0 ? 1 : 0;
  return seed + inclusionLength(node, last + 1);
}

/**
 * The two roots that a consistency proof leads to, for 0 < oldSize < newSize. Where the old size is a power of two the
 * old root is where the proof starts, so it is given back as it came.
 */
export function rootsFromConsistency(
  { oldSize, oldRoot, newSize, proof }: Omit<ConsistencyClaim, 'newRoot'>,
  hasher: TreeHasher = plainTreeHasher,
): { oldRoot: Uint8Array; newRoot: Uint8Array } {
  assertProof(proof, consistencyLength(oldSize, newSize));
  let node = oldSize - 1;
  let last = newSize - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  const wholeOldTree = node === 0;
  let oldHash = wholeOldTree ? oldRoot : proof[0]!;
  let newHash = oldHash;
  for (const sibling of wholeOldTree ? proof : proof.slice(1)) {
    while (node === last && !isOdd(node)) [node, last] = [half(node), half(last)];
    if (isOdd(node)) {
      oldHash = hasher.node(sibling, oldHash);
      newHash = hasher.node(sibling, newHash);
    } else {
      newHash = hasher.node(newHash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return { oldRoot: oldHash, newRoot: newHash };
}

function assertProof(proof: readonly Uint8Array[], expected: number): void {
  if (proof.length !== expected) {
    throw new TlogError('TLOG_PROOF_LENGTH', `The proof has ${proof.length} hashes, expected ${expected}.`, {
      expected,
      got: proof.length,
    });
  }
  proof.forEach((hash, i) => assertHash(hash, `proof number ${i}`));
}

function mismatch({ oldSize, newSize }: ConsistencyClaim, why: string): TlogError {
  return new TlogError('TLOG_CONSISTENCY_MISMATCH', `${newSize} leaves are not shown to extend ${oldSize}: ${why}.`, {
    oldSize,
    newSize,
  });
}

/** The most hashes that a proof in a tree of `size` leaves can have: for limits on what is read from outside. */
export const maxProofLength = (size: number): number => bitLength(size) + 1;

import { createHash } from 'node:crypto';

/**
 * RFC 6962 section 2.1 as it is written there: by recursion, from the whole tree down. Neither the contract nor
 * `src/domain/tlog` works like that, and sizes go up to 2^64-1, so it can judge both.
 */
const node = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest());

/** The largest power of two below n, for n > 1. */
const splitOf = (n: bigint): bigint => 1n << BigInt((n - 1n).toString(2).length - 1);

/** Old and new root that SUBPROOF(m, D[n], b) leads to; undefined where the proof has not the right length. */
function subproof(
  m: bigint,
  n: bigint,
  whole: Uint8Array | undefined,
  proof: readonly Uint8Array[],
): { old: Uint8Array; new: Uint8Array } | undefined {
  if (m === n) {
    const [hash, extra] = whole === undefined ? proof : [whole, proof[0]];
    return hash === undefined || extra !== undefined ? undefined : { old: hash, new: hash };
  }
  const k = splitOf(n);
  const last = proof.at(-1);
  if (last === undefined) return undefined;
  const rest = proof.slice(0, -1);
  if (m <= k) {
    const left = subproof(m, k, whole, rest);
    return left && { old: left.old, new: node(left.new, last) };
  }
  const right = subproof(m - k, n - k, undefined, rest);
  return right && { old: node(last, right.old), new: node(last, right.new) };
}

/** The roots to which a consistency proof from `oldSize` to `newSize` leads, for 0 < oldSize < newSize. */
export const rootsOfConsistency = (
  oldSize: bigint,
  oldRoot: Uint8Array,
  newSize: bigint,
  proof: readonly Uint8Array[],
): { old: Uint8Array; new: Uint8Array } | undefined => subproof(oldSize, newSize, oldRoot, proof);

/** Hashes in a consistency proof, for 0 < m < n. */
export function consistencyLength(m: bigint, n: bigint, whole = true): number {
  if (m === n) return whole ? 0 : 1;
  const k = splitOf(n);
  return 1 + (m <= k ? consistencyLength(m, k, whole) : consistencyLength(m - k, n - k, false));
}

/** The root to which an inclusion proof leads; undefined where it has not the right length. */
export function rootOfInclusion(
  index: bigint,
  size: bigint,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (size === 1n) return proof.length === 0 ? leaf : undefined;
  const last = proof.at(-1);
  if (last === undefined) return undefined;
  const k = splitOf(size);
  const rest = proof.slice(0, -1);
  if (index < k) {
    const left = rootOfInclusion(index, k, leaf, rest);
    return left && node(left, last);
  }
  const right = rootOfInclusion(index - k, size - k, leaf, rest);
  return right && node(last, right);
}

/** Hashes in an inclusion proof, for index < size. */
export function inclusionLength(index: bigint, size: bigint): number {
  if (size === 1n) return 0;
  const k = splitOf(size);
  return 1 + (index < k ? inclusionLength(index, k) : inclusionLength(index - k, size - k));
}

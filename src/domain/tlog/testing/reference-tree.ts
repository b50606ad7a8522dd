import { concatBytes } from '../../bytes.js';
import { sha256 } from '../hashing.js';

const roots = new Map<string, Uint8Array>();

/** The definitions of RFC 6962 §2.1, recursive, as tests compare with; a root is kept by its entries. */
export function referenceRoot(entries: readonly Uint8Array[]): Uint8Array {
  const key = `${entries.length} ${entries.join(';')}`;
  const root = roots.get(key) ?? definedRoot(entries);
  roots.set(key, root);
  return root;
}

function definedRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256(new Uint8Array(0));
  if (entries.length === 1) return sha256(concatBytes(Uint8Array.of(0), entries[0]!));
  const k = referenceSplit(entries.length);
  return sha256(concatBytes(Uint8Array.of(1), referenceRoot(entries.slice(0, k)), referenceRoot(entries.slice(k))));
}

/** PATH(m, D[n]) of RFC 6962 §2.1.1. */
export function referencePath(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = referenceSplit(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k
    ? [...referencePath(m, left), referenceRoot(right)]
    : [...referencePath(m - k, right), referenceRoot(left)];
}

/** PROOF(m, D[n]) of RFC 6962 §2.1.2, for 0 < m < n. */
export const referenceConsistency = (m: number, entries: readonly Uint8Array[]): Uint8Array[] =>
  subproof(m, entries, true);

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === entries.length) return whole ? [] : [referenceRoot(entries)];
  const k = referenceSplit(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  if (m <= k) return [...subproof(m, left, whole), referenceRoot(right)];
  return [...subproof(m - k, right, false), referenceRoot(left)];
}

function referenceSplit(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** n different entries. */
export const entries = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => Uint8Array.of(i >> 8, i & 255));

/** A copy with one bit turned. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
  return copy;
}

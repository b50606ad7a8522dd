import { TlogError } from './errors.js';

/**
 * Sizes and indexes are JavaScript safe integers, so 32-bit operators are never used on them:
 * halving is division and floor, which is exact below 2^53.
 */
export function assertSize(size: number, what = 'tree size'): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw new TlogError('TLOG_SIZE_INVALID', `The ${what} is ${size}, expected an integer from 0 to 2^53-1.`, { size });
}

/** Throws TLOG_INDEX_INVALID unless `index` is a leaf of a tree of `size`. */
export function assertIndex(index: number, size: number): void {
  assertSize(size);
  if (Number.isSafeInteger(index) && index >= 0 && index < size) return;
  throw new TlogError('TLOG_INDEX_INVALID', `Index ${index} is not in a tree of ${size} leaves.`, { index, size });
}

/** floor(n / 2). */
export const half = (n: number): number => Math.floor(n / 2);

/** True when n is odd. */
export const isOdd = (n: number): boolean => n % 2 === 1;

/** Bits in n's binary form; 0 for 0. */
export function bitLength(n: number): number {
  let bits = 0;
  for (let rest = n; rest > 0; rest = half(rest)) bits++;
  return bits;
}

/** The largest power of two strictly below n (n >= 2): where RFC 6962 §2.1 splits a tree of n leaves. */
export const splitPoint = (n: number): number => 2 ** (bitLength(n - 1) - 1);

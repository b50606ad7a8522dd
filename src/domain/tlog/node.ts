import { bitLength, splitPoint } from './sizes.js';

/** A perfect subtree: the root over leaves [index · 2^level, (index + 1) · 2^level). Level 0 is a leaf hash. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Leaves [start, end). */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The perfect subtrees that cover a subtree of the RFC 6962 tree, left to right, largest first.
 * Only ranges that are subtrees have this shape: `start` is a multiple of the largest one.
 */
export function nodesOfRange({ start, end }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = start;
  while (at < end) {
    const level = bitLength(end - at) - 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** Ranges whose hashes prove that leaf `index` is in a tree of `size`, from the leaf up (RFC 6962 §2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** Ranges whose hashes prove that a tree of `newSize` extends one of `oldSize` (RFC 6962 §2.1.2); 0 < oldSize. */
export function consistencyRanges(oldSize: number, newSize: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = newSize;
  while (oldSize < end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier holds the old root itself, so it is sent only where the walk left the old tree's left edge.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

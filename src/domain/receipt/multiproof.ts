import { sha256Lanes } from '../hash/sha256-lanes.js';
import { nodeHash } from '../tlog/hashing.js';
import { splitPoint } from '../tlog/sizes.js';
import { ReceiptError } from './errors.js';

/** Leaves of one commitment are numbered by a uint32. */
const MOST_LEAVES = 2 ** 32;

/** A leaf that the holder of a proof knows. */
export interface KnownLeaf {
  readonly index: number;
  readonly hash: Uint8Array;
}

/**
 * One proof for several leaves of an RFC 6962 tree: the roots of the largest subtrees without any of them, left to
 * right. `leafHashes` are 32 bytes each, `indexes` ascend.
 */
export function proveLeaves(leafHashes: Uint8Array, indexes: readonly number[]): Uint8Array[] {
  const proof: Uint8Array[] = [];
  const walk = (start: number, end: number, known: readonly number[]): void => {
    if (known.length === 0) proof.push(sha256Lanes().treeRoot(leafHashes.subarray(32 * start, 32 * end)));
    else if (end - start > 1) {
      const middle = start + splitPoint(end - start);
      walk(
        start,
        middle,
        known.filter((index) => index < middle),
      );
      walk(
        middle,
        end,
        known.filter((index) => index >= middle),
      );
    }
  };
  walk(0, leafHashes.length / 32, indexes);
  return proof;
}

/**
 * The root of a tree of `size` leaves that these leaves and this proof lead to. Throws DISCLOSURE_INVALID unless the
 * indexes ascend within the size, and the proof has just the hashes that are needed.
 */
export function rootFromLeaves(size: number, leaves: readonly KnownLeaf[], proof: readonly Uint8Array[]): Uint8Array {
  checkShape(size, leaves);
  let used = 0;
  const walk = (start: number, end: number, known: readonly KnownLeaf[]): Uint8Array => {
    if (known.length === 0) {
      const hash = proof[used++];
      if (hash === undefined) throw invalid(`The proof has ${proof.length} hashes, and more are needed.`);
      return hash;
    }
    if (end - start === 1) return known[0]!.hash;
    const middle = start + splitPoint(end - start);
    const cut = known.findIndex(({ index }) => index >= middle);
    const left = walk(start, middle, cut < 0 ? known : known.slice(0, cut));
    return nodeHash(left, walk(middle, end, cut < 0 ? [] : known.slice(cut)));
  };
  const root = walk(0, size, leaves);
  if (used !== proof.length) throw invalid(`The proof has ${proof.length} hashes, and ${used} are needed.`);
  return root;
}

function checkShape(size: number, leaves: readonly KnownLeaf[]): void {
  if (!Number.isSafeInteger(size) || size < 1 || size > MOST_LEAVES) {
    throw invalid(`The number of disclosures is ${size}, expected an integer from 1 to 2^32.`);
  }
  if (leaves.length === 0) throw invalid('Nothing is disclosed.');
  let last = -1;
  for (const { index } of leaves) {
    if (!Number.isSafeInteger(index) || index <= last || index >= size) {
      throw invalid(`Index ${index} was expected to be above ${last} and below ${size}.`);
    }
    last = index;
  }
}

const invalid = (message: string): ReceiptError => new ReceiptError('DISCLOSURE_INVALID', message);

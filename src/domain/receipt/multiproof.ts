import { sha256Lanes } from '../hash/sha256-lanes.js';
import { nodeHash } from '../tlog/hashing.js';
import { splitPoint } from '../tlog/sizes.js';
import { ReceiptError } from './errors.js';

/** Letters of a shape: a node with two children, a hash of the proof, a leaf that is known. */
const NODE = 'n';
const HASH = 'h';
const LEAF = 'd';
const DEEPEST = 64;

/** One proof for several leaves of a tree. */
export interface LeavesProof {
  /** The tree from its root, each node before its left child and that before the right, a letter each: `n`, `h`, `d`. */
  readonly shape: string;
  /** The roots of the largest subtrees without a known leaf, left to right: an `h` each. */
  readonly hashes: readonly Uint8Array[];
}

/**
 * Proves some leaves of an RFC 6962 tree. `leafHashes` are 32 bytes each, `indexes` ascend and are not empty. How many
 * leaves there are, and which these are, is shown only as far as the shape shows it.
 */
export function proveLeaves(leafHashes: Uint8Array, indexes: readonly number[]): LeavesProof {
  const hashes: Uint8Array[] = [];
  const walk = (start: number, end: number, known: readonly number[]): string => {
    if (known.length === 0) {
      hashes.push(sha256Lanes().treeRoot(leafHashes.subarray(32 * start, 32 * end)));
      return HASH;
    }
    if (end - start === 1) return LEAF;
    const middle = start + splitPoint(end - start);
    const left = known.filter((index) => index < middle);
    return NODE + walk(start, middle, left) + walk(middle, end, known.slice(left.length));
  };
  return { shape: walk(0, leafHashes.length / 32, indexes), hashes };
}

/**
 * The root that these leaves and this proof lead to. A shape has one meaning and a tree one shape: throws
 * DISCLOSURE_INVALID for a shape that is no tree, or not of these leaves and hashes, that has two hashes in one node
 * where their parent's would do, or more than 64 levels.
 */
export function rootFromLeaves({ shape, hashes }: LeavesProof, leaves: readonly Uint8Array[]): Uint8Array {
  let [at, ofLeaves, ofHashes] = [0, 0, 0];
  const walk = (depth: number): { readonly hash: Uint8Array; readonly known: boolean } => {
    const letter = shape[at++];
    if (letter === LEAF) return { hash: leaves[ofLeaves++] ?? missing('disclosures'), known: true };
    if (letter === HASH) return { hash: hashes[ofHashes++] ?? missing('hashes'), known: false };
    if (letter !== NODE || depth === DEEPEST) throw invalid('The shape is no tree of at most 64 levels.');
    const [left, right] = [walk(depth + 1), walk(depth + 1)];
    if (!left.known && !right.known) throw invalid('The shape has two hashes where one would do.');
    return { hash: nodeHash(left.hash, right.hash), known: true };
  };
  const root = walk(0);
  if (!root.known) throw invalid('Nothing is disclosed.');
  if (at !== shape.length || ofLeaves !== leaves.length || ofHashes !== hashes.length) {
    throw invalid(`The shape is of ${ofLeaves} disclosures and ${ofHashes} hashes, and more came.`);
  }
  return root.hash;
}

/** True for letters that are one whole tree. */
export function isShape(shape: string): boolean {
  let wanted = 1;
  for (let i = 0; i < shape.length; i++) {
    const letter = shape[i];
    if (wanted === 0 || (letter !== NODE && letter !== HASH && letter !== LEAF)) return false;
    wanted += letter === NODE ? 1 : -1;
  }
  return wanted === 0;
}

const missing = (what: string): never => {
  throw invalid(`The shape has more ${what} than came.`);
};

const invalid = (message: string): ReceiptError => new ReceiptError('DISCLOSURE_INVALID', message);

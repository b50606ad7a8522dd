import { keccak_256 } from '@noble/hashes/sha3.js';
import { equalBytes } from '../bytes.js';
import { EvmError } from './errors.js';
import { decodeRlp, encodeRlp, type Rlp } from './rlp.js';

const HASH_BYTES = 32;
const BRANCH_ITEMS = 17;
const MOST_NODES = 65;

/**
 * The value under `key` in the Merkle-Patricia trie with this root (Yellow Paper, appendix D), in which keys are
 * hashed: the path is keccak-256(key). `proof` holds the RLP of the nodes from the root to the value, without those
 * that stand inside another. Throws EvmError (TRIE_PROOF_INVALID, RLP_INVALID) unless it proves one value, with no
 * node left over. That a key is absent cannot be proven here.
 */
export function trieValue(root: Uint8Array, key: Uint8Array, proof: readonly Uint8Array[]): Uint8Array {
  if (proof.length > MOST_NODES) throw invalid(`it has ${proof.length} nodes, at most ${MOST_NODES} are needed`);
  const path = nibbles(keccak_256(key));
  const nodes = proof.values();
  let at = 0;
  let node: Rlp = hashedNode(nodes, root);
  for (;;) {
    const step = follow(node, path, at);
    if (step.value !== undefined) {
      if (nodes.next().done !== true) throw invalid('a node is left over');
      return step.value;
    }
    at = step.at;
    node = step.next instanceof Uint8Array ? hashedNode(nodes, step.next) : embedded(step.next);
  }
}

interface Step {
  readonly value?: Uint8Array;
  /** The next node: its hash, or the node itself where it is shorter than a hash. */
  readonly next: Rlp;
  /** Nibbles of the path that are used up. */
  readonly at: number;
}

function follow(node: Rlp, path: Uint8Array, at: number): Step {
  if (node instanceof Uint8Array) throw invalid('a node is not a list');
  if (node.length === BRANCH_ITEMS) return branch(node, path, at);
  const [prefix, target] = node;
  if (node.length !== 2 || !(prefix instanceof Uint8Array) || target === undefined) {
    throw invalid(`a node has ${node.length} items, expected 2 or ${BRANCH_ITEMS}`);
  }
  const { leaf, part } = hexPrefix(prefix);
  if (!equalBytes(part, path.subarray(at, at + part.length))) throw invalid('it leads to another key');
  const end = at + part.length;
  if (!leaf) {
    if (part.length === 0) throw invalid('an extension has no nibbles');
    return { next: target, at: end };
  }
  if (end !== path.length) throw invalid('a leaf ends before the key');
  return { value: valueOf(target), next: target, at: end };
}

function branch(node: readonly Rlp[], path: Uint8Array, at: number): Step {
  if (at === path.length) {
    const value = node[BRANCH_ITEMS - 1]!;
    return { value: valueOf(value), next: value, at };
  }
  return { next: node[path[at]!]!, at: at + 1 };
}

function valueOf(value: Rlp): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0) throw invalid('there is no value under the key');
  return value;
}

function hashedNode(nodes: Iterator<Uint8Array>, hash: Uint8Array): Rlp {
  if (hash.length === 0) throw invalid('there is no value under the key');
  if (hash.length !== HASH_BYTES) throw invalid(`a node's hash has ${hash.length} bytes, expected ${HASH_BYTES}`);
  const { value: bytes } = nodes.next() as IteratorResult<Uint8Array, undefined>;
  if (bytes === undefined) throw invalid('a node is missing');
  if (!equalBytes(keccak_256(bytes), hash)) throw invalid('a node has not the hash that the one before names');
  return decodeRlp(bytes);
}

/** A node inside another must be shorter than the hash that would stand for it. */
function embedded(node: readonly Rlp[]): Rlp {
  if (encodeRlp(node).length >= HASH_BYTES) throw invalid('a node inside another is not shorter than a hash');
  return node;
}

/** The hex-prefix encoding (Yellow Paper, appendix C): flags leaf (2) and odd (1) in the first nibble. */
function hexPrefix(bytes: Uint8Array): { leaf: boolean; part: Uint8Array } {
  const all = nibbles(bytes);
  const flags = all[0];
  if (flags === undefined || flags > 3) throw invalid('a path has no hex prefix');
  const odd = (flags & 1) === 1;
  if (!odd && all[1] !== 0) throw invalid('a path of even length has no zero after its flags');
  return { leaf: (flags & 2) === 2, part: all.subarray(odd ? 1 : 2) };
}

/** Two for each byte, the high one first. */
export function nibbles(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    out[2 * i] = bytes[i]! >> 4;
    out[2 * i + 1] = bytes[i]! & 15;
  }
  return out;
}

const invalid = (why: string): EvmError => new EvmError('TRIE_PROOF_INVALID', `Not a proof of a trie: ${why}.`);

import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { TlogError } from './errors.js';

/** SHA-256 of bytes. It must neither keep nor change its argument, which may be a buffer that is used again. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** SHA-256 in plain JavaScript; a server passes a faster one. */
export const sha256: Sha256 = nobleSha256;

/** Bytes in a hash. */
export const HASH_SIZE = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** RFC 6962 §2.1 leaf hash: SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array, hash: Sha256 = sha256): Uint8Array {
  const input = new Uint8Array(1 + entry.length);
  input[0] = LEAF_PREFIX;
  input.set(entry, 1);
  return hash(input);
}

/** RFC 6962 §2.1 node hash: SHA-256(0x01 || left || right). Both sides are 32 bytes, or TLOG_HASH_INVALID. */
export function nodeHash(left: Uint8Array, right: Uint8Array, hash: Sha256 = sha256): Uint8Array {
  assertHash(left, 'left');
  assertHash(right, 'right');
  const input = new Uint8Array(1 + 2 * HASH_SIZE);
  input[0] = NODE_PREFIX;
  input.set(left, 1);
  input.set(right, 1 + HASH_SIZE);
  return hash(input);
}

/** RFC 6962 §2.1 root of a tree without leaves: SHA-256 of nothing. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array(0));

/** Throws TLOG_HASH_INVALID unless `bytes` is 32 long; `what` names it in the message. */
export function assertHash(bytes: Uint8Array, what: string): void {
  if (bytes.length === HASH_SIZE) return;
  throw new TlogError('TLOG_HASH_INVALID', `The ${what} hash has ${bytes.length} bytes, expected ${HASH_SIZE}.`, {
    what,
    length: bytes.length,
  });
}

/** What a tree needs of a hash function; `nodes` lets an implementation hash a whole level at a time. */
export interface TreeHasher {
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
  /** Node hashes of consecutive pairs: 64·n packed bytes in, 32·n out. The argument is left as it was. */
  nodes(pairs: Uint8Array): Uint8Array;
}

/** A TreeHasher over any SHA-256. */
export function treeHasher(hash: Sha256): TreeHasher {
  return {
    node: (left, right) => nodeHash(left, right, hash),
    nodes(pairs) {
      const out = new Uint8Array(pairs.length / 2);
      const input = new Uint8Array(1 + 2 * HASH_SIZE);
      input[0] = NODE_PREFIX;
      for (let at = 0; at < out.length; at += HASH_SIZE) {
        input.set(pairs.subarray(2 * at, 2 * at + 2 * HASH_SIZE), 1);
        out.set(hash(input), at);
      }
      return out;
    },
  };
}

/** The TreeHasher used where none is given. */
export const plainTreeHasher: TreeHasher = treeHasher(sha256);

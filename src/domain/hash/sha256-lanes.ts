import { PlainSha256 } from './sha256-plain.js';
import { WasmSha256 } from './sha256-wasm.js';

/**
 * Where messages are written one behind the other before they are hashed together. Write to `bytes` from `at` on,
 * move `at`, and call `end` behind each message; `room` may replace `bytes`.
 */
export interface MessageWriter {
  readonly bytes: Uint8Array;
  at: number;
  /** Makes sure that `size` more bytes fit. */
  room(size: number): void;
  /** Ends a message. Throws RangeError for more messages than announced. */
  end(): void;
}

/**
 * SHA-256 of many things at once. One call at a time: a writer, and what it wrote, is gone with the next call
 * of `write`, `treeRoot` or `macs`.
 */
export interface Sha256Lanes {
  /** How the hashes are made; the bytes are the same. */
  readonly kind: 'wasm-simd' | 'plain';
  /** Room for `count` messages, each of less than 512 MiB. */
  write(count: number): MessageWriter;
  /** SHA-256 of each message of the last `write`, 32 bytes each. */
  hashes(): Uint8Array;
  /** The RFC 6962 root over the messages of the last `write`, which begin with the leaf prefix 0x00 themselves. */
  root(): Uint8Array;
  /** The parents of a tree level: SHA-256(0x01 || l || r) of each pair of 32-byte hashes; an odd last one is kept. */
  parents(hashes: Uint8Array): Uint8Array;
  /** The root of a tree of 32-byte leaf hashes, RFC 6962 §2.1; SHA-256 of nothing if there is none. */
  treeRoot(leafHashes: Uint8Array): Uint8Array;
  /** HMAC-SHA-256(key, uint32be i) for i from 0 to count - 1, 32 bytes each. The key has at most 64 bytes. */
  macs(key: Uint8Array, count: number): Uint8Array;
}

let shared: Sha256Lanes | undefined;

/** The fastest hasher that this machine has; built once. */
export function sha256Lanes(): Sha256Lanes {
  shared ??= WasmSha256.create() ?? new PlainSha256();
  return shared;
}

/** SHA-256 of each of `messages`, 32 bytes each. */
export function hashMessages(messages: readonly Uint8Array[], lanes = sha256Lanes()): Uint8Array {
  write(messages, lanes);
  return lanes.hashes();
}

/** The RFC 6962 leaf hashes, SHA-256(0x00 || entry), of `entries`, 32 bytes each. */
export function leafHashes(entries: readonly Uint8Array[], lanes = sha256Lanes()): Uint8Array {
  write(entries, lanes, 0x00);
  return lanes.hashes();
}

/** The RFC 6962 root over `leafHashes`, 32 bytes each. */
export const treeRoot = (leafHashes: Uint8Array): Uint8Array => sha256Lanes().treeRoot(leafHashes);

function write(messages: readonly Uint8Array[], lanes: Sha256Lanes, prefix?: number): void {
  const writer = lanes.write(messages.length);
  for (const message of messages) {
    writer.room(message.length + 1);
    if (prefix !== undefined) writer.bytes[writer.at++] = prefix;
    writer.bytes.set(message, writer.at);
    writer.at += message.length;
    writer.end();
  }
}

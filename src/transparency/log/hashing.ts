import { sha256Lanes } from '../../domain/hash/sha256-lanes.js';
import { TreeHasher, treeHasher } from '../../domain/tlog/index.js';
import { ENTRY_SIZE } from './log.store.js';

const LEAF_PREFIX = 0x00;

/** RFC 6962 leaf hashes of packed 33-byte log entries, packed. */
export function leafHashesOf(entries: Uint8Array): Uint8Array {
  const lanes = sha256Lanes();
  const writer = lanes.write(entries.length / ENTRY_SIZE);
  writer.room((entries.length / ENTRY_SIZE) * (ENTRY_SIZE + 1));
  for (let at = 0; at < entries.length; at += ENTRY_SIZE) {
    writer.bytes[writer.at] = LEAF_PREFIX;
    writer.bytes.set(entries.subarray(at, at + ENTRY_SIZE), writer.at + 1);
    writer.at += ENTRY_SIZE + 1;
    writer.end();
  }
  return lanes.hashes();
}

const single = treeHasher((bytes) => {
  const lanes = sha256Lanes();
  const writer = lanes.write(1);
  writer.room(bytes.length);
  writer.bytes.set(bytes, writer.at);
  writer.at += bytes.length;
  writer.end();
  return lanes.hashes();
});

/** Node hashes a whole level at a time on the fastest hasher of this machine. */
export const fastTreeHasher: TreeHasher = { node: single.node, nodes: (pairs) => sha256Lanes().parents(pairs) };

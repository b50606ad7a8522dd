import { sha256Lanes } from '../../../../src/domain/hash/sha256-lanes.js';
import { type TreeHasher, plainTreeHasher } from '../../../../src/domain/tlog/hashing.js';

/** Node hashes a level at a time. */
export const fastHasher: TreeHasher = {
  node: (left, right) => plainTreeHasher.node(left, right),
  nodes: (pairs) => sha256Lanes().parents(pairs),
};

const LEAF_PREFIX = 0x00;

/** The packed RFC 6962 leaf hashes of entries. */
export function leafHashes(entries: readonly Uint8Array[]): Uint8Array {
  const lanes = sha256Lanes();
  const writer = lanes.write(entries.length);
  writer.room(entries.reduce((length, entry) => length + entry.length + 1, 0));
  for (const entry of entries) {
    writer.bytes[writer.at] = LEAF_PREFIX;
    writer.bytes.set(entry, writer.at + 1);
    writer.at += entry.length + 1;
    writer.end();
  }
  return lanes.hashes();
}

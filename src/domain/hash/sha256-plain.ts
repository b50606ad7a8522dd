import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { MessageWriter, Sha256Lanes } from './sha256-lanes.js';

const NODE_BYTES = 65;

/** `Sha256Lanes` without WebAssembly: slower, the same bytes. */
export class PlainSha256 implements Sha256Lanes {
  readonly kind = 'plain';
  private writer = new PlainWriter(0);

  write(count: number): MessageWriter {
    this.writer = new PlainWriter(count);
    return this.writer;
  }

  hashes(): Uint8Array {
    const { ends, bytes } = this.writer;
    const out = new Uint8Array(32 * ends.length);
    ends.forEach((end, i) => out.set(sha256(bytes.subarray(ends[i - 1] ?? 0, end)), 32 * i));
    return out;
  }

  root(): Uint8Array {
    return this.treeRoot(this.hashes());
  }

  parents(hashes: Uint8Array): Uint8Array {
    const out = new Uint8Array(32 * Math.ceil(hashes.length / 64));
    const node = new Uint8Array(NODE_BYTES);
    node[0] = 0x01;
    for (let at = 0; at < hashes.length; at += 64) {
      const pair = hashes.subarray(at, at + 64);
      if (pair.length === 32) out.set(pair, at / 2);
      else {
        node.set(pair, 1);
        out.set(sha256(node), at / 2);
      }
    }
    return out;
  }

  treeRoot(leafHashes: Uint8Array): Uint8Array {
    if (leafHashes.length === 0) return sha256(leafHashes);
    let level: Uint8Array = leafHashes.slice();
    while (level.length > 32) level = this.parents(level);
    return level;
  }

  macs(key: Uint8Array, count: number): Uint8Array {
    const out = new Uint8Array(32 * count);
    const index = new DataView(new ArrayBuffer(4));
    for (let i = 0; i < count; i++) {
      index.setUint32(0, i);
      out.set(hmac(sha256, key, new Uint8Array(index.buffer)), 32 * i);
    }
    return out;
  }
}

class PlainWriter implements MessageWriter {
  bytes: Uint8Array = new Uint8Array(1024);
  at = 0;
  readonly ends: number[] = [];

  constructor(private readonly count: number) {}

  room(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.at + size));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }

  end(): void {
    if (this.ends.length === this.count)
      throw new RangeError(`Room for ${this.count} messages was asked for, and more came.`);
    this.ends.push(this.at);
  }
}

import { INITIAL_STATE, ROUND_CONSTANTS, scheduleWithConstants } from './sha256-constants.js';
import { LAYOUT, SLACK } from './sha256-blocks.js';
import { KernelExports, sha256Kernel } from './sha256-kernel.js';
import type { MessageWriter, Sha256Lanes } from './sha256-lanes.js';

/** What is used of WebAssembly's JavaScript interface; the domain has no DOM types. */
interface WasmHost {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;
const FIRST_PAGES = 6;
/** Leaves are hashed in whole subtrees of this many: 256 KiB, which stay in a core's own cache. */
const SUBTREE_LEAVES = 8192;
/** Above this, memory of an unusually large call is given back by starting afresh. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** `Sha256Lanes` on WebAssembly with 128-bit vectors: four messages at a time. */
export class WasmSha256 implements Sha256Lanes {
  readonly kind = 'wasm-simd';
  bytes!: Uint8Array;
  private words!: Uint32Array;
  private kernel!: KernelExports;
  private memory!: Memory;
  private writer = new WasmWriter(this, 0, LAYOUT.arena + 4);

  private constructor(
    private readonly host: WasmHost,
    private readonly module: object,
  ) {
    this.start();
  }

  /** Undefined where there is no WebAssembly, no 128-bit vectors, or a content security policy against it. */
  static create(): WasmSha256 | undefined {
    const host = (globalThis as { WebAssembly?: WasmHost }).WebAssembly;
    if (host === undefined) return undefined;
    try {
      return new WasmSha256(host, new host.Module(sha256Kernel(FIRST_PAGES)));
    } catch {
      return undefined;
    }
  }

  write(count: number): MessageWriter {
    if (this.bytes.length > KEPT_BYTES) this.start();
    const outBytes = 32 * count + SLACK;
    const ends = LAYOUT.arena + outBytes;
    const first = ends + 4 * (count + 1);
    this.reserve(first + SLACK);
    this.words[ends >> 2] = first;
    this.writer = new WasmWriter(this, count, first);
    return this.writer;
  }

  hashes(): Uint8Array {
    const size = 32 * this.hashWritten();
    return this.bytes.slice(LAYOUT.arena, LAYOUT.arena + size);
  }

  root(): Uint8Array {
    const count = this.hashWritten();
    if (count === 0) return this.treeRoot(new Uint8Array(0));
    this.fold(LAYOUT.arena, count);
    return this.bytes.slice(LAYOUT.arena, LAYOUT.arena + 32);
  }

  parents(hashes: Uint8Array): Uint8Array {
    this.place(hashes, LAYOUT.arena);
    const count = this.level(LAYOUT.arena, hashes.length / 32);
    return this.bytes.slice(LAYOUT.arena, LAYOUT.arena + 32 * count);
  }

  treeRoot(leafHashes: Uint8Array): Uint8Array {
    const leaves = leafHashes.length / 32;
    if (leaves === 0) {
      this.write(1).end();
      return this.hashes();
    }
    // Roots of subtrees are kept from `arena` on, and each subtree is folded behind them.
    const subtrees = Math.ceil(leaves / SUBTREE_LEAVES);
    const scratch = LAYOUT.arena + 32 * subtrees + SLACK;
    this.reserve(scratch + 32 * SUBTREE_LEAVES + SLACK);
    for (let i = 0; i < subtrees; i++) {
      const part = leafHashes.subarray(32 * SUBTREE_LEAVES * i, 32 * SUBTREE_LEAVES * (i + 1));
      this.place(part, scratch);
      this.fold(scratch, part.length / 32);
      this.bytes.copyWithin(LAYOUT.arena + 32 * i, scratch, scratch + 32);
    }
    this.fold(LAYOUT.arena, subtrees);
    return this.bytes.slice(LAYOUT.arena, LAYOUT.arena + 32);
  }

  macs(key: Uint8Array, count: number): Uint8Array {
    if (key.length > 64) throw new RangeError(`A key of at most 64 bytes was expected, got ${key.length}.`);
    this.reserve(LAYOUT.arena + 32 * count + SLACK);
    for (let i = 0; i < 64; i++) {
      this.bytes[LAYOUT.keyBlocks + i] = 0x36 ^ (key[i] ?? 0);
      this.bytes[LAYOUT.keyBlocks + 64 + i] = 0x5c ^ (key[i] ?? 0);
    }
    this.kernel.macKey();
    this.kernel.macs(count, LAYOUT.arena);
    this.bytes.fill(0, LAYOUT.keyBlocks, LAYOUT.keyBlocks + 128);
    return this.bytes.slice(LAYOUT.arena, LAYOUT.arena + 32 * count);
  }

  /** Makes the memory at least `bytes` long. Its contents stay, views of it do not. */
  reserve(bytes: number): void {
    const missing = bytes - this.bytes.length;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(Math.max(missing, this.bytes.length / 2) / PAGE));
    this.look();
  }

  endOf(message: number, at: number, count: number): void {
    this.words[(LAYOUT.arena + 32 * count + SLACK + 4 * (message + 1)) >> 2] = at;
  }

  private start(): void {
    const exports = new this.host.Instance(this.module).exports as KernelExports & { readonly memory: Memory };
    this.kernel = exports;
    this.memory = exports.memory;
    this.look();
    const four = (word: number): number[] => [word, word, word, word];
    this.words.set(ROUND_CONSTANTS.flatMap(four), LAYOUT.constants >> 2);
    this.words.set(INITIAL_STATE.flatMap(four), LAYOUT.initial >> 2);
    const rest = Array<number>(13).fill(0);
    for (let byte = 0; byte < 256; byte++) {
      const block = [(byte << 24) | 0x800000, 0, ...rest, 8 * 65];
      this.words.set(scheduleWithConstants(block), (LAYOUT.nodeTails >> 2) + 64 * byte);
    }
  }

  private look(): void {
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
  }

  private place(hashes: Uint8Array, at: number): void {
    if (hashes.length % 32 !== 0) throw new RangeError(`Hashes of 32 bytes were expected, got ${hashes.length} bytes.`);
    this.reserve(at + hashes.length + SLACK);
    this.bytes.set(hashes, at);
  }

  private hashWritten(): number {
    const { count, ended, at } = this.writer;
    this.reserve(at + SLACK);
    this.kernel.messages(LAYOUT.arena + 32 * count + SLACK + 4, ended, LAYOUT.arena);
    return ended;
  }

  /** One level up, in place; how many hashes are left. */
  private level(at: number, count: number): number {
    const pairs = count >> 1;
    if (count % 2 === 0) {
      this.kernel.level(at, pairs, at);
      return pairs;
    }
    const last = this.bytes.slice(at + 32 * (count - 1), at + 32 * count);
    this.kernel.level(at, pairs, at);
    this.bytes.set(last, at + 32 * pairs);
    return pairs + 1;
  }

  private fold(at: number, count: number): void {
    for (let left = count; left > 1;) left = this.level(at, left);
  }
}

class WasmWriter implements MessageWriter {
  ended = 0;

  constructor(
    private readonly hasher: WasmSha256,
    readonly count: number,
    public at: number,
  ) {}

  get bytes(): Uint8Array {
    return this.hasher.bytes;
  }

  room(size: number): void {
    this.hasher.reserve(this.at + size + SLACK);
  }

  end(): void {
    if (this.ended === this.count)
      throw new RangeError(`Room for ${this.count} messages was asked for, and more came.`);
    this.hasher.endOf(this.ended++, this.at, this.count);
  }
}

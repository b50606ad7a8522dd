import { emit, expand, gather, LANES, LAYOUT, nodeTail, plus, range, rounds } from './sha256-blocks.js';
import {
  assemble,
  call,
  choose,
  Code,
  constant,
  doWhile,
  get,
  i32,
  I32,
  i32x4,
  ifThen,
  set,
  v128,
  V128,
  WasmFunction,
  whileDo,
} from './wasm.js';

const FUNCTIONS = ['rounds', 'expand', 'gather', 'emit', 'nodeTail', 'tail'] as const;
const run = (name: (typeof FUNCTIONS)[number], ...operands: Code[]): Code => call(FUNCTIONS.indexOf(name), ...operands);
const state = (at: keyof typeof LAYOUT): Code => constant(LAYOUT[at]);

/**
 * level(hashes, count, out): out[i] = SHA-256(0x01 || hashes[2i] || hashes[2i+1]) for `count` pairs (RFC 6962 §2.1).
 * `out` may be `hashes`. Up to three more hashes behind the last are overwritten with rubbish.
 */
function level(): WasmFunction {
  const [hashes, count, out] = [0, 1, 2];
  return {
    name: 'level',
    parameters: 3,
    locals: [],
    body: whileDo(get(count), [
      // The first byte that is read belongs to something else; 0x01 takes its place.
      run('gather', ...LANES.map((lane) => plus(get(hashes), 64 * lane - 1))),
      v128.store(
        state('words'),
        v128.or(
          v128.and(v128.load(state('words')), v128.constant([0xffffff, 0xffffff, 0xffffff, 0xffffff])),
          v128.constant([1 << 24, 1 << 24, 1 << 24, 1 << 24]),
        ),
      ),
      run('expand'),
      run('rounds', state('initial'), state('state')),
      run('nodeTail', get(hashes)),
      run('rounds', state('state'), state('state')),
      run('emit', get(out)),
      set(hashes, plus(get(hashes), 256)),
      set(out, plus(get(out), 128)),
      set(count, choose(i32.sub(get(count), constant(4)), constant(0), i32.above(get(count), constant(4)))),
    ]),
  };
}

const swapBytes = (word: Code): Code =>
  i32.or(
    i32.and(i32.rotl(word, constant(8)), constant(0x00ff00ff)),
    i32.and(i32.rotl(word, constant(24)), constant(0xff00ff00)),
  );

/** tail(lane, start, bytes): notes where a message lies and pads its last block or two in scratch (FIPS 180-4 §5.1.1). */
function tail(): WasmFunction {
  const [lane, start, bytes, rest, scratch, blocks] = [0, 1, 2, 3, 4, 5];
  const record = i32.shl(get(lane), constant(2));
  const zero = v128.constant([0, 0, 0, 0]);
  return {
    name: 'tail',
    parameters: 3,
    locals: [I32, I32, I32],
    body: [
      set(rest, i32.and(get(bytes), constant(63))),
      set(scratch, plus(i32.shl(get(lane), constant(7)), LAYOUT.tails)),
      set(blocks, i32.add(i32.shr(get(bytes), constant(6)), plus(i32.above(get(rest), constant(55)), 1))),
      i32.store(record, get(start), LAYOUT.start),
      i32.store(record, i32.shr(get(bytes), constant(6)), LAYOUT.whole),
      i32.store(record, get(blocks), LAYOUT.blocks),
      ...LANES.map((k) =>
        v128.store(get(scratch), v128.load(i32.add(get(start), i32.sub(get(bytes), get(rest))), 16 * k), 16 * k),
      ),
      set(rest, i32.add(get(rest), get(scratch))),
      ...LANES.map((k) => v128.store(get(rest), zero, 16 * k)),
      i32.store8(get(rest), constant(0x80)),
      ifThen(i32.above(i32.and(get(bytes), constant(63)), constant(55)), set(scratch, plus(get(scratch), 64))),
      i32.store(get(scratch), constant(0), 56),
      i32.store(get(scratch), swapBytes(i32.shl(get(bytes), constant(3))), 60),
    ],
  };
}

/**
 * messages(ends, count, out): SHA-256 of `count` messages; message i lies from ends[i-1] to ends[i] (32-bit addresses,
 * ends[-1] included). Four of about the same length go together best.
 */
function messages(): WasmFunction {
  const [ends, count, out, block, most, item] = [0, 1, 2, 3, 4, 5];
  const lane = (k: number): Code => [
    set(item, plus(get(ends), 4 * k)),
    // Lanes beyond the last message repeat the first of the four.
    ifThen(i32.above(constant(k + 1), get(count)), set(item, get(ends))),
    run(
      'tail',
      constant(k),
      i32.load(i32.sub(get(item), constant(4))),
      i32.sub(i32.load(get(item)), i32.load(i32.sub(get(item), constant(4)))),
    ),
    set(item, i32.load(constant(LAYOUT.blocks), 4 * k)),
    set(most, choose(get(item), get(most), i32.above(get(item), get(most)))),
  ];
  const field = (name: 'start' | 'whole', k: number): Code => i32.load(constant(LAYOUT[name]), 4 * k);
  const address = (k: number): Code =>
    choose(
      i32.add(field('start', k), i32.shl(get(block), constant(6))),
      plus(
        choose(constant(0), constant(64), i32.above(plus(field('whole', k), 1), get(block))),
        LAYOUT.tails + 128 * k,
      ),
      i32.below(get(block), field('whole', k)),
    );
  const running = i32x4.above(v128.load(state('blocks')), i32x4.splat(get(block)));
  const settle = (i: number): Code =>
    v128.store(
      state('state'),
      v128.select(v128.load(state('next'), 16 * i), v128.load(state('state'), 16 * i), running),
      16 * i,
    );
  return {
    name: 'messages',
    parameters: 3,
    locals: [I32, I32, I32],
    body: whileDo(get(count), [
      set(most, constant(0)),
      ...LANES.map(lane),
      ...range(8).map((i) => v128.store(state('state'), v128.load(state('initial'), 16 * i), 16 * i)),
      set(block, constant(0)),
      doWhile(
        [
          run('gather', ...LANES.map(address)),
          run('expand'),
          run('rounds', state('state'), state('next')),
          ...range(8).map(settle),
          set(block, plus(get(block), 1)),
        ],
        i32.below(get(block), get(most)),
      ),
      run('emit', get(out)),
      set(ends, plus(get(ends), 16)),
      set(out, plus(get(out), 128)),
      set(count, choose(i32.sub(get(count), constant(4)), constant(0), i32.above(get(count), constant(4)))),
    ]),
  };
}

const splat = (word: number): Code => v128.constant([word, word, word, word]);
const word = (i: number, value: Code): Code => v128.store(state('words'), value, 16 * i);

/** macKey(): the states behind the two key blocks in memory, which HMAC (RFC 2104) starts from. */
function macKey(): WasmFunction {
  const lanes = (lane: number): number[] => range(16).map((byte) => 4 * lane + (byte % 4));
  const spread = (i: number): Code => [
    set(0, v128.load(state('state'), 16 * i)),
    v128.store(state('inner'), v128.shuffle(get(0), get(0), lanes(0)), 16 * i),
    v128.store(state('outer'), v128.shuffle(get(0), get(0), lanes(1)), 16 * i),
  ];
  const [inner, outer] = [constant(LAYOUT.keyBlocks), constant(LAYOUT.keyBlocks + 64)];
  return {
    name: 'macKey',
    parameters: 0,
    locals: [V128],
    body: [
      run('gather', inner, outer, inner, outer),
      run('expand'),
      run('rounds', state('initial'), state('state')),
      ...range(8).map(spread),
    ],
  };
}

/** macs(count, out): HMAC-SHA-256 under the key of `macKey` of each uint32be index from 0 to count - 1. */
function macs(): WasmFunction {
  const [count, out, index] = [0, 1, 2];
  const padded = (from: number, bits: number): Code => [
    word(from, splat(0x80000000)),
    ...range(14 - from).map((i) => word(from + 1 + i, splat(0))),
    word(15, splat(bits)),
  ];
  return {
    name: 'macs',
    parameters: 2,
    locals: [I32],
    body: whileDo(i32.below(get(index), get(count)), [
      word(0, i32x4.add(i32x4.splat(get(index)), v128.constant(LANES))),
      padded(1, 8 * (64 + 4)),
      run('expand'),
      run('rounds', state('inner'), state('state')),
      ...range(8).map((i) => word(i, v128.load(state('state'), 16 * i))),
      padded(8, 8 * (64 + 32)),
      run('expand'),
      run('rounds', state('outer'), state('state')),
      run('emit', get(out)),
      set(index, plus(get(index), 4)),
      set(out, plus(get(out), 128)),
    ]),
  };
}

/** The kernel as a binary WebAssembly module, with `pages` of 64 KiB of memory to start with. */
export function sha256Kernel(pages: number): Uint8Array<ArrayBuffer> {
  return assemble(
    [rounds(), expand(), gather(), emit(), nodeTail(), tail(), level(), messages(), macKey(), macs()],
    pages,
  );
}

/** What the kernel exports beside `memory`. Addresses and counts are in bytes and items of the module's memory. */
export interface KernelExports {
  level(hashes: number, count: number, out: number): void;
  messages(ends: number, count: number, out: number): void;
  macKey(): void;
  macs(count: number, out: number): void;
}

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

/**
 * SHA-256 (FIPS 180-4) of four messages at a time: a 128-bit vector holds the same word of each. The functions work on
 * the module's own memory; below ARENA they keep tables and scratch, from ARENA on the caller does.
 */
export const LAYOUT = {
  /** 64 round constants, each in four lanes. Filled by the caller. */
  constants: 1024,
  /** The initial state, eight words in four lanes. Filled by the caller. */
  initial: 2048,
  state: 2048 + 128,
  next: 2048 + 256,
  inner: 2048 + 384,
  outer: 2048 + 512,
  /** Where the caller puts the two 64-byte key blocks of HMAC. */
  keyBlocks: 2048 + 640,
  words: 3072,
  schedule: 3072 + 256,
  /** Per lane: address, number of whole blocks, number of blocks. */
  start: 4352,
  whole: 4352 + 16,
  blocks: 4352 + 32,
  tails: 4608,
  /** For each byte value b, the finished schedule of the block `b 80 00 ... 02 08`: every node ends in one of these. */
  nodeTails: 8192,
  arena: 8192 + 256 * 256,
} as const;

/** Bytes behind a buffer that the kernel may write to or read from beyond its end. */
export const SLACK = 128;

const STATE_BYTES = 128;
const SCHEDULE_BYTES = 1024;
const LANES = [0, 1, 2, 3] as const;
const BIG_ENDIAN = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];
const LOW_WORDS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_WORDS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_PAIRS = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_PAIRS = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const plus = (address: Code, bytes: number): Code => (bytes === 0 ? address : i32.add(address, constant(bytes)));

/** XOR of `a` rotated right by each of `rotations`, and shifted right by `shift` if given. */
function sigma(a: Code, rotations: readonly number[], shift?: number): Code {
  const parts = rotations.flatMap((bits) => [i32x4.shr(a, bits), i32x4.shl(a, 32 - bits)]);
  if (shift !== undefined) parts.push(i32x4.shr(a, shift));
  return parts.reduce((sum, part) => v128.xor(sum, part));
}

/** Turns four vectors of four words (in locals) by 90 degrees; `swap` reverses the bytes of each word on the way. */
function transpose(
  locals: readonly [number, number, number, number],
  spare: readonly [number, number, number, number],
  swap: boolean,
): Code {
  const [a, b, c, d] = locals;
  const [e, f, g, h] = spare;
  const turned = [
    set(e, v128.shuffle(get(a), get(b), LOW_WORDS)),
    set(f, v128.shuffle(get(c), get(d), LOW_WORDS)),
    set(g, v128.shuffle(get(a), get(b), HIGH_WORDS)),
    set(h, v128.shuffle(get(c), get(d), HIGH_WORDS)),
    set(a, v128.shuffle(get(e), get(f), LOW_PAIRS)),
    set(b, v128.shuffle(get(e), get(f), HIGH_PAIRS)),
    set(c, v128.shuffle(get(g), get(h), LOW_PAIRS)),
    set(d, v128.shuffle(get(g), get(h), HIGH_PAIRS)),
  ];
  const swapped = locals.map((local) => set(local, v128.shuffle(get(local), get(local), BIG_ENDIAN)));
  return swap ? [...turned, ...swapped] : turned;
}

/** rounds(from, to): the 64 rounds over the schedule in memory, from one state to another. */
function rounds(): WasmFunction {
  const [from, to, at] = [0, 1, 2];
  const registers = range(8).map((i) => 3 + i);
  const [pair, nextPair, sum] = [11, 12, 13];
  const round = (i: number): Code => {
    const [a, b, , d, e, f, g, h] = range(8).map((k) => registers[(k - i + 64) % 8]!) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return [
      set(
        sum,
        i32x4.add(
          i32x4.add(get(h), v128.load(get(at), 16 * i)),
          i32x4.add(v128.xor(get(g), v128.and(get(e), v128.xor(get(f), get(g)))), sigma(get(e), [6, 11, 25])),
        ),
      ),
      set(d, i32x4.add(get(d), get(sum))),
      set(nextPair, v128.xor(get(a), get(b))),
      set(
        h,
        i32x4.add(
          get(sum),
          i32x4.add(sigma(get(a), [2, 13, 22]), v128.xor(get(b), v128.and(get(nextPair), get(pair)))),
        ),
      ),
      set(pair, get(nextPair)),
    ];
  };
  return {
    name: 'rounds',
    parameters: 2,
    locals: [I32, ...Array<typeof V128>(11).fill(V128)],
    body: [
      ...registers.map((register, i) => set(register, v128.load(get(from), 16 * i))),
      set(pair, v128.xor(get(registers[1]!), get(registers[2]!))),
      set(at, constant(LAYOUT.schedule)),
      doWhile(
        [...range(8).map(round), set(at, plus(get(at), 128))],
        i32.below(get(at), constant(LAYOUT.schedule + SCHEDULE_BYTES)),
      ),
      ...registers.map((register, i) =>
        v128.store(get(to), i32x4.add(get(register), v128.load(get(from), 16 * i)), 16 * i),
      ),
    ],
  };
}

/** expand(): the message schedule of the 16 words in memory, round constants added. */
function expand(): WasmFunction {
  const at = 0;
  const word = (t: number): number => 1 + (t % 16);
  const keep = (t: number): Code =>
    v128.store(
      get(at),
      i32x4.add(get(word(t)), v128.load(get(at), LAYOUT.constants + 16 * t)),
      LAYOUT.schedule + 16 * t,
    );
  const grow = (t: number): Code =>
    set(
      word(t),
      i32x4.add(
        i32x4.add(get(word(t)), get(word(t + 9))),
        i32x4.add(sigma(get(word(t + 1)), [7, 18], 3), sigma(get(word(t + 14)), [17, 19], 10)),
      ),
    );
  return {
    name: 'expand',
    parameters: 0,
    locals: [I32, ...Array<typeof V128>(16).fill(V128)],
    body: [
      ...range(16).map((t) => [set(word(t), v128.load(get(at), LAYOUT.words + 16 * t)), keep(t)]),
      doWhile(
        [set(at, plus(get(at), 256)), ...range(16).map((t) => [grow(t), keep(t)])],
        i32.below(get(at), constant(768)),
      ),
    ],
  };
}

/** gather(p0, p1, p2, p3): the 16 words of the four blocks at these addresses. */
function gather(): WasmFunction {
  const quarter = (q: number): Code => [
    ...LANES.map((lane) => set(4 + lane, v128.load(get(lane), 16 * q))),
    transpose([4, 5, 6, 7], [8, 9, 10, 11], true),
    ...LANES.map((k) => v128.store(constant(LAYOUT.words), get(4 + k), 16 * (4 * q + k))),
  ];
  return { name: 'gather', parameters: 4, locals: Array<typeof V128>(8).fill(V128), body: LANES.map(quarter) };
}

/** emit(out): the four states as 4 x 32 bytes. */
function emit(): WasmFunction {
  const half = (k: number): Code => [
    ...LANES.map((i) => set(1 + i, v128.load(constant(LAYOUT.state), 16 * (4 * k + i)))),
    transpose([1, 2, 3, 4], [5, 6, 7, 8], true),
    ...LANES.map((lane) => v128.store(get(0), get(1 + lane), 32 * lane + 16 * k)),
  ];
  return { name: 'emit', parameters: 1, locals: Array<typeof V128>(8).fill(V128), body: [half(0), half(1)] };
}

/** nodeTail(p): the schedule of the last block of four nodes whose children start at p, from the table. */
function nodeTail(): WasmFunction {
  const row = (lane: number): number => 1 + lane;
  const at = 5;
  return {
    name: 'nodeTail',
    parameters: 1,
    locals: [I32, I32, I32, I32, I32, ...Array<typeof V128>(8).fill(V128)],
    body: [
      ...LANES.map((lane) =>
        set(row(lane), plus(i32.shl(i32.load8(get(0), 64 * lane + 63), constant(8)), LAYOUT.nodeTails)),
      ),
      doWhile(
        [
          ...LANES.map((lane) => set(6 + lane, v128.load(get(row(lane))))),
          transpose([6, 7, 8, 9], [10, 11, 12, 13], false),
          ...LANES.map((k) => v128.store(get(at), get(6 + k), LAYOUT.schedule + 16 * k)),
          ...LANES.map((lane) => set(row(lane), plus(get(row(lane)), 16))),
          set(at, plus(get(at), 64)),
        ],
        i32.below(get(at), constant(SCHEDULE_BYTES)),
      ),
    ],
  };
}

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
export const KERNEL_STATE_BYTES = STATE_BYTES;

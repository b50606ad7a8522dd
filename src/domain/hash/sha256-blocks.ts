import { Code, constant, doWhile, get, i32, I32, i32x4, set, v128, V128, WasmFunction } from './wasm.js';

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

const SCHEDULE_BYTES = 1024;
export const LANES = [0, 1, 2, 3] as const;
const BIG_ENDIAN = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];
const LOW_WORDS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_WORDS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_PAIRS = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_PAIRS = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
export const plus = (address: Code, bytes: number): Code => (bytes === 0 ? address : i32.add(address, constant(bytes)));

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
export function rounds(): WasmFunction {
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
export function expand(): WasmFunction {
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
export function gather(): WasmFunction {
  const quarter = (q: number): Code => [
    ...LANES.map((lane) => set(4 + lane, v128.load(get(lane), 16 * q))),
    transpose([4, 5, 6, 7], [8, 9, 10, 11], true),
    ...LANES.map((k) => v128.store(constant(LAYOUT.words), get(4 + k), 16 * (4 * q + k))),
  ];
  return { name: 'gather', parameters: 4, locals: Array<typeof V128>(8).fill(V128), body: LANES.map(quarter) };
}

/** emit(out): the four states as 4 x 32 bytes. */
export function emit(): WasmFunction {
  const half = (k: number): Code => [
    ...LANES.map((i) => set(1 + i, v128.load(constant(LAYOUT.state), 16 * (4 * k + i)))),
    transpose([1, 2, 3, 4], [5, 6, 7, 8], true),
    ...LANES.map((lane) => v128.store(get(0), get(1 + lane), 32 * lane + 16 * k)),
  ];
  return { name: 'emit', parameters: 1, locals: Array<typeof V128>(8).fill(V128), body: [half(0), half(1)] };
}

/** nodeTail(p): the schedule of the last block of four nodes whose children start at p, from the table. */
export function nodeTail(): WasmFunction {
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

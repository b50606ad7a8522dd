/**
 * A small assembler for the part of WebAssembly (core specification 2.0, with 128-bit vectors) that the hash kernel
 * uses. An instruction is a tree of bytes, operands first; `assemble` flattens the trees into a binary module.
 */
export type Code = readonly (number | Code)[];

export const I32 = 0x7f;
export const V128 = 0x7b;
type ValueType = typeof I32 | typeof V128;

/** Unsigned LEB128 (core specification §5.2.2). */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return [...bytes, left];
    bytes.push((left & 0x7f) | 0x80);
  }
}

/** Signed LEB128 of a 32-bit value. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value | 0; ; left >>= 7) {
    const last = left >= -64 && left < 64;
    bytes.push(last ? left & 0x7f : (left & 0x7f) | 0x80);
    if (last) return bytes;
  }
}

const plain =
  (opcode: number) =>
  (...operands: Code[]): Code => [...operands, opcode];
const vector =
  (opcode: number) =>
  (...operands: Code[]): Code => [...operands, 0xfd, unsigned(opcode)];
/** Alignment hint 0 everywhere: it promises nothing, and costs nothing on the machines that matter. */
const access = (opcode: Code, operands: Code[], offset: number): Code => [...operands, opcode, 0, unsigned(offset)];

export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
export const constant = (value: number): Code => [0x41, signed(value)];
export const call = (index: number, ...operands: Code[]): Code => [...operands, 0x10, unsigned(index)];

/** Runs `body`, then again for as long as `condition` is not zero. */
export const doWhile = (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0, 0x0b];
/** Runs `body` for as long as `condition` is not zero. */
export const whileDo = (condition: Code, body: Code): Code => [
  0x02,
  0x40,
  0x03,
  0x40,
  condition,
  0x45,
  0x0d,
  1,
  body,
  0x0c,
  0,
  0x0b,
  0x0b,
];
export const ifThen = (condition: Code, body: Code): Code => [condition, 0x04, 0x40, body, 0x0b];
/** `yes` where `condition` is not zero, else `no`; both are evaluated. */
export const choose = (yes: Code, no: Code, condition: Code): Code => [yes, no, condition, 0x1b];

export const i32 = {
  load: (address: Code, offset = 0) => access([0x28], [address], offset),
  load8: (address: Code, offset = 0) => access([0x2d], [address], offset),
  store: (address: Code, value: Code, offset = 0) => access([0x36], [address, value], offset),
  store8: (address: Code, value: Code, offset = 0) => access([0x3a], [address, value], offset),
  below: plain(0x49),
  above: plain(0x4b),
  add: plain(0x6a),
  sub: plain(0x6b),
  and: plain(0x71),
  or: plain(0x72),
  shl: plain(0x74),
  shr: plain(0x76),
  rotl: plain(0x77),
} as const;

export const v128 = {
  load: (address: Code, offset = 0) => access([0xfd, 0x00], [address], offset),
  store: (address: Code, value: Code, offset = 0) => access([0xfd, 0x0b], [address, value], offset),
  and: vector(0x4e),
  or: vector(0x50),
  xor: vector(0x51),
  /** Bits of `yes` where `mask` has ones, else of `no`. */
  select: (yes: Code, no: Code, mask: Code): Code => vector(0x52)(yes, no, mask),
  constant: (lanes: readonly number[]): Code => [
    0xfd,
    0x0c,
    lanes.flatMap((lane) => [0, 8, 16, 24].map((bit) => (lane >>> bit) & 0xff)),
  ],
  /** Bytes of `a` (0-15) and `b` (16-31) in the order given. */
  shuffle: (a: Code, b: Code, bytes: readonly number[]): Code => [a, b, 0xfd, 0x0d, bytes],
} as const;

export const i32x4 = {
  splat: vector(0x11),
  above: vector(0x3c),
  add: vector(0xae),
  shl: (a: Code, bits: number): Code => vector(0xab)(a, constant(bits)),
  shr: (a: Code, bits: number): Code => vector(0xad)(a, constant(bits)),
} as const;

/** One function: its parameters (all i32) come first among the locals, then `locals`. It returns nothing. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** A binary module that exports `functions`, by name, and a memory called `memory` of at least `pages` of 64 KiB. */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }): Code => [0x60, list(Array<Code>(parameters).fill([I32])), 0]);
  const exported: Code[] = functions.map(({ name }, index) => [text(name), 0x00, unsigned(index)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(5, list([[0x00, unsigned(pages)]])),
    ...section(7, list([...exported, [text('memory'), 0x02, 0]])),
    ...section(10, list(functions.map(functionBody))),
  ]);
}

function functionBody({ locals, body }: WasmFunction): Code {
  const bytes = flatten([list(locals.map((type) => [1, type])), body, 0x0b]);
  return [unsigned(bytes.length), bytes];
}

const list = (items: readonly Code[]): Code => [unsigned(items.length), ...items];
const text = (ascii: string): Code => [ascii.length, [...ascii].map((char) => char.charCodeAt(0))];

function section(id: number, content: Code): number[] {
  const bytes = flatten(content);
  return [id, ...unsigned(bytes.length), ...bytes];
}

function flatten(code: Code, into: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') into.push(part);
    else flatten(part, into);
  }
  return into;
}

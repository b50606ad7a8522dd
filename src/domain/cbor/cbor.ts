import { bytesToHex, compareBytes, concatBytes, utf8ToBytes } from '../bytes.js';
import { DomainError } from '../errors.js';

/** Bytes that are not deterministic CBOR, or a value that has no such bytes. Stable. */
export type CborErrorCode = 'CBOR_INVALID' | 'CBOR_VALUE';

/** The one error of `domain/cbor`. */
export class CborError extends DomainError<CborErrorCode> {
  override readonly name = 'CborError';
}

/** A tagged value, major type 6. */
export class CborTag {
  constructor(
    readonly tag: number,
    readonly value: CborValue,
  ) {}
}

/** What this codec knows of RFC 8949: no floats, no undefined, no integers beyond 2^53. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[] | CborMap | CborTag;
export type CborMap = ReadonlyMap<CborValue, CborValue>;

export const enum Major {
  Uint = 0,
  Negative = 1,
  Bytes = 2,
  Text = 3,
  List = 4,
  Map = 5,
  Tag = 6,
  Simple = 7,
}

const FALSE = 20;
const TRUE = 21;
const NULL = 22;
export const DEEPEST = 256;
const SURROGATE = /\p{Surrogate}/u;

/** The core deterministic encoding, RFC 8949 section 4.2.1. Throws CborError (CBOR_VALUE). */
export function encodeCbor(value: CborValue): Uint8Array {
  return concatBytes(...parts(value, 0));
}

function parts(value: CborValue, depth: number): Uint8Array[] {
  if (depth > DEEPEST) throw unfit(`more than ${DEEPEST} levels`);
  if (typeof value === 'number') return [integer(value)];
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value === 'boolean') return [head(Major.Simple, simple(value))];
  if (value instanceof Uint8Array) return [head(Major.Bytes, value.length), value];
  if (value instanceof CborTag) return [head(Major.Tag, value.tag), ...parts(value.value, depth + 1)];
  if (value instanceof Map) return map(value as CborMap, depth);
  const list = value as readonly CborValue[];
  const all = [head(Major.List, list.length)];
  for (const member of list) for (const part of parts(member, depth + 1)) all.push(part);
  return all;
}

function integer(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw unfit(`the number ${value}, which is no integer below 2^53`);
  return value < 0 ? head(Major.Negative, -1 - value) : head(Major.Uint, value);
}

function text(value: string): Uint8Array[] {
  if (SURROGATE.test(value)) throw unfit('a lone surrogate');
  const bytes = utf8ToBytes(value);
  return [head(Major.Text, bytes.length), bytes];
}

const simple = (value: boolean | null): number => (value === null ? NULL : value ? TRUE : FALSE);

function map(value: CborMap, depth: number): Uint8Array[] {
  const members = [...value].map(([key, of]) => ({
    key: concatBytes(...parts(key, depth + 1)),
    value: parts(of, depth + 1),
  }));
  members.sort((a, b) => compareBytes(a.key, b.key));
  members.forEach(({ key }, i) => {
    const last = members[i - 1];
    if (last !== undefined && compareBytes(last.key, key) === 0) throw unfit(`the key ${bytesToHex(key)} twice`);
  });
  return [head(Major.Map, members.length), ...members.flatMap((member) => [member.key, ...member.value])];
}

/** The first byte of an item and its argument in the shortest form. */
function head(major: Major, argument: number): Uint8Array {
  if (!Number.isSafeInteger(argument) || argument < 0) throw unfit(`the argument ${argument}`);
  const kind = major << 5;
  if (argument < 24) return Uint8Array.of(kind | argument);
  const width = argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
  const bytes = new Uint8Array(1 + width);
  bytes[0] = kind | (24 + Math.log2(width));
  for (let i = width, rest = argument; i > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}

const unfit = (what: string): CborError => new CborError('CBOR_VALUE', `CBOR of this kind does not hold ${what}.`);

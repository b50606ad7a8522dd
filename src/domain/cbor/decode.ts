import { bytesToUtf8, compareBytes } from '../bytes.js';
import { CborError, type CborMap, CborTag, type CborValue, DEEPEST, Major } from './cbor.js';

/** Bounds on what is read, beside the length of the bytes themselves. */
export interface CborLimits {
  /** Lists, maps and tags inside each other. */
  readonly depth?: number;
}

/**
 * Reads one item that `encodeCbor` could have written, and nothing else: throws CborError (CBOR_INVALID) for lengths
 * not in their shortest form, indefinite lengths, floats, other simple values, integers from 2^53 on, text that is not
 * UTF-8, map keys out of order or twice, bytes that end early or are left over, and too many levels.
 */
export function decodeCbor(bytes: Uint8Array, { depth = DEEPEST }: CborLimits = {}): CborValue {
  const reader = new Reader(bytes, depth);
  const value = reader.item(0);
  if (reader.at !== bytes.length) throw invalid(`${bytes.length - reader.at} bytes follow the item`);
  return value;
}

class Reader {
  at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly deepest: number,
  ) {}

  item(depth: number): CborValue {
    if (depth > this.deepest) throw invalid(`more than ${this.deepest} levels`);
    const first = this.take(1)[0]!;
    const major = (first >> 5) as Major;
    if (major === Major.Simple) return simple(first & 31);
    const argument = this.argument(first & 31);
    switch (major) {
      case Major.Uint:
        return argument;
      case Major.Negative:
        return negative(argument);
      case Major.Bytes:
        return this.take(argument).slice();
      case Major.Text:
        return utf8(this.take(argument));
      case Major.List:
        return this.list(argument, depth);
      case Major.Map:
        return this.map(argument, depth);
      case Major.Tag:
        return new CborTag(argument, this.item(depth + 1));
    }
  }

  private list(count: number, depth: number): CborValue[] {
    this.mustHave(count);
    return Array.from({ length: count }, () => this.item(depth + 1));
  }

  private map(count: number, depth: number): CborMap {
    this.mustHave(2 * count);
    const members = new Map<CborValue, CborValue>();
    let last: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const from = this.at;
      const key = this.item(depth + 1);
      const written = this.bytes.subarray(from, this.at);
      if (last !== undefined && compareBytes(last, written) >= 0) throw invalid('the keys of a map are not in order');
      last = written;
      members.set(key, this.item(depth + 1));
    }
    return members;
  }

  private argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) throw invalid('a length is indefinite or reserved');
    const width = 2 ** (info - 24);
    const argument = this.take(width).reduce((sum, byte) => sum * 256 + byte, 0);
    const least = width === 1 ? 24 : 2 ** (4 * width);
    if (argument < least) throw invalid('a number is not in its shortest form');
    if (!Number.isSafeInteger(argument)) throw invalid('a number is not below 2^53');
    return argument;
  }

  private take(count: number): Uint8Array {
    this.mustHave(count);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private mustHave(count: number): void {
    const left = this.bytes.length - this.at;
    if (count > left) throw invalid(`${count} bytes were announced, ${left} are left`);
  }
}

function negative(argument: number): number {
  const value = -1 - argument;
  if (Number.isSafeInteger(value)) return value;
  throw invalid('a number is not above -2^53');
}

function simple(info: number): boolean | null {
  if (info === 20 || info === 21) return info === 21;
  if (info === 22) return null;
  throw invalid('a float or another simple value');
}

/** Strict, and a byte order mark stays. */
function utf8(bytes: Uint8Array): string {
  try {
    return bytesToUtf8(bytes);
  } catch {
    throw invalid('a text is not UTF-8');
  }
}

const invalid = (why: string): CborError => new CborError('CBOR_INVALID', `Not deterministic CBOR: ${why}.`);

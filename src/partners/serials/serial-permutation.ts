import { createCipheriv } from 'node:crypto';

/**
 * Serial numbers as a keyed permutation of a counter: unique without a list, and nobody without the key can tell which
 * exist. 12 characters of 32 are 2^60 numbers; with a million million packs of one GTIN a guess is right once in a million
 * (Commission Delegated Regulation (EU) 2016/161 article 4(c) asks for less than once in ten thousand).
 */
const HALF = 2 ** 30;
const ROUNDS = 10;
const LENGTH = 12;
/** Upper case and digits without I and O, which are read as 1 and 0, and Y and Z, which keyboards swap. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRSTUVWX';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((char, value) => [char, value]));

/** The serial numbers of the counters `first` to `first + count - 1`, in that order. `key` has 32 bytes. */
export function serialsOf(key: Uint8Array, first: number, count: number): string[] {
  const left = new Float64Array(count);
  const right = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    left[i] = Math.floor((first + i) / HALF);
    right[i] = (first + i) % HALF;
  }
  for (let round = 0; round < ROUNDS; round++) {
    const masks = roundMasks(key, round, right);
    for (let i = 0; i < count; i++) {
      const next = (left[i]! ^ masks[i]!) >>> 0;
      left[i] = right[i]!;
      right[i] = next;
    }
  }
  return Array.from(left, (high, i) => textOf(high) + textOf(right[i]!));
}

/** The counter whose serial number this is, or undefined for a text that is none of ours. Every 12-character text has one. */
export function counterOf(key: Uint8Array, serial: string): number | undefined {
  if (serial.length !== LENGTH) return undefined;
  let left = valueOf(serial.slice(0, 6));
  let right = valueOf(serial.slice(6));
  if (left === undefined || right === undefined) return undefined;
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const before: number = (right ^ roundMasks(key, round, Float64Array.of(left))[0]!) >>> 0;
    right = left;
    left = before;
  }
  return left * HALF + right;
}

/** The round function of the Feistel network: 30 bits of AES-256 over the round and the half, for many at once. */
function roundMasks(key: Uint8Array, round: number, halves: Float64Array): Uint32Array {
  const blocks = Buffer.alloc(16 * halves.length);
  for (let i = 0; i < halves.length; i++) {
    blocks[16 * i] = round;
    blocks.writeUInt32BE(halves[i]!, 16 * i + 12);
  }
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const out = cipher.update(blocks);
  return Uint32Array.from(halves, (_, i) => out.readUInt32BE(16 * i) >>> 2);
}

function textOf(half: number): string {
  let text = '';
  for (let shift = 25; shift >= 0; shift -= 5) text += ALPHABET[(half >>> shift) & 31];
  return text;
}

function valueOf(text: string): number | undefined {
  let value = 0;
  for (const char of text) {
    const digit = VALUES.get(char);
    if (digit === undefined) return undefined;
    value = value * 32 + digit;
  }
  return value;
}

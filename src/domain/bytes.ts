import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export { bytesToHex, concatBytes, hexToBytes, utf8ToBytes };

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = STANDARD.slice(0, 62) + '-_';

function encode(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const chunk = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += alphabet[chunk >> 18]! + alphabet[(chunk >> 12) & 63]!;
    if (left > 1) out += alphabet[(chunk >> 6) & 63]!;
    else if (pad) out += '=';
    if (left > 2) out += alphabet[chunk & 63]!;
    else if (pad) out += '=';
  }
  return out;
}

function decode(text: string, alphabet: string): Uint8Array {
  const body = text.replace(/=+$/, '');
  if (body.length % 4 === 1) throw new RangeError('Base64 text has an impossible length.');
  const out = new Uint8Array(Math.floor((body.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const char of body) {
    const value = alphabet.indexOf(char);
    if (value < 0) throw new RangeError(`Base64 text holds the character ${JSON.stringify(char)}.`);
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[at++] = (bits >> held) & 0xff;
    }
  }
  if ((bits & ((1 << held) - 1)) !== 0) throw new RangeError('Base64 text has stray bits at its end.');
  return out;
}

/** RFC 4648 §4, padded. */
export const toBase64 = (bytes: Uint8Array): string => encode(bytes, STANDARD, true);
/** RFC 4648 §4; throws RangeError on any other character, stray bits, or an impossible length. */
export const fromBase64 = (text: string): Uint8Array => decode(text, STANDARD);
/** RFC 4648 §5, without padding. */
export const toBase64Url = (bytes: Uint8Array): string => encode(bytes, URL_SAFE, false);
/** RFC 4648 §5; padding is tolerated. Throws RangeError like `fromBase64`. */
export const fromBase64Url = (text: string): Uint8Array => decode(text, URL_SAFE);

/** The text of UTF-8 bytes, a byte order mark included. Throws RangeError for bytes that are no UTF-8. */
export function bytesToUtf8(bytes: Uint8Array): string {
  try {
    return decodeURIComponent(bytesToHex(bytes).replace(/../g, '%$&'));
  } catch {
    throw new RangeError('The bytes are not UTF-8.');
  }
}

/** Lexicographic order of bytes: below 0, 0, or above 0. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** True when both hold the same bytes. Not constant-time: for public values only. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => compareBytes(a, b) === 0;

import { concatBytes, fromBase64Url, toBase64Url } from '../../bytes.js';
import type { CborValue } from '../../cbor/index.js';
import type { Disclosure } from '../commitment.js';
import type { ReceiptEvent } from '../receipt-event.js';
import type { HostileCbor } from './compact-reader.js';
import { packName, packValue, unpackName, unpackValue } from './dictionary.js';

const SALT_BYTES = 16;
/** Enough for a million disclosures. */
const MOST_SHAPE_BYTES = 512 * 1024;

/** `[commitment, shape, disclosures, hashes]`. */
export const packEvent = ({ commitment, shape, disclosures, hashes }: ReceiptEvent): CborValue => [
  commitment,
  packShape(shape),
  disclosures.map(([salt, name, value]) => [fromBase64Url(salt), packName(name), packValue(value)]),
  concatBytes(...hashes),
];

export function unpackEvent(event: HostileCbor): ReceiptEvent {
  const [commitment, shape, disclosures, hashes] = event.list(4);
  return {
    commitment: commitment!.bytes(32),
    shape: unpackShape(shape!),
    disclosures: disclosures!.list().map(unpackDisclosure),
    hashes: hashes!.hashes(),
  };
}

function unpackDisclosure(disclosure: HostileCbor): Disclosure {
  const [salt, name, value] = disclosure.list(3);
  const unpacked = unpackValue(value!.value);
  if (unpacked === undefined) return value!.refuse('a JSON value');
  return [toBase64Url(salt!.bytes(SALT_BYTES)), unpackName(name!.value) ?? name!.refuse('a name'), unpacked];
}

/** Bits of the letters, from the highest of every byte down: n is 1, h 00, d 01; zeros fill the last byte. */
function packShape(shape: string): Uint8Array {
  const bits = [...shape].map((letter) => (letter === 'n' ? '1' : letter === 'h' ? '00' : '01')).join('');
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) if (bits[i] === '1') bytes[i >> 3]! |= 0x80 >> (i & 7);
  return bytes;
}

function unpackShape(packed: HostileCbor): string {
  const bytes = packed.bytes();
  if (bytes.length > MOST_SHAPE_BYTES) return packed.refuse(`at most ${MOST_SHAPE_BYTES} bytes`);
  const bit = (at: number): boolean => (bytes[at >> 3]! & (0x80 >> (at & 7))) !== 0;
  const letters: string[] = [];
  for (let at = 0, wanted = 1; wanted > 0;) {
    if (at + 2 > 8 * bytes.length) return packed.refuse('the bits of a whole tree');
    const isNode = bit(at++);
    letters.push(isNode ? 'n' : bit(at++) ? 'd' : 'h');
    wanted += isNode ? 1 : -1;
  }
  return letters.join('');
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '../../bytes.js';
import { ReceiptError } from '../errors.js';
import { fromBase45, toBase45 } from './base45.js';

/** Characters of a QR code of version 25 with error correction M in alphanumeric mode (ISO/IEC 18004 table 7). */
export const QR_25_M = 1451;
const MOST_PARTS = 999;
const LONGEST_HEAD = 'HALISI1/00000000/999/999//'.length;
const PART = /^HALISI1\/([0-9A-F]{8})\/([1-9][0-9]{0,2})\/([1-9][0-9]{0,2})\/([^]*)\/$/;

/**
 * Splits bytes into texts for QR codes of at most `most` characters: `HALISI1/id/i/n/base45/`, in which id is the first
 * 4 bytes of the SHA-256 of all, in hex, and i counts from 1 to n. Every character is in QR's alphanumeric set.
 * Throws RangeError if that needs more than 999 parts.
 */
export function splitParts(bytes: Uint8Array, most: number = QR_25_M): string[] {
  const room = 2 * Math.floor((most - LONGEST_HEAD) / 3);
  const count = Math.max(1, Math.ceil(bytes.length / room));
  if (room < 2 || count > MOST_PARTS) throw new RangeError(`${bytes.length} bytes do not fit ${MOST_PARTS} parts.`);
  const id = idOf(bytes);
  const each = 2 * Math.ceil(bytes.length / count / 2);
  return Array.from({ length: count }, (_, i) => {
    const part = toBase45(bytes.subarray(i * each, (i + 1) * each));
    return `HALISI1/${id}/${i + 1}/${count}/${part}/`;
  });
}

const idOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes).subarray(0, 4)).toUpperCase();

interface Part {
  readonly id: string;
  readonly number: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * Puts parts together, in whatever order they come; one that comes twice is no matter, nor are line breaks around it.
 * Throws ReceiptError: RECEIPT_PARTS_DAMAGED, RECEIPT_PARTS_MIXED (of several receipts), RECEIPT_PARTS_MISSING with
 * the missing numbers in `details.missing`.
 */
export function joinParts(texts: readonly string[]): Uint8Array {
  const parts = texts.map(readPart);
  const [first] = parts;
  if (first === undefined) throw new ReceiptError('RECEIPT_PARTS_MISSING', 'There are no parts.', { missing: [1] });
  if (parts.some(({ id, count }) => id !== first.id || count !== first.count)) {
    throw new ReceiptError('RECEIPT_PARTS_MIXED', 'The parts are of several receipts.');
  }
  const byNumber = new Map(parts.map((part) => [part.number, part.bytes]));
  const numbers = Array.from({ length: first.count }, (_, i) => i + 1);
  const missing = numbers.filter((number) => !byNumber.has(number));
  if (missing.length > 0) {
    const message = `Of ${first.count} parts these are missing: ${missing.join(', ')}.`;
    throw new ReceiptError('RECEIPT_PARTS_MISSING', message, { missing });
  }
  const bytes = concatBytes(...numbers.map((number) => byNumber.get(number)!));
  if (idOf(bytes) !== first.id) throw damaged('together they are not what was split');
  return bytes;
}

function readPart(text: string): Part {
  const [, id, number, count, body] = PART.exec(text.replace(/^[\r\n]+|[\r\n]+$/g, '')) ?? [];
  const bytes = body === undefined ? undefined : fromBase45(body);
  if (id === undefined || bytes === undefined || Number(number) > Number(count)) {
    throw damaged(`${JSON.stringify(text.slice(0, 40))} is none`);
  }
  return { id, number: Number(number), count: Number(count), bytes };
}

const damaged = (why: string): ReceiptError =>
  new ReceiptError('RECEIPT_PARTS_DAMAGED', `The parts of a receipt are damaged: ${why}.`);

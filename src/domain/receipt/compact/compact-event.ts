import { concatBytes, fromBase64Url, toBase64Url } from '../../bytes.js';
import type { CborValue } from '../../cbor/index.js';
import { ReceiptError } from '../errors.js';
import type { Disclosure } from '../commitment.js';
import type { ReceiptEvent } from '../receipt-event.js';
import type { HostileCbor } from './compact-reader.js';
import { packName, packValue, unpackName, unpackValue } from './dictionary.js';

const MOST_DISCLOSURES = 1_000_000;
const SALT_BYTES = 16;

/** `[commitment, size, runs, disclosures, hashes]`. */
export const packEvent = ({ commitment, size, indexes, disclosures, hashes }: ReceiptEvent): CborValue => [
  commitment,
  size,
  packIndexes(indexes),
  disclosures.map(([salt, name, value]) => [fromBase64Url(salt), packName(name), packValue(value)]),
  concatBytes(...hashes),
];

export function unpackEvent(event: HostileCbor): ReceiptEvent {
  const [commitment, size, runs, disclosures, hashes] = event.list(5);
  return {
    commitment: commitment!.bytes(32),
    size: size!.count(),
    indexes: unpackIndexes(runs!),
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

/** Ascending indexes as how many to leave out and how many follow each other, in turn. */
function packIndexes(indexes: readonly number[]): number[] {
  const runs: number[] = [];
  let next = 0;
  for (const index of indexes) {
    if (index < next) throw new ReceiptError('RECEIPT_MALFORMED', 'The indexes of the disclosures do not ascend.');
    if (index === next && runs.length > 0) runs[runs.length - 1]!++;
    else runs.push(index - next, 1);
    next = index + 1;
  }
  return runs;
}

function unpackIndexes(runs: HostileCbor): number[] {
  const numbers = runs.list().map((number) => number.count());
  const indexes: number[] = [];
  let next = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    next += numbers[i]!;
    const count = numbers[i + 1] ?? 0;
    if (indexes.length + count > MOST_DISCLOSURES) return runs.refuse(`at most ${MOST_DISCLOSURES} indexes`);
    for (let end = next + count; next < end; next++) indexes.push(next);
  }
  return indexes;
}

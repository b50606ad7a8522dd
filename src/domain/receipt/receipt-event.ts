import { toBase64 } from '../bytes.js';
import { canonicalJson, NotJsonError } from '../json/jcs.js';
import type { Disclosure } from './commitment.js';
import type { HostileValue } from './hostile-value.js';
import { isShape } from './multiproof.js';
import { commitmentFromDisclosures, type DisclosureProof } from './selective-disclosure.js';

/** What of an event is shown, and how that leads to its commitment. */
export interface ReceiptEvent extends DisclosureProof {
  readonly commitment: Uint8Array;
}

/** The event part of a receipt, from a proof of disclosures. */
export const receiptEvent = (proof: DisclosureProof): ReceiptEvent => ({
  ...proof,
  commitment: commitmentFromDisclosures(proof),
});

/** Members of an event's JSON, without the hashes of its proof. */
export const EVENT_MEMBERS = ['commitment', 'shape', 'disclosures'] as const;
const MOST_DISCLOSURES = 1_000_000;
export const MOST_EVENT_HASHES = 2_000_000;

/** The JSON of an event, without the hashes of its proof. */
export const eventJson = ({ commitment, shape, disclosures }: ReceiptEvent): object => ({
  commitment: toBase64(commitment),
  shape,
  disclosures,
});

/** Reads what `eventJson` writes; the hashes were read already. */
export const readEvent = (event: HostileValue, hashes: readonly Uint8Array[]): ReceiptEvent => ({
  commitment: event.member('commitment').hash(),
  shape: readShape(event.member('shape')),
  disclosures: event.member('disclosures').list(MOST_DISCLOSURES).map(readDisclosure),
  hashes,
});

function readShape(shape: HostileValue): string {
  const text = shape.text();
  return isShape(text) ? text : shape.refuse('a tree of the letters n, h and d');
}

/** Reads a list of the base64 of 32 bytes each. */
export const readHashes = (hashes: HostileValue, most: number): Uint8Array[] =>
  hashes.list(most).map((hash) => hash.hash());

/** `[salt, name, value]`. */
function readDisclosure(disclosure: HostileValue): Disclosure {
  const [salt, name, value, ...rest] = disclosure.list(3);
  if (salt === undefined || name === undefined || value === undefined || rest.length > 0) {
    return disclosure.refuse('[salt, name, value]');
  }
  salt.text(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'the base64url of 16 bytes');
  name.text();
  try {
    canonicalJson(disclosure.raw());
  } catch (error) {
    if (error instanceof NotJsonError) return disclosure.refuse('JSON with a canonical form');
    throw error;
  }
  return disclosure.raw() as Disclosure;
}

import { toBase64 } from '../bytes.js';
import { canonicalJson, NotJsonError } from '../json/jcs.js';
import { JsonTextError, parseStrictJson } from '../json/strict-json.js';
import { type Disclosure } from './commitment.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';
import { anchorJson, MOST_PROOF, readAnchors, type ReceiptAnchor } from './receipt-anchor.js';
import { commitmentFromDisclosures, type DisclosureProof } from './selective-disclosure.js';

export { blockTime, type ReceiptAnchor } from './receipt-anchor.js';

/** docs/formats/receipt.md. */
export const RECEIPT_FORMAT = 'halisi-receipt/v1';
export const RECEIPT_MEDIA_TYPE = 'application/vnd.halisi.receipt+json';

/** What of an event is shown, and how that leads to its commitment. */
export interface ReceiptEvent extends DisclosureProof {
  readonly commitment: Uint8Array;
}

/** Where the commitment is in the log: `proof` is its inclusion proof in the tree of `checkpoint`, a signed note. */
export interface ReceiptLog {
  readonly origin: string;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
}

/** What all receipts of one log under one checkpoint share. */
export interface Evidence {
  readonly log: Pick<ReceiptLog, 'origin' | 'checkpoint'>;
  readonly anchors: readonly ReceiptAnchor[];
}

/** Evidence for some fields of one event. It is to be believed only as far as `checkReceipt` says. */
export interface Receipt extends Evidence {
  readonly event: ReceiptEvent;
  readonly log: ReceiptLog;
}

const MOST_CHARACTERS = 16 * 1024 * 1024;
const MOST_DISCLOSURES = 1_000_000;
const MOST_HASHES = 2_000_000;

/** The event part of a receipt, from a proof of disclosures. */
export const receiptEvent = (proof: DisclosureProof): ReceiptEvent => ({
  ...proof,
  commitment: commitmentFromDisclosures(proof),
});

/** The text of a receipt file. `parseReceipt` gives the receipt back. */
export function formatReceipt({ event, log, anchors }: Receipt): string {
  const text = JSON.stringify({
    format: RECEIPT_FORMAT,
    event: {
      commitment: toBase64(event.commitment),
      size: event.size,
      indexes: event.indexes,
      disclosures: event.disclosures,
      proof: event.hashes.map(toBase64),
    },
    log: { origin: log.origin, index: log.index, proof: log.proof.map(toBase64), checkpoint: log.checkpoint },
    anchors: anchors.map(anchorJson),
  });
  parseReceipt(text);
  return `${text}\n`;
}

/** Reads a receipt file. Throws ReceiptError, RECEIPT_MALFORMED or RECEIPT_VERSION, for anything that is not one. */
export function parseReceipt(text: string): Receipt {
  if (text.length > MOST_CHARACTERS) {
    throw new ReceiptError('RECEIPT_MALFORMED', `A receipt has at most ${MOST_CHARACTERS} characters.`);
  }
  return readReceipt(strictly(text));
}

function strictly(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) throw new ReceiptError('RECEIPT_MALFORMED', error.message);
    throw error;
  }
}

/** As `parseReceipt`, for JSON that is parsed already. */
export function readReceipt(json: unknown): Receipt {
  const receipt = new HostileValue(json, 'RECEIPT_MALFORMED');
  const format = receipt.member('format').text();
  if (format !== RECEIPT_FORMAT) {
    const came = JSON.stringify(format.slice(0, 60));
    throw new ReceiptError('RECEIPT_VERSION', `A receipt of the format ${RECEIPT_FORMAT} was expected, got ${came}.`);
  }
  receipt.only('format', 'event', 'log', 'anchors');
  return {
    event: readEvent(receipt.member('event')),
    log: readLog(receipt.member('log')),
    anchors: readAnchors(receipt.member('anchors')),
  };
}

function readEvent(event: HostileValue): ReceiptEvent {
  event.only('commitment', 'size', 'indexes', 'disclosures', 'proof');
  return {
    commitment: event.member('commitment').hash(),
    size: event.member('size').count(),
    indexes: event
      .member('indexes')
      .list(MOST_DISCLOSURES)
      .map((index) => index.count()),
    disclosures: event.member('disclosures').list(MOST_DISCLOSURES).map(readDisclosure),
    hashes: event
      .member('proof')
      .list(MOST_HASHES)
      .map((hash) => hash.hash()),
  };
}

/** `[salt, name, value]`. */
export function readDisclosure(disclosure: HostileValue): Disclosure {
  const [salt, name, value, ...rest] = disclosure.list(3);
  if (salt === undefined || name === undefined || value === undefined || rest.length > 0) {
    return disclosure.refuse('[salt, name, value]');
  }
  salt.text(/^[A-Za-z0-9_-]{22}$/, 'the base64url of 16 bytes');
  name.text();
  try {
    canonicalJson(disclosure.raw());
  } catch (error) {
    if (error instanceof NotJsonError) return disclosure.refuse('JSON with a canonical form');
    throw error;
  }
  return disclosure.raw() as Disclosure;
}

function readLog(log: HostileValue): ReceiptLog {
  log.only('origin', 'index', 'proof', 'checkpoint');
  return {
    origin: log.member('origin').text(),
    index: log.member('index').count(),
    proof: log
      .member('proof')
      .list(MOST_PROOF)
      .map((hash) => hash.hash()),
    checkpoint: log.member('checkpoint').text(),
  };
}

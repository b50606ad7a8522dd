import { toBase64 } from '../bytes.js';
import { canonicalJson, NotJsonError } from '../json/jcs.js';
import { JsonTextError, parseStrictJson } from '../json/strict-json.js';
import { type Disclosure } from './commitment.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';
import { commitmentFromDisclosures, type DisclosureProof } from './selective-disclosure.js';

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

/** Where a chain recorded the log. Addresses and hashes are `0x` and lower-case hex. */
export interface ReceiptAnchor {
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
  readonly size: number;
  readonly root: string;
  readonly transaction: string;
  readonly block: { readonly number: number; readonly hash: string; readonly time: string };
  /** From the checkpoint to the anchored tree, where that one is larger. */
  readonly consistency: readonly Uint8Array[];
}

/** Evidence for some fields of one event. It is to be believed only as far as `checkReceipt` says. */
export interface Receipt {
  readonly event: ReceiptEvent;
  readonly log: ReceiptLog;
  readonly anchors: readonly ReceiptAnchor[];
}

const MOST_CHARACTERS = 16 * 1024 * 1024;
const MOST_DISCLOSURES = 1_000_000;
const MOST_HASHES = 2_000_000;
const MOST_PROOF = 64;
const MOST_ANCHORS = 16;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The event part of a receipt, from a proof of disclosures. */
export const receiptEvent = (proof: DisclosureProof): ReceiptEvent => ({
  ...proof,
  commitment: commitmentFromDisclosures(proof),
});

const LAST_SECOND = 253_402_300_799;

/** The time of a block, from its seconds since 1970, as receipts write it; `never` behind the year 9999. */
export const blockTime = (seconds: number): string =>
  seconds > LAST_SECOND ? 'never' : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

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
    anchors: anchors.map(({ chainId, contract, logId, size, root, transaction, block, consistency }) => ({
      ...{ chainId, contract, logId, size, root, transaction },
      block: { number: block.number, hash: block.hash, time: block.time },
      ...(consistency.length > 0 ? { consistency: consistency.map(toBase64) } : {}),
    })),
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
    anchors: receipt.member('anchors').list(MOST_ANCHORS).map(readAnchor),
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

function readDisclosure(disclosure: HostileValue): Disclosure {
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

function readAnchor(anchor: HostileValue): ReceiptAnchor {
  anchor.only('chainId', 'contract', 'logId', 'size', 'root', 'transaction', 'block', 'consistency');
  const block = anchor.member('block');
  block.only('number', 'hash', 'time');
  const consistency = anchor.member('consistency');
  return {
    chainId: anchor.member('chainId').count(),
    contract: anchor.member('contract').hex(20),
    logId: anchor.member('logId').hex(32),
    size: anchor.member('size').count(),
    root: anchor.member('root').hex(32),
    transaction: anchor.member('transaction').hex(32),
    block: {
      number: block.member('number').count(),
      hash: block.member('hash').hex(32),
      time: block.member('time').text(TIME, 'a time such as 2026-03-01T05:00:12Z'),
    },
    consistency: consistency.isMissing() ? [] : consistency.list(MOST_PROOF).map((hash) => hash.hash()),
  };
}

import { toBase64 } from '../bytes.js';
import { JsonTextError, parseStrictJson } from '../json/strict-json.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';
import { anchorJson, MOST_PROOF, readAnchors, type ReceiptAnchor } from './receipt-anchor.js';
import {
  EVENT_MEMBERS,
  eventJson,
  MOST_EVENT_HASHES,
  readEvent,
  readHashes,
  type ReceiptEvent,
} from './receipt-event.js';

export { blockTime, type ReceiptAnchor } from './receipt-anchor.js';
export { type ReceiptEvent, receiptEvent } from './receipt-event.js';

/** docs/formats/receipt.md. */
const RECEIPT_FORMAT = 'halisi-receipt/v1';
export const RECEIPT_MEDIA_TYPE = 'application/vnd.halisi.receipt+json';

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

/** The text of a receipt file. `parseReceipt` gives the receipt back. */
export function formatReceipt({ event, log, anchors }: Receipt): string {
  const text = JSON.stringify({
    format: RECEIPT_FORMAT,
    event: { ...eventJson(event), proof: event.hashes.map(toBase64) },
    log: { origin: log.origin, index: log.index, proof: log.proof.map(toBase64), checkpoint: log.checkpoint },
    anchors: anchors.map(anchorJson),
  });
  return `${text}\n`;
}

/** Reads a receipt file. Throws ReceiptError, RECEIPT_MALFORMED or RECEIPT_VERSION, for anything that is not one. */
export function parseReceipt(text: string): Receipt {
  if (text.length > MOST_CHARACTERS) {
    throw new ReceiptError('RECEIPT_MALFORMED', `A receipt has at most ${MOST_CHARACTERS} characters.`);
  }
  return readReceipt(readJson(text));
}

/** JSON of a file from outside. Throws ReceiptError (RECEIPT_MALFORMED). */
export function readJson(text: string): unknown {
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
    event: readEventMember(receipt.member('event')),
    log: readLog(receipt.member('log')),
    anchors: readAnchors(receipt.member('anchors')),
  };
}

function readEventMember(event: HostileValue): ReceiptEvent {
  event.only(...EVENT_MEMBERS, 'proof');
  return readEvent(event, readHashes(event.member('proof'), MOST_EVENT_HASHES));
}

function readLog(log: HostileValue): ReceiptLog {
  log.only('origin', 'index', 'proof', 'checkpoint');
  return {
    origin: log.member('origin').text(),
    index: log.member('index').count(),
    proof: readHashes(log.member('proof'), MOST_PROOF),
    checkpoint: log.member('checkpoint').text(),
  };
}

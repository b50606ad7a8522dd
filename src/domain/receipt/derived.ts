import { bytesToUtf8, toBase64, utf8ToBytes } from '../bytes.js';
import { type TlogProof, formatTlogProof } from '../tlog/tlog-proof.js';
import { eventEntry } from './check.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';
import {
  EVENT_MEMBERS,
  eventJson,
  MOST_EVENT_HASHES,
  readEvent,
  readHashes,
  type ReceiptEvent,
} from './receipt-event.js';
import { type Receipt, readJson } from './receipt.js';
import { verifyDisclosures } from './selective-disclosure.js';

/**
 * The receipt as a proof of c2sp.org/tlog-proof: its log part, and in `extra` the `event` member of docs/formats/
 * receipt.md, from which a reader rebuilds the log entry. Anchors have no place in that format and are left out.
 */
export function receiptToTlogProof({ event, log }: Receipt): string {
  const extra = utf8ToBytes(JSON.stringify({ ...eventJson(event), proof: event.hashes.map(toBase64) }));
  return formatTlogProof({ extra, index: log.index, hashes: log.proof, checkpoint: log.checkpoint });
}

/** The log entry that a proof made by `receiptToTlogProof` is about, and what it shows of the event. */
export interface ProvenEvent {
  readonly entry: Uint8Array;
  readonly event: ReceiptEvent;
}

/**
 * Reads the event in a proof's `extra`, and checks that what is shown leads to its commitment. `checkTlogProof` with
 * `entry` then says whether the log holds it: `extra` alone proves nothing. Throws ReceiptError.
 */
export function eventOfTlogProof({ extra }: TlogProof): ProvenEvent {
  if (extra === undefined)
    throw new ReceiptError('RECEIPT_MALFORMED', 'The proof has no extra data, an event was expected.');
  const member = new HostileValue(readJson(textOf(extra)), 'RECEIPT_MALFORMED');
  member.only(...EVENT_MEMBERS, 'proof');
  const event = readEvent(member, readHashes(member.member('proof'), MOST_EVENT_HASHES));
  verifyDisclosures(event.commitment, event);
  return { entry: eventEntry(event.commitment), event };
}

function textOf(extra: Uint8Array): string {
  try {
    return bytesToUtf8(extra);
  } catch {
    throw new ReceiptError('RECEIPT_MALFORMED', 'The extra data of the proof is not UTF-8.');
  }
}

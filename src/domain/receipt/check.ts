import { concatBytes } from '../bytes.js';
import type { Checkpoint } from '../tlog/checkpoint.js';
import { leafHash } from '../tlog/hashing.js';
import { verifyInclusion } from '../tlog/proof.js';
import { checkAnchors } from './check-anchor.js';
import { checkLog, readCheckpoint } from './check-log.js';
import type { Evidence, Receipt } from './receipt.js';
import { attempt, type Check, fails, type ReceiptReport, report } from './report.js';
import { verifyDisclosures } from './selective-disclosure.js';
import type { Trust } from './trust.js';

export { type Check, type CheckName, fails, holds, notAsked, type ReceiptReport, report } from './report.js';

/** The version byte of a log entry that holds an event's commitment (docs/formats/log-entry.md). */
const EVENT_ENTRY_VERSION = 0x01;

/** The log entry of a commitment: 33 bytes. */
export const eventEntry = (commitment: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(EVENT_ENTRY_VERSION), commitment);

/**
 * Checks everything that can be checked without a network. Never throws for a receipt that `readReceipt` gave.
 * Without `trust` it is not asked who signed the checkpoint, nor whose contract it is.
 */
export function checkReceipt(receipt: Receipt, trust?: Trust): ReceiptReport {
  return report([...checkEvent(receipt, readCheckpoint(receipt)), ...checkEvidence(receipt, trust)]);
}

/** What of a receipt is of one event alone. */
export function checkEvent({ event, log }: Omit<Receipt, 'anchors'>, checkpoint: Checkpoint | string): Check[] {
  return [
    attempt('disclosures', `${event.disclosures.length} of the event's fields lead to its commitment.`, () =>
      verifyDisclosures(event.commitment, event),
    ),
    checkInclusion({ event, log }, checkpoint),
  ];
}

/** What of a receipt is of the whole log: the same for every event under the same checkpoint and anchors. */
export function checkEvidence(evidence: Evidence, trust?: Trust): Check[] {
  const checkpoint = readCheckpoint(evidence);
  return [...checkLog(evidence, checkpoint, trust), ...checkAnchors(evidence, checkpoint, trust)];
}

function checkInclusion({ event, log }: Omit<Receipt, 'anchors'>, checkpoint: Checkpoint | string): Check {
  if (typeof checkpoint === 'string') return fails('log-inclusion', 'There is no checkpoint to prove it against.');
  const { size, root } = checkpoint;
  const claim = { index: log.index, size, proof: log.proof, root, leafHash: leafHash(eventEntry(event.commitment)) };
  return attempt('log-inclusion', `The commitment is entry ${log.index} of ${log.origin}.`, () =>
    verifyInclusion(claim),
  );
}

import { concatBytes, hexToBytes } from '../bytes.js';
import { DomainError } from '../errors.js';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../tlog/checkpoint.js';
import { leafHash } from '../tlog/hashing.js';
import { verifyConsistency, verifyInclusion } from '../tlog/proof.js';
import { parseNote } from '../tlog/signed-note.js';
import { type Receipt, type ReceiptAnchor } from './receipt.js';
import { verifyDisclosures } from './selective-disclosure.js';
import type { Trust, TrustedLog } from './trust.js';

/** The links from the fields that a receipt shows to the block of a chain. Stable; docs/formats/receipt.md. */
export type CheckName =
  | 'disclosures'
  | 'log-inclusion'
  | 'checkpoint'
  | 'log-key'
  | 'anchor'
  | 'anchor-contract'
  | 'chain-code'
  | 'chain-event'
  | 'chain-final';

/** One link: it holds, it does not, or (null) it was not asked for want of a trust file or of a chain. */
export interface Check {
  readonly name: CheckName;
  readonly ok: boolean | null;
  readonly detail: string;
  /** Which of the receipt's anchors this is about. */
  readonly anchor?: number;
}

export interface ReceiptReport {
  /** No link is broken. What was not asked is in `checks` with `ok: null`. */
  readonly holds: boolean;
  readonly checks: readonly Check[];
}

/** The version byte of a log entry that holds an event's commitment (docs/formats/log-entry.md). */
export const EVENT_ENTRY_VERSION = 0x01;

/** The log entry of a commitment: 33 bytes. */
export const eventEntry = (commitment: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(EVENT_ENTRY_VERSION), commitment);

/**
 * Checks everything that can be checked without a network. Never throws for a receipt that `readReceipt` gave.
 * Without `trust` it is not asked who signed the checkpoint, nor whose contract it is.
 */
export function checkReceipt(receipt: Receipt, trust?: Trust): ReceiptReport {
  const checkpoint = readCheckpoint(receipt);
  const log = trust?.logs.find(({ origin }) => origin === receipt.log.origin);
  return report([
    attempt('disclosures', `${receipt.event.disclosures.length} of the event's fields lead to its commitment.`, () =>
      verifyDisclosures(receipt.event.commitment, receipt.event),
    ),
    checkInclusion(receipt, checkpoint),
    typeof checkpoint === 'string'
      ? fails('checkpoint', checkpoint)
      : holds('checkpoint', `It names ${checkpoint.size} entries.`),
    checkKey(receipt, trust, log),
    ...checkAnchors(receipt, checkpoint, trust, log),
  ]);
}

/** Puts checks together. */
export const report = (checks: readonly Check[]): ReceiptReport => ({
  holds: checks.every(({ ok }) => ok !== false),
  checks,
});

export const holds = (name: CheckName, detail: string): Check => ({ name, ok: true, detail });
export const fails = (name: CheckName, detail: string): Check => ({ name, ok: false, detail });
export const notAsked = (name: CheckName, detail: string): Check => ({ name, ok: null, detail });

function attempt(name: CheckName, detail: string, work: () => void): Check {
  try {
    work();
    return holds(name, detail);
  } catch (error) {
    return fails(name, reason(error));
  }
}

/** The message of a refusal; a bug passes through. */
function reason(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  throw error;
}

/** The checkpoint as it stands, whoever signed it; or why it is none, or of another log. */
function readCheckpoint({ log }: Receipt): Checkpoint | string {
  try {
    const checkpoint = parseCheckpoint(parseNote(log.checkpoint).text);
    if (checkpoint.origin === log.origin) return checkpoint;
    return `It is of the log ${JSON.stringify(checkpoint.origin)}, the receipt says ${JSON.stringify(log.origin)}.`;
  } catch (error) {
    return reason(error);
  }
}

function checkInclusion({ event, log }: Receipt, checkpoint: Checkpoint | string): Check {
  if (typeof checkpoint === 'string') return fails('log-inclusion', 'There is no checkpoint to prove it against.');
  const { size, root } = checkpoint;
  const claim = { index: log.index, size, proof: log.proof, root, leafHash: leafHash(eventEntry(event.commitment)) };
  return attempt('log-inclusion', `The commitment is entry ${log.index} of ${log.origin}.`, () =>
    verifyInclusion(claim),
  );
}

function checkKey({ log }: Receipt, trust: Trust | undefined, trusted: TrustedLog | undefined): Check {
  if (trust === undefined)
    return notAsked('log-key', 'No trust file was given, so nobody knows whose signature it is.');
  if (trusted === undefined)
    return fails('log-key', `The trust file does not know the log ${JSON.stringify(log.origin)}.`);
  return attempt('log-key', `${log.origin} signed the checkpoint.`, () => {
    openCheckpoint(log.checkpoint, log.origin, trusted.verifiers);
  });
}

function checkAnchors(
  receipt: Receipt,
  checkpoint: Checkpoint | string,
  trust: Trust | undefined,
  log: TrustedLog | undefined,
): Check[] {
  if (receipt.anchors.length === 0) return [fails('anchor', 'The receipt names no chain.')];
  const known = receipt.anchors.some((anchor) => trustedAnchor(log, anchor) !== undefined);
  return receipt.anchors.flatMap((anchor, i) =>
    [checkAnchor(anchor, checkpoint), checkContract(anchor, trust, log, known)].map((check) => ({
      ...check,
      anchor: i,
    })),
  );
}

/** That what the chain is said to hold is the tree of the checkpoint, or a proven extension of it. */
function checkAnchor(anchor: ReceiptAnchor, checkpoint: Checkpoint | string): Check {
  if (typeof checkpoint === 'string') return fails('anchor', 'There is no checkpoint to compare it with.');
  const { size, root } = checkpoint;
  const claim = {
    oldSize: size,
    oldRoot: root,
    newSize: anchor.size,
    newRoot: rootBytes(anchor),
    proof: anchor.consistency,
  };
  return attempt('anchor', `The anchored tree of ${anchor.size} entries holds the checkpoint's ${size}.`, () =>
    verifyConsistency(claim),
  );
}

function checkContract(
  anchor: ReceiptAnchor,
  trust: Trust | undefined,
  log: TrustedLog | undefined,
  known: boolean,
): Check {
  const place = `Contract ${anchor.contract} on chain ${anchor.chainId}`;
  if (trust === undefined)
    return notAsked('anchor-contract', 'No trust file was given, so nobody knows whose contract it is.');
  if (trustedAnchor(log, anchor) !== undefined)
    return holds('anchor-contract', `${place} is where this log is anchored.`);
  const detail = `${place}, log ${anchor.logId}, is not in the trust file.`;
  return known ? notAsked('anchor-contract', detail) : fails('anchor-contract', detail);
}

/** The anchor of the trust file that is meant. */
export const trustedAnchor = (log: TrustedLog | undefined, { chainId, contract, logId }: ReceiptAnchor) =>
  log?.anchors.find((anchor) => anchor.chainId === chainId && anchor.contract === contract && anchor.logId === logId);

const rootBytes = ({ root }: ReceiptAnchor): Uint8Array => hexToBytes(root.slice(2));

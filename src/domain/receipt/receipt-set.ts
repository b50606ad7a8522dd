import { bytesToHex, toBase64 } from '../bytes.js';
import { checkEvent, checkEvidence } from './check.js';
import { readCheckpoint } from './check-log.js';
import { ReceiptError } from './errors.js';
import { HostileValue } from './hostile-value.js';
import { type Evidence, readJson, type Receipt, type ReceiptEvent } from './receipt.js';
import { anchorJson, MOST_PROOF, readAnchors } from './receipt-anchor.js';
import { EVENT_MEMBERS, eventJson, MOST_EVENT_HASHES, readEvent, readHashes } from './receipt-event.js';
import { type Check, type ReceiptReport, report } from './report.js';
import type { Trust } from './trust.js';

/** docs/formats/receipt-set.md. */
export const RECEIPT_SET_FORMAT = 'halisi-receipts/v1';
export const RECEIPT_SET_MEDIA_TYPE = 'application/vnd.halisi.receipts+json';

/** One event of a set; `proof` leads from its entry to the checkpoint. */
export interface SetMember {
  readonly event: ReceiptEvent;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

/** Receipts of one log under one checkpoint. To be believed only as far as `checkReceiptSet` says. */
export interface ReceiptSet extends Evidence {
  readonly members: readonly SetMember[];
}

/** What was found: the links that all share, once, and those of every member, in its order. */
export interface ReceiptSetReport {
  /** No link of any member is broken. */
  readonly holds: boolean;
  readonly shared: readonly Check[];
  readonly members: readonly ReceiptReport[];
}

const MOST_CHARACTERS = 64 * 1024 * 1024;
const MOST_MEMBERS = 100_000;
const MOST_HASHES = 1_000_000;
const MOST_SHOWN = 1_000_000;

/** Puts receipts together. Throws RECEIPT_SET_MIXED unless they name the same log, checkpoint and anchors. */
export function receiptSet(receipts: readonly Receipt[]): ReceiptSet {
  const [first, ...others] = receipts;
  if (first === undefined) throw new ReceiptError('RECEIPT_SET_MIXED', 'A set has at least one receipt.');
  const shared = evidenceText(first);
  const strange = others.findIndex((receipt) => evidenceText(receipt) !== shared);
  if (strange >= 0) {
    const why = `Receipt ${strange + 1} has not the checkpoint and the anchors of receipt 0.`;
    throw new ReceiptError('RECEIPT_SET_MIXED', why, { receipt: strange + 1 });
  }
  return {
    log: { origin: first.log.origin, checkpoint: first.log.checkpoint },
    anchors: first.anchors,
    members: receipts.map(({ event, log }) => ({ event, index: log.index, proof: log.proof })),
  };
}

const evidenceText = ({ log, anchors }: Evidence): string =>
  JSON.stringify([log.origin, log.checkpoint, anchors.map(anchorJson)]);

/** The receipt of member `i`. Throws RangeError where there is none. */
export function receiptFromSet({ log, anchors, members }: ReceiptSet, i: number): Receipt {
  const member = members[i];
  if (member === undefined) throw new RangeError(`The set has ${members.length} receipts, ${i} was asked for.`);
  return { event: member.event, log: { ...log, index: member.index, proof: member.proof }, anchors };
}

/** Checks a set: what `checkReceipt` finds for each of its receipts, with what they share checked once. */
export function checkReceiptSet(set: ReceiptSet, trust?: Trust): ReceiptSetReport {
  const checkpoint = readCheckpoint(set);
  const shared = checkEvidence(set, trust);
  const members = set.members.map((_, i) => report(checkEvent(receiptFromSet(set, i), checkpoint)));
  return { holds: report(shared).holds && members.every(({ holds }) => holds), shared, members };
}

/** The text of a set's file. `parseReceiptSet` gives the set back, or this throws what that would refuse. */
export function formatReceiptSet({ log, anchors, members }: ReceiptSet): string {
  const table = new HashTable();
  const events = members.map(({ event, index, proof }) => ({
    index,
    inclusion: proof.map((hash) => table.number(hash)),
    ...eventJson(event),
    proof: event.hashes.map((hash) => table.number(hash)),
  }));
  const text = JSON.stringify({
    format: RECEIPT_SET_FORMAT,
    log: { origin: log.origin, checkpoint: log.checkpoint },
    anchors: anchors.map(anchorJson),
    hashes: table.hashes.map(toBase64),
    events,
  });
  parseReceiptSet(text);
  return `${text}\n`;
}

/** Numbers hashes in the order in which they are first met. */
class HashTable {
  readonly hashes: Uint8Array[] = [];
  private readonly numbers = new Map<string, number>();

  number(hash: Uint8Array): number {
    const key = bytesToHex(hash);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.hashes.length);
    return this.hashes.push(hash) - 1;
  }
}

/** Reads a set's file. Throws ReceiptError, RECEIPT_MALFORMED or RECEIPT_VERSION, for anything that is not one. */
export function parseReceiptSet(text: string): ReceiptSet {
  if (text.length > MOST_CHARACTERS) {
    throw new ReceiptError('RECEIPT_MALFORMED', `A set of receipts has at most ${MOST_CHARACTERS} characters.`);
  }
  return readReceiptSet(readJson(text));
}

/** As `parseReceiptSet`, for JSON that is parsed already. */
export function readReceiptSet(json: unknown): ReceiptSet {
  const set = new HostileValue(json, 'RECEIPT_MALFORMED');
  const format = set.member('format').text();
  if (format !== RECEIPT_SET_FORMAT) {
    const came = JSON.stringify(format.slice(0, 60));
    throw new ReceiptError(
      'RECEIPT_VERSION',
      `Receipts of the format ${RECEIPT_SET_FORMAT} were expected, got ${came}.`,
    );
  }
  set.only('format', 'log', 'anchors', 'hashes', 'events');
  const log = set.member('log');
  log.only('origin', 'checkpoint');
  const table = new ReadTable(set.member('hashes'));
  const events = set.member('events').list(MOST_MEMBERS);
  if (events.length === 0) set.refuse('at least one event');
  let shown = 0;
  const members = events.map((event) => {
    const member = readMember(event, table);
    shown += member.event.disclosures.length;
    return shown > MOST_SHOWN ? set.refuse(`at most ${MOST_SHOWN} disclosures`) : member;
  });
  table.finish();
  return {
    log: { origin: log.member('origin').text(), checkpoint: log.member('checkpoint').text() },
    anchors: readAnchors(set.member('anchors')),
    members,
  };
}

function readMember(event: HostileValue, table: ReadTable): SetMember {
  event.only('index', 'inclusion', ...EVENT_MEMBERS, 'proof');
  const proof = table.list(event.member('inclusion'), MOST_PROOF);
  return {
    event: readEvent(event, table.list(event.member('proof'), MOST_EVENT_HASHES)),
    index: event.member('index').count(),
    proof,
  };
}

/** The table of hashes: each stands once, in the order of first use, and is used. So a set has one spelling. */
class ReadTable {
  private readonly hashes: readonly Uint8Array[];
  private met = 0;
  private references = 0;

  constructor(private readonly value: HostileValue) {
    this.hashes = readHashes(value, MOST_HASHES);
    if (new Set(value.raw() as string[]).size !== this.hashes.length) value.refuse('every hash once');
  }

  list(numbers: HostileValue, most: number): Uint8Array[] {
    return numbers.list(most).map((value) => {
      const number = value.count();
      if (number > this.met) return value.refuse(`a number up to ${this.met}, the next hash not used before`);
      if (++this.references > MOST_EVENT_HASHES) return value.refuse(`at most ${MOST_EVENT_HASHES} numbers of hashes`);
      if (number === this.met) this.met++;
      return this.hashes[number] ?? value.refuse(`the number of one of ${this.hashes.length} hashes`);
    });
  }

  finish(): void {
    if (this.met !== this.hashes.length) this.value.refuse(`${this.met} hashes, since no more are used`);
  }
}

import type DataLoader from 'dataloader';
import { DomainError } from '../../domain/errors.js';
import {
  formatReceipt,
  type Receipt,
  type ReceiptAnchor,
  type ReceiptEvent,
  type ReceiptLog,
} from '../../domain/receipt/receipt.js';
import { proveDisclosures } from '../../domain/receipt/selective-disclosure.js';
import { checkCheckpoint, parsePolicy, TlogError } from '../../domain/tlog/index.js';
import type { Database } from '../../platform/database/database.js';
import { gathered } from '../../platform/database/gathered.js';
import { inOrder } from '../../platform/graphql/loader.js';
import type { LogReader } from '../log/log-reader.js';
import { placeOf } from '../log/position.js';
import { type Evidence, EvidenceFinder } from './evidence.js';
import { eventsAt, type StoredEvent } from './receipts.store.js';

/** Says yes to the disclosures that a receipt shows, by name and value (docs/formats/commitment.md). */
export type Select = (name: string, value: unknown) => boolean;

/** A receipt, and how much stands behind it. */
export interface IssuedReceipt {
  /** `anchored`: final on a public chain. `checkpointed`: signed by the log, no chain has it for good yet. */
  readonly evidence: 'anchored' | 'checkpointed';
  readonly receipt: Receipt;
  /** The receipt file. */
  readonly text: string;
}

/**
 * What of a chain goes into a receipt: the transaction that anchored the log, or also the proof that the block's state
 * holds it, where there is one (some kilobytes, and then no node need be believed).
 */
export type ChainDetail = 'transaction' | 'state';

/** Why there is no receipt. */
export class NoReceiptError extends DomainError<'NOT_FOUND' | 'RECEIPT_PENDING'> {
  override readonly name = 'NoReceiptError';
}

const PUBLIC_FIELDS = new Set(['type', 'action', 'eventTime', 'eventTimeZoneOffset', 'bizStep', 'disposition']);
const LOT_AND_EXPIRY = /^ilmd\/(?:[^/]*:)?(?:lotNumber|itemExpirationDate)$/;
const NAMES_AN_EPC = /^(?:parentID|(?:epcList|childEPCs|inputEPCList|outputEPCList)\/\d+)$/;

/** Discloses one EPC of an event, its lot and expiry, and what happened when: nothing of other packs or of trade. */
export const aboutEpc =
  (epc: string): Select =>
  (name, value) =>
    PUBLIC_FIELDS.has(name) || LOT_AND_EXPIRY.test(name) || (NAMES_AN_EPC.test(name) && value === epc);

/** Whose receipt of an event: what of it to show, and whether there is one at all. */
interface Wanted {
  readonly position: number;
  readonly select: Select;
  /** Asked once all fields were seen; false makes it NOT_FOUND. */
  readonly accept?: () => boolean;
}

/** Makes receipts. Whoever calls it has decided that the reader may see the fields. */
export class ReceiptsService {
  private readonly evidence: EvidenceFinder;
  /** Events that are asked for at the same moment, whoever asks, are read in one statement. */
  private readonly events: DataLoader<number, StoredEvent | null>;

  constructor(
    database: Database,
    private readonly reader: LogReader,
    /** The witness policy that is published for readers: what they would refuse is not given out. */
    policy?: string,
  ) {
    this.evidence = new EvidenceFinder(
      database,
      reader,
      undefined,
      policy === undefined ? undefined : quorumOf(policy),
    );
    this.events = gathered(async (positions) =>
      inOrder(positions, await eventsAt(database, positions), ({ position }) => position),
    );
  }

  /** The receipt of one EPC's part in an event; NOT_FOUND where the event does not name it. */
  async forEpc(position: number, epc: string, detail: ChainDetail = 'transaction'): Promise<IssuedReceipt> {
    const select = aboutEpc(epc);
    let named = false;
    return this.forEvent(
      position,
      (name, value) => {
        named ||= NAMES_AN_EPC.test(name) && value === epc;
        return select(name, value);
      },
      () => named,
      detail,
    );
  }

  /**
   * A receipt that shows what `select` says yes to. Throws NoReceiptError: NOT_FOUND where there is no such event (or
   * `accept`, asked once all fields were seen, says no), RECEIPT_PENDING while no signed checkpoint holds it.
   */
  async forEvent(
    position: number,
    select: Select,
    accept?: () => boolean,
    detail: ChainDetail = 'transaction',
  ): Promise<IssuedReceipt> {
    const event = this.eventPart({ position, select, ...(accept && { accept }) });
    const [part, behind] = await Promise.all([event, this.behind(position)]);
    if (behind === null) throw pending();
    const { evidence, logPart } = behind;
    const receipt: Receipt = { event: part, log: logPart, anchors: anchorsIn(evidence, detail) };
    return { evidence: stageOf(evidence), receipt, text: formatReceipt(receipt) };
  }

  /**
   * Receipts of several events of one log under one checkpoint and the same anchors, in the order of `wanted`: what a
   * receipt set shares. Throws like `forEvent`.
   */
  async forEvents(
    wanted: readonly Wanted[],
    detail: ChainDetail = 'transaction',
  ): Promise<{ readonly evidence: IssuedReceipt['evidence']; readonly receipts: readonly Receipt[] }> {
    const newest = placeOf(Math.max(...wanted.map(({ position }) => position)));
    const evidence = await this.evidence.of(newest.log, newest.index);
    if (evidence === null) throw pending();
    const anchors = anchorsIn(evidence, detail);
    const receipts = await Promise.all(
      wanted.map(async (each): Promise<Receipt> => {
        const [event, log] = await Promise.all([this.eventPart(each), this.logPart(each.position, evidence)]);
        return { event, log, anchors };
      }),
    );
    return { evidence: stageOf(evidence), receipts };
  }

  private async eventPart({ position, select, accept = () => true }: Wanted): Promise<ReceiptEvent> {
    const event = await this.events.load(position);
    if (event === null) throw notFound(position);
    const proof = proveDisclosures(JSON.parse(event.body) as object, event.secret, select);
    if (!accept()) throw notFound(position);
    return proof;
  }

  /** What stands behind an event, which is found without waiting for the event itself. */
  private async behind(position: number): Promise<{ evidence: Evidence; logPart: ReceiptLog } | null> {
    const { log, index } = placeOf(position);
    const evidence = await this.evidence.of(log, index);
    return evidence && { evidence, logPart: await this.logPart(position, evidence) };
  }

  private async logPart(position: number, { origin, size, note }: Evidence): Promise<ReceiptLog> {
    const { log, index } = placeOf(position);
    return { origin, index, proof: await this.reader.inclusion(log, index, size), checkpoint: note };
  }
}

const anchorsIn = ({ anchors }: Evidence, detail: ChainDetail): readonly ReceiptAnchor[] =>
  detail === 'state' ? anchors : anchors.map(withoutState);

function withoutState(anchor: ReceiptAnchor): ReceiptAnchor {
  const { state, ...rest } = anchor;
  return state === undefined ? anchor : rest;
}

function quorumOf(text: string): (note: string) => boolean {
  const policy = parsePolicy(text);
  return (note) => {
    try {
      return checkCheckpoint(policy, note).quorumMet;
    } catch (error) {
      if (error instanceof TlogError) return false;
      throw error;
    }
  };
}

const stageOf = ({ anchors }: Evidence): IssuedReceipt['evidence'] =>
  anchors.length > 0 ? 'anchored' : 'checkpointed';

const pending = (): NoReceiptError =>
  new NoReceiptError(
    'RECEIPT_PENDING',
    'No public checkpoint holds the event yet: it takes about a second, or until the witnesses have cosigned.',
  );

const notFound = (position: number): NoReceiptError =>
  new NoReceiptError('NOT_FOUND', `There is no such event at position ${position}.`);

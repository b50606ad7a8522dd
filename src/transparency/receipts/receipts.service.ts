import { DomainError } from '../../domain/errors.js';
import {
  blockTime,
  formatReceipt,
  receiptEvent,
  type Receipt,
  type ReceiptAnchor,
} from '../../domain/receipt/receipt.js';
import { proveDisclosures } from '../../domain/receipt/selective-disclosure.js';
import type { Database } from '../../platform/database/database.js';
import { checkpointCovering } from '../checkpoint/checkpoint.store.js';
import type { LogReader } from '../log/log-reader.js';
import { logState } from '../log/log.store.js';
import { placeOf } from '../log/position.js';
import { eventAt, finalAnchors, type FinalAnchor } from './receipts.store.js';

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

/** Makes receipts. Whoever calls it has decided that the reader may see the fields. */
export class ReceiptsService {
  constructor(
    private readonly database: Database,
    private readonly reader: LogReader,
  ) {}

  /** The receipt of one EPC's part in an event; NOT_FOUND where the event does not name it. */
  async forEpc(position: number, epc: string): Promise<IssuedReceipt> {
    const select = aboutEpc(epc);
    let named = false;
    return this.forEvent(
      position,
      (name, value) => {
        named ||= NAMES_AN_EPC.test(name) && value === epc;
        return select(name, value);
      },
      () => named,
    );
  }

  /**
   * A receipt that shows what `select` says yes to. Throws NoReceiptError: NOT_FOUND where there is no such event (or
   * `accept`, asked once all fields were seen, says no), RECEIPT_PENDING while no signed checkpoint holds it.
   */
  async forEvent(position: number, select: Select, accept: () => boolean = () => true): Promise<IssuedReceipt> {
    const { log, index } = placeOf(position);
    const [event, anchors] = await Promise.all([
      eventAt(this.database, position),
      finalAnchors(this.database, log, index),
    ]);
    if (event === null) throw notFound(position);
    const proof = proveDisclosures(JSON.parse(event.body) as object, event.secret, select);
    if (!accept()) throw notFound(position);
    const { origin, size, note } = anchors[0] ?? (await this.checkpointed(log, index));
    const receipt: Receipt = {
      event: receiptEvent(proof),
      log: { origin, index, proof: await this.reader.inclusion(log, index, size), checkpoint: note },
      anchors: await Promise.all(anchors.map((anchor) => this.anchorPart(log, size, anchor))),
    };
    return { evidence: anchors.length > 0 ? 'anchored' : 'checkpointed', receipt, text: formatReceipt(receipt) };
  }

  private async checkpointed(log: number, index: number): Promise<{ origin: string; size: number; note: string }> {
    const [state, checkpoint] = await Promise.all([
      logState(this.database, log),
      checkpointCovering(this.database, log, index),
    ]);
    if (state === null || checkpoint === null) {
      throw new NoReceiptError(
        'RECEIPT_PENDING',
        'No signed checkpoint holds the event yet; it takes about a second.',
        {
          httpStatus: 409,
        },
      );
    }
    return { origin: state.origin, size: checkpoint.size, note: checkpoint.note };
  }

  private async anchorPart(log: number, size: number, anchor: FinalAnchor): Promise<ReceiptAnchor> {
    return {
      chainId: anchor.chainId,
      contract: anchor.contract,
      logId: anchor.logId,
      size: anchor.size,
      root: `0x${anchor.root.toString('hex')}`,
      transaction: anchor.txHash,
      block: {
        number: anchor.blockNumber,
        hash: anchor.blockHash,
        time: blockTime(anchor.blockTime.getTime() / 1000),
      },
      consistency: anchor.size === size ? [] : await this.reader.consistency(log, size, anchor.size),
    };
  }
}

const notFound = (position: number): NoReceiptError =>
  new NoReceiptError('NOT_FOUND', `There is no such event at position ${position}.`);

import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import { eventView, trailView } from '../../access/policy.js';
import { EventErasedError } from '../../capture/erased-event.js';
import { parseGtin } from '../../domain/gs1/gtin.js';
import { parseLot } from '../../domain/gs1/lot-serial.js';
import type { Receipt } from '../../domain/receipt/receipt.js';
import { formatReceiptSet, receiptSet } from '../../domain/receipt/receipt-set.js';
import { PartnersDirectory } from '../../partners/partners-directory.js';
import {
  type ChainDetail,
  type IssuedReceipt,
  NoReceiptError,
  ReceiptsService,
} from '../../transparency/receipts/receipts.service.js';
import { type Asker, factsOf, subjectOf } from '../events/events.service.js';
import { ShipmentsService } from '../shipments/shipments.service.js';
import { type EventRow, ReceiptEventsStore } from './receipt-events.store.js';
import { ReceiptRefusedError, refuseMore } from './receipt-refusals.js';
import { chosen, disclosable, present, type Wish } from './receipt-view.js';
import { ReceiptVisibility } from './receipt-visibility.js';

/** Who asks, why, and through which door. */
export interface Request extends Asker {
  readonly operation: string;
}

/** Receipts under one checkpoint. */
export interface IssuedSet {
  readonly evidence: IssuedReceipt['evidence'];
  readonly receipts: readonly Receipt[];
  /** The file, `halisi-receipts/v1`. */
  readonly text: string;
  /** Where more events of the lot follow: ask again with it as `after`. */
  readonly next: number | null;
}

/** Which events of a lot, and what of them. */
export interface LotWish {
  readonly gtin: string;
  readonly lot: string;
  /** Every pack's identity too; else only what is said of the lot. */
  readonly packs: boolean;
  /** What came later to the whole lot too, as recalls; else its commissioning alone. */
  readonly later: boolean;
  readonly detail: ChainDetail;
  readonly after?: number | null | undefined;
  readonly first?: number | null | undefined;
}

export const MOST_EVENTS = 500;
/** Packs whose history is read to find out whether the reader held them. */
const MOST_HELD = 20;

interface Seen {
  readonly position: number;
  readonly names: ReadonlySet<string>;
}

/** Receipts of events, shipments and lots. What a reader may not see of an event is never in them; the read is recorded. */
@Injectable()
export class ReceiptDesk {
  constructor(
    private readonly store: ReceiptEventsStore,
    private readonly receipts: ReceiptsService,
    private readonly visibility: ReceiptVisibility,
    private readonly shipments: ShipmentsService,
    private readonly directory: PartnersDirectory,
    private readonly trail: AccessTrail,
  ) {}

  /** One pack's part in an event, for whoever sees the event or held the pack. */
  async pack(
    request: Request,
    position: number,
    epc: string,
    detail: ChainDetail = 'transaction',
  ): Promise<IssuedReceipt> {
    const receipt = this.receipts.forEpc(position, epc, detail);
    // Whether the reader may have it is said first, whatever became of the receipt meanwhile.
    receipt.catch(() => undefined);
    await this.visibility.require({ ...request, position, epc });
    return receipt;
  }

  /** Any part of one event. Whoever only held a pack of it names that, and gets what its trail shows. */
  async event(request: Request, position: number, wish: Wish, detail: ChainDetail): Promise<IssuedReceipt> {
    const [row] = await this.store.at([position], request.actor.organisationId);
    const view = row && (this.viewOf(request, row) ?? (await this.viewOfHolder(request, row, wish.epcs ?? [])));
    if (!row || !view) throw notFound(`There is no such event at position ${position}.`);
    if (row.body === null)
      throw new EventErasedError('EVENT_ERASED', 'The event was erased: there is nothing to show.');
    const names = chosen(disclosable(view.event, view.shown), wish);
    refuseMore(names.size, 1);
    await this.record(request, [row], subjectOf(row));
    return this.receipts.forEvent(position, (name) => names.has(name), undefined, detail);
  }

  /** A shipment: its shipping event, and those that received it. For its sender, its consignee and the regulator. */
  async shipment(request: Request, eventID: string, wish: Wish, detail: ChainDetail): Promise<IssuedSet> {
    const shipment = await this.shipments.shipment(request, eventID);
    if (shipment === null) throw notFound('There is no such shipment.');
    const { epcs } = await this.shipments.event(request.actor, shipment);
    const received = await this.store.receiving(epcs, shipment, MOST_EVENTS);
    const first = shipment.receivedIn === null ? [] : [shipment.receivedIn];
    const rows = await this.store.at(
      [shipment.position, ...new Set([...first, ...received])],
      request.actor.organisationId,
    );
    return this.set(request, rows, wish, { subject: `event ${shipment.position}`, next: null, detail });
  }

  /** A lot, for whoever owns its GTIN and for the regulator. */
  async lot(request: Request, wish: LotWish): Promise<IssuedSet> {
    const [gtin, number] = [parseGtin(wish.gtin), parseLot(wish.lot)];
    const [lot, owner] = await Promise.all([this.store.lot(gtin, number), this.directory.findOwnerOfGtin(gtin)]);
    const { actor } = request;
    const may = actor.organisationRole === 'regulator' || owner?.id === actor.organisationId;
    if (!lot || !may) throw notFound(`There is no lot ${number} of ${gtin}.`);
    const { positions, more } = await this.store.ofLot(lot, wish.later, wish.after ?? -1, firstOf(wish));
    const next = more ? positions.at(-1)! : null;
    const rows = await this.store.at(positions, actor.organisationId);
    const subject = `lot ${number} of ${gtin}`;
    return this.set(request, rows, wish.packs ? {} : { epcs: [] }, { subject, next, detail: wish.detail });
  }

  /** Events that the reader may not see, and erased ones, are left out. */
  private async set(
    request: Request,
    rows: readonly EventRow[],
    wish: Wish,
    { subject, next, detail }: { subject: string; next: number | null; detail: ChainDetail },
  ): Promise<IssuedSet> {
    const seen: Seen[] = [];
    let shown = 0;
    for (const row of rows) {
      const view = row.body === null ? undefined : this.viewOf(request, row);
      if (view === undefined) continue;
      const allowed = disclosable(view.event, view.shown);
      const names = chosen(allowed, present(allowed, wish));
      if (names.size === 0) continue;
      shown += names.size;
      refuseMore(shown, rows.length);
      seen.push({ position: row.position, names });
    }
    if (seen.length === 0) throw notFound('There is nothing of it that you may see.');
    await this.record(request, rows, subject);
    const wanted = seen.map(({ position, names }) => ({ position, select: (name: string) => names.has(name) }));
    const { evidence, receipts } = await this.receipts.forEvents(wanted, detail);
    return { evidence, receipts, text: formatReceiptSet(receiptSet(receipts)), next };
  }

  /** What the policy lets the reader see of an event by itself; undefined where it is hidden. */
  private viewOf({ actor }: Asker, row: EventRow) {
    const view = eventView(actor, factsOf(actor, row));
    if (view === 'hidden') return undefined;
    const event = JSON.parse(row.body ?? '{}') as Record<string, unknown>;
    return { event, shown: view === 'full' ? event : trailView(event) };
  }

  /** What whoever holds or held packs of an event sees of it: their part, without what is commercial. */
  private async viewOfHolder(request: Request, row: EventRow, epcs: readonly string[]) {
    if (epcs.length === 0 || epcs.length > MOST_HELD) return undefined;
    for (const epc of epcs) if (!(await this.visibility.inTrail(request, epc, row.position))) return undefined;
    const event = JSON.parse(row.body ?? '{}') as Record<string, unknown>;
    return { event, shown: trailView(event, (epc) => epcs.includes(epc)) };
  }

  private record(request: Request, rows: readonly EventRow[], subject: string): Promise<void> {
    return this.trail.record({ ...request, ownerIds: rows.map(({ capturedBy }) => capturedBy), subject });
  }
}

/** Throws RECEIPT_REQUEST_INVALID. */
function firstOf({ first }: LotWish): number {
  const count = first ?? MOST_EVENTS;
  if (count >= 1 && count <= MOST_EVENTS) return count;
  throw new ReceiptRefusedError('RECEIPT_REQUEST_INVALID', `first is 1 to ${MOST_EVENTS}; this is ${count}.`, {
    parameter: 'first',
  });
}

const notFound = (message: string): NoReceiptError => new NoReceiptError('NOT_FOUND', message);

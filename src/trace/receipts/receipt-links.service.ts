import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import { EventErasedError } from '../../capture/erased-event.js';
import { type IssuedReceipt, NoReceiptError, ReceiptsService } from '../../transparency/receipts/receipts.service.js';
import { Config } from '../../platform/config/config.js';
import { type EventRow, ReceiptEventsStore } from './receipt-events.store.js';
import type { Request } from './receipt-desk.service.js';
import { epcAt, linkToken, openLink, placeIn } from './receipt-link.js';
import { ReceiptLinksStore } from './receipt-links.store.js';
import { ReceiptVisibility } from './receipt-visibility.js';

const KEPT_MS = 60_000;
/** Nobody's own: whether the reader is a party is not asked. */
const NOBODY = 0;

/** Addresses of receipts for those who cannot sign in: whoever has one has the receipt, and nothing else. */
@Injectable()
export class ReceiptLinks {
  private kept: Promise<readonly Uint8Array[]> | undefined;
  private since = 0;
  private readonly stem: string | undefined;

  constructor(
    private readonly store: ReceiptLinksStore,
    private readonly events: ReceiptEventsStore,
    private readonly visibility: ReceiptVisibility,
    private readonly receipts: ReceiptsService,
    private readonly trail: AccessTrail,
    config: Config,
  ) {
    this.stem = config.http.publicUrl;
  }

  /**
   * The address of a pack's part in an event, for whoever may have that receipt; `reachedAt` is where the server was asked.
   * The making is recorded.
   */
  async make(request: Request, position: number, epc: string, reachedAt: string): Promise<string> {
    await this.visibility.require({ ...request, position, epc });
    const row = await this.event(position);
    const place = placeIn(documentOf(row), epc);
    if (place === undefined) throw notFound();
    await this.trail.record({ ...request, handedOut: true, ownerIds: [row.capturedBy], subject: epc });
    const [key] = await this.keys();
    return `${this.stem ?? reachedAt}/r/${linkToken(key!, { position, ...place })}`;
  }

  /** The receipt that a link leads to. NOT_FOUND for a token that nobody made. The opening is recorded, as the public's. */
  async open(token: string, operation: string): Promise<IssuedReceipt & { readonly position: number }> {
    const target = openLink(await this.keys(), token);
    if (target === undefined) throw notFound();
    const row = await this.event(target.position);
    const epc = epcAt(documentOf(row), target);
    if (epc === undefined) throw notFound();
    const about = { ownerIds: [row.capturedBy], purpose: 'status', operation, subject: epc } as const;
    const [issued] = await Promise.all([
      this.receipts.forEpc(target.position, epc),
      this.trail.record({ actor: 'public', ...about }),
    ]);
    return { ...issued, position: target.position };
  }

  private async event(position: number): Promise<EventRow> {
    const [row] = await this.events.at([position], NOBODY);
    if (row === undefined) throw notFound();
    return row;
  }

  private keys(): Promise<readonly Uint8Array[]> {
    if (this.kept === undefined || Date.now() - this.since > KEPT_MS) {
      this.since = Date.now();
      this.kept = this.store.keys();
      this.kept.catch(() => (this.kept = undefined));
    }
    return this.kept;
  }
}

function documentOf({ body }: EventRow): Record<string, unknown> {
  if (body === null) throw new EventErasedError('EVENT_ERASED', 'The event was erased: there is nothing to show.');
  return JSON.parse(body) as Record<string, unknown>;
}

const notFound = (): NoReceiptError => new NoReceiptError('NOT_FOUND', 'There is no such receipt.');

import { Injectable } from '@nestjs/common';
import type { Actor } from '../../access/actor.js';
import { AccessTrail } from '../../access/access-trail.js';
import { type EventFacts, canSeeEvent } from '../../access/policy.js';
import type { Purpose } from '../../access/purpose.js';
import { ERASED_COLUMN, EventErasedError, type ErasedEvent } from '../../capture/erased-event.js';
import { parseEpc } from '../../domain/gs1/epc.js';
import { Database, type Row } from '../../platform/database/database.js';
import { NoReceiptError } from '../../transparency/receipts/receipts.service.js';
import type { Asker } from '../events/events.service.js';
import { PacksService } from '../packs/packs.service.js';

/** Why somebody asks for a receipt, and through which door. */
export interface ReceiptRequest {
  readonly actor: Actor;
  readonly position: number;
  readonly epc: string;
  readonly purpose: Purpose;
  readonly operation: string;
}

interface ReceiptFacts extends EventFacts, Row {
  readonly capturedBy: number;
  readonly parties: number[];
  readonly erased: ErasedEvent | null;
}

/** Who may have a receipt: whoever sees the event, and whoever holds or held the pack or container that it is about. */
@Injectable()
export class ReceiptVisibility {
  constructor(
    private readonly database: Database,
    private readonly packs: PacksService,
    private readonly trail: AccessTrail,
  ) {}

  /**
   * Throws NOT_FOUND, as for an event that does not exist, where the actor may not see it, and EVENT_ERASED, with the reason,
   * where it might. The read is recorded.
   */
  async require({ actor, position, epc, purpose, operation }: ReceiptRequest): Promise<void> {
    const facts = await this.facts(position, actor.organisationId);
    const visible =
      facts !== null && (canSeeEvent(actor, facts) || (await this.inTrail({ actor, purpose }, epc, position)));
    if (!visible) throw new NoReceiptError('NOT_FOUND', `There is no such event at position ${position}.`);
    if (facts.erased) throw erased(position, facts.erased);
    await this.trail.record({ actor, ownerIds: [facts.capturedBy], purpose, operation, subject: epc });
  }

  /** True where the event is in the history of a pack or container that the asker holds or held. */
  async inTrail(asker: Asker, epc: string, position: number): Promise<boolean> {
    const { kind } = parseEpc(epc);
    const thing =
      kind === 'sgtin'
        ? await this.packs.pack(asker, epc)
        : kind === 'sscc'
          ? await this.packs.container(asker, epc.split('/').at(-1)!)
          : null;
    if (thing === null) return false;
    const { entries } = await thing.traced.history();
    return entries.some((entry) => entry.position === position);
  }

  /** Of the parties only the reader's own organisation is asked for: that is one look into the index. */
  private async facts(position: number, reader: number): Promise<ReceiptFacts | null> {
    const text = `select captured_by as "capturedBy",
        array(select organisation_id from event_party p where p.organisation_id = $2 and p.position = e.position) as parties,
        ${ERASED_COLUMN}
      from event e where position = $1`;
    const [row] = await this.database.query<ReceiptFacts>('receipt-facts', text, [position, reader]);
    return row ?? null;
  }
}

const erased = (position: number, { reason, at }: ErasedEvent): EventErasedError =>
  new EventErasedError(
    'EVENT_ERASED',
    `The event at position ${position} was erased: there is no receipt of it any more.`,
    {
      reason,
      at: new Date(at).toISOString(),
    },
  );

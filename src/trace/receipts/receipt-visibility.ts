import { Injectable } from '@nestjs/common';
import type DataLoader from 'dataloader';
import type { Actor } from '../../access/actor.js';
import { AccessTrail } from '../../access/access-trail.js';
import { type EventFacts, canSeeEvent } from '../../access/policy.js';
import type { Purpose } from '../../access/purpose.js';
import { ERASED_COLUMN, EventErasedError, type ErasedEvent } from '../../capture/erased-event.js';
import { parseEpc } from '../../domain/gs1/epc.js';
import { Database, type Row } from '../../platform/database/database.js';
import { gathered } from '../../platform/database/gathered.js';
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

interface FactsKey {
  readonly position: number;
  readonly reader: number;
}

interface ReceiptFacts extends EventFacts, Row {
  readonly position: number;
  readonly reader: number;
  readonly capturedBy: number;
  readonly parties: number[];
  readonly erased: ErasedEvent | null;
}

/** Who may have a receipt: whoever sees the event, and whoever holds or held the pack or container that it is about. */
@Injectable()
export class ReceiptVisibility {
  private readonly facts: DataLoader<FactsKey, ReceiptFacts | null>;

  constructor(
    database: Database,
    private readonly packs: PacksService,
    private readonly trail: AccessTrail,
  ) {
    this.facts = gathered((keys) => factsOf(database, keys));
  }

  /**
   * Throws NOT_FOUND, as for an event that does not exist, where the actor may not see it, and EVENT_ERASED, with the reason,
   * where it might. The read is recorded.
   */
  async require({ actor, position, epc, purpose, operation }: ReceiptRequest): Promise<void> {
    const facts = await this.facts.load({ position, reader: actor.organisationId });
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
}

/** Of the parties only the reader's own organisation is asked for: that is one look into the index. */
async function factsOf(database: Database, keys: readonly FactsKey[]): Promise<(ReceiptFacts | null)[]> {
  const text = `select k.position, k.reader, e.*
    from unnest($1::bigint[], $2::int[]) as k (position, reader)
    cross join lateral (select captured_by as "capturedBy", ${ERASED_COLUMN},
      array(select organisation_id from event_party p where p.organisation_id = k.reader and p.position = e.position) as parties
      from event e where e.position = k.position offset 0) e`;
  const values = [keys.map(({ position }) => position), keys.map(({ reader }) => reader)];
  const rows = await database.query<ReceiptFacts>('receipt-facts', text, values);
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(keyOf(key)) ?? null);
}

const keyOf = ({ position, reader }: FactsKey): string => `${position}/${reader}`;

const erased = (position: number, { reason, at }: ErasedEvent): EventErasedError =>
  new EventErasedError(
    'EVENT_ERASED',
    `The event at position ${position} was erased: there is no receipt of it any more.`,
    {
      reason,
      at: new Date(at).toISOString(),
    },
  );

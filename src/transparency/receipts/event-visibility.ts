import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../access/actor.js';
import { AccessTrail } from '../../access/access-trail.js';
import { type EventFacts, canSeeEvent } from '../../access/policy.js';
import type { Purpose } from '../../access/purpose.js';
import { Database } from '../../platform/database/database.js';
import { NoReceiptError } from './receipts.service.js';

/** Why somebody asks for a receipt, and through which door. */
export interface ReceiptRequest {
  readonly actor: Actor;
  readonly position: number;
  readonly epc: string;
  readonly purpose: Purpose;
  readonly operation: string;
}

/** Whether somebody may have the receipt of an event; a read of others' data is recorded. */
@Injectable()
export class EventVisibility {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AccessTrail) private readonly trail: AccessTrail,
  ) {}

  /** Throws NOT_FOUND, as for an event that does not exist, where the actor may not see it. */
  async require({ actor, position, epc, purpose, operation }: ReceiptRequest): Promise<void> {
    const facts = await this.facts(position);
    if (facts === null || !canSeeEvent(actor, facts)) {
      throw new NoReceiptError('NOT_FOUND', `There is no such event at position ${position}.`);
    }
    await this.trail.record({ actor, ownerIds: [facts.capturedBy], purpose, operation, subject: epc });
  }

  private async facts(position: number): Promise<(EventFacts & { capturedBy: number }) | null> {
    const text = `select captured_by as "capturedBy",
        array(select organisation_id from event_party p where p.position = e.position) as parties
      from event e where position = $1`;
    const [row] = await this.database.query<{ capturedBy: number; parties: number[] }>('receipt-facts', text, [
      position,
    ]);
    return row ?? null;
  }
}

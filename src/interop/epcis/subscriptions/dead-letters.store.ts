import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';

/** A delivery that was given up. */
export interface DeadLetter extends Row {
  readonly number: number;
  readonly id: string;
  readonly events: number;
  readonly createdAt: Date;
  readonly deadAt: Date;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastProblem: string | null;
}

const SQL = {
  page: `select number, id, cardinality(positions) as events, created_at as "createdAt", dead_at as "deadAt", attempts,
      last_status as "lastStatus", last_problem as "lastProblem"
    from delivery where subscription_id = $1 and state = 'dead' and number > $2 order by number limit $3`,
  replay: `with risen as (update delivery set state = 'pending', dead_at = null, attempts = 0, trying_since = null,
      next_attempt_at = now() where subscription_id = $1 and id = $2 and state = 'dead' returning subscription_id)
    update subscription s set due_at = now() from risen where s.id = risen.subscription_id`,
  remove: `delete from delivery where subscription_id = $1 and id = $2 and state = 'dead'`,
};

@Injectable()
export class DeadLettersStore {
  constructor(private readonly database: Database) {}

  page(subscription: string, after: number, limit: number): Promise<DeadLetter[]> {
    return this.database.query<DeadLetter>('epcis-dead-letters', SQL.page, [subscription, after, limit]);
  }

  /** False where there is none. */
  async replay(subscription: string, id: string): Promise<boolean> {
    return (await this.database.execute('epcis-dead-letter-replay', SQL.replay, [subscription, id])) === 1;
  }

  /** False where there is none. */
  async remove(subscription: string, id: string): Promise<boolean> {
    return (await this.database.execute('epcis-dead-letter-remove', SQL.remove, [subscription, id])) === 1;
  }
}

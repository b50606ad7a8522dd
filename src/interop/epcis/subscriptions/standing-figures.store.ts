import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';
import { SUBSCRIBER_COUNTS } from './subscriptions.store.js';

export interface StandingFigures extends Row {
  readonly active: number;
  readonly failing: number;
  readonly stopped: number;
  readonly ended: number;
  readonly lagSeconds: number;
  readonly deadLetters: number;
}

const FIGURES = `
  with each as (select s.state = 'ended' as ended, not ${SUBSCRIBER_COUNTS} as stopped, exists (
      select from delivery d where d.subscription_id = s.id and d.state = 'pending' and d.attempts > 0) as failing
    from subscription s)
  select count(*) filter (where not ended and not stopped and not failing)::int as active,
    count(*) filter (where not ended and not stopped and failing)::int as failing,
    count(*) filter (where not ended and stopped)::int as stopped, count(*) filter (where ended)::int as ended,
    (select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from delivery where state = 'pending') as "lagSeconds",
    (select count(*)::int from delivery where state = 'dead') as "deadLetters"
  from each`;

/** How all subscriptions stand together. */
@Injectable()
export class StandingFiguresStore {
  constructor(private readonly database: Database) {}

  async read(): Promise<StandingFigures> {
    const [row] = await this.database.query<StandingFigures>('epcis-standing-figures', FIGURES);
    return row!;
  }
}

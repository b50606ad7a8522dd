import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';
import { startOfLogs } from './log-reading.store.js';

/** A subscription as its owner sees it: without its secret. */
export interface StoredSubscription extends Row {
  readonly id: string;
  readonly queryName: string;
  readonly dest: string;
  readonly signed: boolean;
  /** JSON; null for a stream. */
  readonly schedule: string | null;
  readonly reportIfEmpty: boolean;
  readonly epcFormat: string;
  readonly cbvFormat: string;
  readonly initialRecordTime: Date | null;
  readonly minRecordTime: Date;
  readonly createdAt: Date;
  readonly lastNotifiedAt: Date | null;
  readonly state: 'active' | 'ended';
  /** Whoever made it may no longer sign in. */
  readonly stopped: boolean;
  readonly nextRunAt: Date | null;
  readonly deadLetters: number;
  /** What went wrong with the delivery that is on its way. */
  readonly attempts: number | null;
  readonly failingSince: Date | null;
  readonly lastStatus: number | null;
  readonly lastProblem: string | null;
}

export interface NewSubscription {
  readonly queryId: number;
  readonly organisation: number;
  readonly person: number | null;
  readonly client: number | null;
  readonly dest: string;
  readonly signatureToken: string | null;
  readonly schedule: string | null;
  readonly reportIfEmpty: boolean;
  readonly epcFormat: string;
  readonly cbvFormat: string;
  /** Null means from now on. */
  readonly initialRecordTime: Date | null;
  readonly nextRunAt: Date | null;
}

/** True in SQL where the person or the client behind subscription `s` may still sign in. */
export const SUBSCRIBER_COUNTS = `(exists (select from person p where p.id = s.person and p.disabled_at is null)
  or exists (select from client c where c.id = s.client and c.disabled_at is null))`;

const SEEN = `select s.id, q.name as "queryName", s.dest, s.signature_token is not null as signed, s.schedule,
    s.report_if_empty as "reportIfEmpty", s.epc_format as "epcFormat", s.cbv_format as "cbvFormat",
    s.initial_record_time as "initialRecordTime", s.min_record_time as "minRecordTime", s.created_at as "createdAt",
    s.last_notified_at as "lastNotifiedAt", s.state, not ${SUBSCRIBER_COUNTS} as stopped, s.next_run_at as "nextRunAt",
    (select count(*)::int from delivery d where d.subscription_id = s.id and d.state = 'dead') as "deadLetters",
    p.attempts, p.trying_since as "failingSince", p.last_status as "lastStatus", p.last_problem as "lastProblem"
  from subscription s join named_query q on q.id = s.named_query_id
  left join lateral (select * from delivery d where d.subscription_id = s.id and d.state = 'pending' and d.attempts > 0
    order by number limit 1) p on true
  where q.organisation_id = $1 and q.name = $2`;

const SQL = {
  insert: `insert into subscription (named_query_id, organisation_id, person, client, dest, signature_token, schedule,
      report_if_empty, epc_format, cbv_format, initial_record_time, min_record_time, cursors, next_run_at, due_at)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($11, now()), $12, $13, coalesce($13, now())
    where (select count(*) from subscription where organisation_id = $2) < $14
    returning id`,
  one: `${SEEN} and s.id = $3`,
  page: `${SEEN} and s.id > $3 order by s.id limit $4`,
  remove: `delete from subscription s using named_query q
    where q.id = s.named_query_id and q.organisation_id = $1 and q.name = $2 and s.id = $3`,
};

/** What is kept of subscriptions for those who own them. */
@Injectable()
export class SubscriptionsStore {
  constructor(private readonly database: Database) {}

  /** Its id; undefined where the organisation has `most` already. */
  async insert(made: NewSubscription, most: number): Promise<string | undefined> {
    const cursors = await startOfLogs(this.database, made.initialRecordTime);
    const { queryId, organisation, person, client, dest, signatureToken, schedule, reportIfEmpty } = made;
    const [row] = await this.database.query<{ id: string }>('epcis-subscription-insert', SQL.insert, [
      ...[queryId, organisation, person, client, dest, signatureToken, schedule, reportIfEmpty],
      ...[made.epcFormat, made.cbvFormat, made.initialRecordTime, cursors, made.nextRunAt, most],
    ]);
    return row?.id;
  }

  async one(organisation: number, query: string, id: string): Promise<StoredSubscription | undefined> {
    return (await this.database.query<StoredSubscription>('epcis-subscription', SQL.one, [organisation, query, id]))[0];
  }

  /** By id, from just after one. */
  page(organisation: number, query: string, after: string, limit: number): Promise<StoredSubscription[]> {
    const values = [organisation, query, after, limit];
    return this.database.query<StoredSubscription>('epcis-subscriptions', SQL.page, values);
  }

  /** With what is on its way. False where there is none. */
  async remove(organisation: number, query: string, id: string): Promise<boolean> {
    return (await this.database.execute('epcis-subscription-remove', SQL.remove, [organisation, query, id])) === 1;
  }
}

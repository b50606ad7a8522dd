import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type OrganisationRole, organisationRoles, type PersonRole } from '../../../access/actor.js';
import { seesAllTrails } from '../../../access/policy.js';
import { Database, type Row } from '../../../platform/database/database.js';
import type { CbvFormat, EpcFormat } from '../rest/exchange.js';
import type { Positions } from './log-reading.store.js';
import { SUBSCRIBER_COUNTS } from './subscriptions.store.js';

/** A subscription that this process works on. */
export interface Claimed extends Row {
  readonly id: string;
  readonly queryName: string;
  readonly query: string;
  readonly namespaces: string;
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly person: number | null;
  readonly client: number | null;
  /** What the person or the client may do now. */
  readonly roles: readonly PersonRole[];
  readonly dest: string;
  readonly signatureToken: string | null;
  readonly schedule: string | null;
  readonly reportIfEmpty: boolean;
  readonly epcFormat: EpcFormat;
  readonly cbvFormat: CbvFormat;
  readonly initialRecordTime: Date | null;
  readonly minRecordTime: Date;
  readonly cursors: Positions;
  readonly runUntil: Positions | null;
  readonly runAt: Date | null;
  readonly runReported: boolean;
  readonly nextRunAt: Date | null;
  readonly batchSize: number;
  /** Something was on its way when it was claimed. */
  readonly hasPending: boolean;
}

/** What is on its way, or was to be. */
export interface Delivery extends Row {
  readonly number: number;
  /** The same for every attempt: receivers recognise by it what they have had. */
  readonly id: string;
  readonly positions: Positions;
  readonly minRecordTime: Date;
  readonly attempts: number;
  readonly tryingSince: Date | null;
  readonly nextAttemptAt: Date;
}

/** How far a subscription is, as it is stored after a step. */
export interface Progress {
  readonly cursors: Positions;
  readonly runUntil: Positions | null;
  readonly runAt: Date | null;
  readonly runReported: boolean;
  readonly nextRunAt: Date | null;
  readonly minRecordTime: Date;
}

const SEE_ALL = organisationRoles
  .filter((organisationRole) => seesAllTrails({ organisationId: 0, organisationRole }))
  .map((role) => `'${role}'`)
  .join(', ');

/** The newest position in each log that an organisation with streams may see. */
const NEWEST = `newest as materialized (select o.id as organisation_id, l.number as log, case when o.role in (${SEE_ALL}) then
      (l.number::bigint << 40) + l.size - 1
    else greatest((select max(position) from event where captured_by = o.id and position < (l.number::bigint + 1) << 40),
      (select max(position) from event_party where organisation_id = o.id and position < (l.number::bigint + 1) << 40)) end
      as position
    from organisation o cross join log l
    where o.id in (select organisation_id from subscription where state = 'active' and schedule is null))`;

/** Where a subscription begins in a log. */
const CURSOR = `coalesce((select max(c) from unnest(s.cursors) c where c >> 40 = n.log), n.log::bigint << 40)`;

const DELIVERY = `number, id, positions, min_record_time as "minRecordTime", attempts, trying_since as "tryingSince",
  next_attempt_at as "nextAttemptAt"`;

const SQL = {
  claim: `with ${NEWEST},
    waiting as (
      select s.id from subscription s join newest n on n.organisation_id = s.organisation_id and n.position >= ${CURSOR}
        where s.schedule is null
      union select s.id from subscription s where s.next_run_at <= now() or s.run_until is not null
      union select d.subscription_id from delivery d where d.state = 'pending'),
    due as (select s.id from subscription s where s.id in (select id from waiting) and s.state = 'active'
        and s.due_at <= now() and (s.leased_until is null or s.leased_until < now()) and ${SUBSCRIBER_COUNTS}
      order by s.due_at limit $3 for update of s skip locked)
    update subscription s set lease_holder = $1, leased_until = now() + make_interval(secs => $2)
    from due, named_query q, organisation o
    where s.id = due.id and q.id = s.named_query_id and o.id = s.organisation_id
    returning s.id, q.name as "queryName", q.query, q.namespaces, s.organisation_id as "organisationId",
      o.role as "organisationRole", s.person, s.client,
      coalesce((select roles from person where id = s.person), (select roles from client where id = s.client)) as roles,
      s.dest, s.signature_token as "signatureToken", s.schedule, s.report_if_empty as "reportIfEmpty",
      s.epc_format as "epcFormat", s.cbv_format as "cbvFormat", s.initial_record_time as "initialRecordTime",
      s.min_record_time as "minRecordTime", s.cursors, s.run_until as "runUntil", s.run_at as "runAt",
      s.run_reported as "runReported", s.next_run_at as "nextRunAt", s.batch_size as "batchSize",
      exists (select from delivery d where d.subscription_id = s.id and d.state = 'pending') as "hasPending"`,
  hold: `update subscription set leased_until = now() + make_interval(secs => $3) where id = $2 and lease_holder = $1`,
  pending: `select ${DELIVERY} from delivery where subscription_id = $1 and state = 'pending' order by number limit 1`,
  progress: `update subscription set cursors = $3, run_until = $4, run_at = $5, run_reported = $6, next_run_at = $7,
      min_record_time = $8 where id = $2 and lease_holder = $1`,
  form: `with held as (update subscription set cursors = $3, run_until = $4, run_at = $5, run_reported = $6,
      next_run_at = $7, min_record_time = $8 where id = $2 and lease_holder = $1 returning id)
    insert into delivery (subscription_id, positions, min_record_time) select id, $9, $10 from held returning ${DELIVERY}`,
  taken: `with taken as (delete from delivery where number = $2 returning subscription_id)
    update subscription s set last_notified_at = case when $3 then now() else s.last_notified_at end
    from taken where s.id = taken.subscription_id and s.lease_holder = $1`,
  failed: `update delivery set attempts = attempts + 1, trying_since = coalesce(trying_since, now()),
      next_attempt_at = now() + make_interval(secs => $4), last_status = $2, last_problem = $3 where number = $1`,
  dead: `update delivery set state = 'dead', dead_at = now(), attempts = attempts + 1, last_status = $2, last_problem = $3
    where number = $1`,
  split: `with rest as (select subscription_id, positions[$2 + 1:] as positions, min_record_time from delivery
      where number = $1 and cardinality(positions) > $2),
    first as (update delivery set positions = positions[:$2], id = gen_random_uuid(), attempts = 0, trying_since = null
      where number = $1),
    smaller as (update subscription s set batch_size = $2 from rest where s.id = rest.subscription_id)
    insert into delivery (subscription_id, positions, min_record_time) select * from rest`,
  end: `with ended as (update subscription set state = 'ended', ended_at = now() where id = $2 and lease_holder = $1 returning id)
    delete from delivery d using ended where d.subscription_id = ended.id and d.state = 'pending'`,
  release: `update subscription s set lease_holder = null, leased_until = null, due_at = coalesce(
      (select next_attempt_at from delivery d where d.subscription_id = s.id and d.state = 'pending' order by number limit 1),
      case when s.run_until is null then s.next_run_at end, now()) + make_interval(secs => $3)
    where id = $2 and lease_holder = $1`,
};

/**
 * Subscriptions at work, one process at a time each: whoever claims one holds it for some seconds, and whatever it stores
 * says so. A process that died is followed by any other once its time is over.
 */
@Injectable()
export class DeliveriesStore {
  private readonly holder = randomUUID();

  constructor(private readonly database: Database) {}

  claim(seconds: number, most: number): Promise<Claimed[]> {
    return this.database.query<Claimed>('epcis-claim', SQL.claim, [this.holder, seconds, most]);
  }

  /** Holds on for some more seconds; false where another process has taken over, or the subscription is gone. */
  async hold(id: string, seconds: number): Promise<boolean> {
    return (await this.database.execute('epcis-hold', SQL.hold, [this.holder, id, seconds])) === 1;
  }

  /** The delivery that goes next. */
  async pending(id: string): Promise<Delivery | undefined> {
    return (await this.database.query<Delivery>('epcis-delivery-pending', SQL.pending, [id]))[0];
  }

  async progress(id: string, progress: Progress): Promise<void> {
    await this.database.execute('epcis-progress', SQL.progress, [this.holder, id, ...valuesOf(progress)]);
  }

  /** Stores a delivery, and how far the subscription is with it. Undefined where another process has taken over. */
  async form(id: string, progress: Progress, positions: Positions, minRecordTime: Date): Promise<Delivery | undefined> {
    const values = [this.holder, id, ...valuesOf(progress), positions, minRecordTime];
    return (await this.database.query<Delivery>('epcis-delivery-form', SQL.form, values))[0];
  }

  /** It arrived, or (`sent` false) nothing of it is left to send. */
  async taken(number: number, sent: boolean): Promise<void> {
    await this.database.execute('epcis-delivery-taken', SQL.taken, [this.holder, number, sent]);
  }

  async failed(number: number, status: number | null, problem: string, pauseSeconds: number): Promise<void> {
    await this.database.execute('epcis-delivery-failed', SQL.failed, [number, status, problem, pauseSeconds]);
  }

  async dead(number: number, status: number | null, problem: string): Promise<void> {
    await this.database.execute('epcis-delivery-dead', SQL.dead, [number, status, problem]);
  }

  /** Makes two deliveries of one: the first `size` events keep its place. */
  async split(number: number, size: number): Promise<void> {
    await this.database.execute('epcis-delivery-split', SQL.split, [number, size]);
  }

  /** The receiver wants no more. */
  async end(id: string): Promise<void> {
    await this.database.execute('epcis-subscription-end', SQL.end, [this.holder, id]);
  }

  /** Lets others have it; it is looked at again when there is something to do, at the earliest in `pauseSeconds`. */
  async release(id: string, pauseSeconds = 0): Promise<void> {
    await this.database.execute('epcis-release', SQL.release, [this.holder, id, pauseSeconds]);
  }
}

const valuesOf = ({ cursors, runUntil, runAt, runReported, nextRunAt, minRecordTime }: Progress): unknown[] => [
  cursors,
  runUntil,
  runAt,
  runReported,
  nextRunAt,
  minRecordTime,
];

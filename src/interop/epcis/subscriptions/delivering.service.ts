import { Inject, Injectable } from '@nestjs/common';
import { AccessTrail } from '../../../access/access-trail.js';
import type { Actor } from '../../../access/actor.js';
import { mayAct } from '../../../access/abilities.js';
import { Config } from '../../../platform/config/config.js';
import { Log } from '../../../platform/logging.js';
import { namespacesIn } from '../queries/named-queries.service.js';
import { EventQueries } from '../queries/event-queries.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { EventDocuments } from '../rest/event-documents.service.js';
import { outcomeOf, pauseAfter } from './backoff.js';
import { type Claimed, DeliveriesStore, type Delivery } from './deliveries.store.js';
import { DestinationRefusedError } from './destination.js';
import { signatureOf } from './signature.js';
import { type Found, type Standing, StandingReader } from './standing-reader.js';
import { SubscriptionMetrics } from './subscriptions.metrics.js';
import { afterRun, duringRun, runOf } from './subscription-run.js';
import { Webhook, type WebhookAnswer } from './webhook.js';

/** Seconds of a claim beyond the time that a receiver may take: for reading, and for storing what came of it. */
const MARGIN_SECONDS = 10;
/** Deliveries of one subscription in a row before others have their turn. */
const TURNS = 20;

/**
 * One subscription at a time, from what it has not looked at to the receiver. A delivery is stored with its events before
 * it is sent, and the next is made only when it was taken or given up: each event at least once, in the order of the log.
 */
@Injectable()
export class Delivering {
  readonly claimSeconds: number;

  constructor(
    private readonly store: DeliveriesStore,
    private readonly reader: StandingReader,
    private readonly queries: EventQueries,
    private readonly webhook: Webhook,
    private readonly trail: AccessTrail,
    private readonly metrics: SubscriptionMetrics,
    private readonly documents: EventDocuments,
    @Inject(Config) private readonly config: Config,
    @Inject(Log) private readonly log: Log,
  ) {
    this.claimSeconds = Math.ceil(config.webhooks.timeoutMs / 1000) + MARGIN_SECONDS;
  }

  /** Does what there is to do for a claimed subscription, and releases it. */
  async work(subscription: Claimed, signal: AbortSignal): Promise<void> {
    let pauseSeconds = 0;
    try {
      await this.turns(subscription, signal);
    } catch (error) {
      pauseSeconds = 5;
      this.log.pino.error({ err: error, subscription: subscription.id }, 'A subscription could not be served.');
    }
    await this.store.release(subscription.id, pauseSeconds);
  }

  private async turns(subscription: Claimed, signal: AbortSignal): Promise<void> {
    const standing = this.standingOf(subscription);
    let at = subscription;
    for (let turn = 0; turn < TURNS && !signal.aborted; turn++) {
      const fresh = turn === 0;
      if (!fresh && !(await this.store.hold(at.id, this.claimSeconds))) return;
      const pending = fresh && !at.hasPending ? undefined : await this.store.pending(at.id);
      if (pending) {
        if (pending.nextAttemptAt.getTime() > Date.now()) return;
        if (!(await this.send(at, standing, pending, signal))) return;
        continue;
      }
      const after = await this.readOn(at, standing);
      if (after === null) return;
      at = after;
    }
  }

  /** Looks further, and stores a delivery where there is something to report. Null where there is nothing more to look at now. */
  private async readOn(subscription: Claimed, standing: Standing): Promise<Claimed | null> {
    const now = new Date();
    const { schedule, runUntil, nextRunAt } = subscription;
    if (schedule !== null && runUntil === null && (nextRunAt?.getTime() ?? 0) > now.getTime()) return null;
    const run = runOf(subscription, await this.reader.ends(), now);
    const { found, cursors, done } = await this.reader.next(
      standing,
      subscription.cursors,
      run.until,
      subscription.batchSize,
    );
    const reported = run.reported || found.length > 0;
    const empty = done && !reported && schedule !== null && subscription.reportIfEmpty;
    const progress = done ? afterRun(subscription, run, cursors, now) : duringRun(subscription, run, cursors, reported);
    const after = { ...subscription, ...progress };
    if (found.length === 0 && !empty) {
      await this.store.progress(subscription.id, progress);
      return done ? null : after;
    }
    const positions = found.map(({ position }) => position);
    return (await this.store.form(subscription.id, progress, positions, run.minRecordTime)) ? after : null;
  }

  /** One attempt. True where the next delivery may follow. */
  private async send(
    subscription: Claimed,
    standing: Standing,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<boolean> {
    const found = await this.reader.again(standing, delivery.positions);
    if (found.length === 0 && delivery.positions.length > 0) {
      await this.store.taken(delivery.number, false);
      return true;
    }
    await this.record(subscription, standing, found);
    const answer = await this.post(subscription, delivery, found, signal);
    if (signal.aborted && answer.status === null) return false;
    return this.settle(subscription, delivery, answer);
  }

  /** A document that cannot be written as the subscriber asks, or an address that may not be reached, is a failure too. */
  private async post(
    subscription: Claimed,
    delivery: Delivery,
    found: readonly Found[],
    signal: AbortSignal,
  ): Promise<WebhookAnswer> {
    const { queryName, id: subscriptionID, dest, epcFormat, cbvFormat } = subscription;
    const answer = { queryName, subscriptionID, events: found.map(({ event }) => event) };
    try {
      const body = await this.documents.text({ form: 'json', epcFormat, cbvFormat }, answer);
      const headers = headersOf(subscription, delivery, body);
      return await this.webhook.post({ dest, headers, body, signal, ...this.config.webhooks });
    } catch (error) {
      if (!(error instanceof DestinationRefusedError || error instanceof EpcisProblem)) throw error;
      return { status: null, problem: error.message };
    }
  }

  private async settle(subscription: Claimed, delivery: Delivery, answer: WebhookAnswer): Promise<boolean> {
    const outcome = answer.status === null ? 'failed' : outcomeOf(answer.status);
    this.metrics.attempted(outcome);
    if (outcome === 'taken') {
      await this.store.taken(delivery.number, true);
      return true;
    }
    if (outcome === 'gone') {
      await this.store.end(subscription.id);
      return false;
    }
    if (outcome === 'too_large' && delivery.positions.length > 1) {
      await this.store.split(delivery.number, Math.floor(delivery.positions.length / 2));
      return true;
    }
    const problem = answer.status === null ? answer.problem : `the receiver answered ${answer.status}`;
    const triedMs = Date.now() - (delivery.tryingSince?.getTime() ?? Date.now());
    if (triedMs >= this.config.webhooks.retrySeconds * 1000) {
      await this.store.dead(delivery.number, answer.status, problem);
      const seen = { subscription: subscription.id, delivery: delivery.id, problem };
      this.log.pino.error(seen, 'A delivery to a subscriber is given up: it is a dead letter.');
      return true;
    }
    const pause = pauseAfter(delivery.attempts + 1, Math.random()) / 1000;
    await this.store.failed(delivery.number, answer.status, problem, pause);
    return false;
  }

  private standingOf(subscription: Claimed): Standing {
    const actor = actorOf(subscription);
    const query = this.queries.parse(
      JSON.parse(subscription.query) as Record<string, unknown>,
      namespacesIn(subscription),
    );
    return { asker: { actor, purpose: 'status' }, query, since: subscription.initialRecordTime };
  }

  /** Whose data leaves is recorded before it does. */
  private record({ id }: Claimed, { asker }: Standing, found: readonly Found[]): Promise<void> {
    const ownerIds = found.map(({ capturedBy }) => capturedBy);
    return this.trail.record({ ...asker, ownerIds, operation: 'POST subscription', subject: `subscription ${id}` });
  }
}

/** Who a subscription sees as: whoever made it, with what they may do now. */
function actorOf({ id, organisationId, organisationRole, person, client, roles }: Claimed): Actor {
  const subject = person === null ? { kind: 'client' as const, id: client! } : { kind: 'person' as const, id: person };
  const actor = { organisationId, organisationRole, subject, roles, tokenId: `subscription:${id}` };
  if (!mayAct(actor, 'read')) throw new Error(`Whoever made subscription ${id} may read nothing any more.`);
  return actor;
}

function headersOf(
  { signatureToken }: Claimed,
  { id, minRecordTime }: Delivery,
  body: string,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(Date.now() / 1000);
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'halisi',
    'GS1-EPCIS-Version': '2.0',
    'GS1-CBV-Version': '2.0',
    'GS1-Query-Min-Record-Time': minRecordTime.toISOString(),
    'Halisi-Delivery-ID': id,
    ...(signatureToken !== null && { 'GS1-Signature': signatureOf(signatureToken, id, seconds, body) }),
  };
}

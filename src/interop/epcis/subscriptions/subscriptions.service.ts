import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { nextRun } from '../../../domain/epcis/schedule.js';
import { Config } from '../../../platform/config/config.js';
import { NamedQueries, namespacesIn } from '../queries/named-queries.service.js';
import { EventQueries } from '../queries/event-queries.js';
import { EpcisProblem, noSuch } from '../rest/epcis-problem.js';
import type { EpcisExchange } from '../rest/exchange.js';
import { subscriptionRequest } from './controls.js';
import { DeadLettersStore, type DeadLetter } from './dead-letters.store.js';
import { checkDestination, DestinationRefusedError, parseDestination } from './destination.js';
import { type StoredSubscription, SubscriptionsStore } from './subscriptions.store.js';

const MOST_SUBSCRIPTIONS = 500;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Before every id. */
const FIRST = '00000000-0000-0000-0000-000000000000';

/** Standing queries that report to a web address. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly store: SubscriptionsStore,
    private readonly deadLetters: DeadLettersStore,
    private readonly named: NamedQueries,
    private readonly queries: EventQueries,
    private readonly config: Config,
  ) {}

  /** Subscribes to a named query. Throws SubscriptionControlsException, NoSuchNameException. */
  async create(actor: Actor, name: string, value: unknown, exchange: EpcisExchange): Promise<StoredSubscription> {
    const query = await this.named.one(actor, name);
    this.queries.checkStanding(
      this.queries.parse(JSON.parse(query.query) as Record<string, unknown>, namespacesIn(query)),
    );
    const { dest, signatureToken, schedule, scheduleText, reportIfEmpty, initialRecordTime } =
      subscriptionRequest(value);
    await this.mayReach(dest);
    const run = schedule === null ? null : nextRun(schedule, Date.now())!;
    const { kind, id: subject } = actor.subject;
    const made = {
      queryId: query.id,
      organisation: actor.organisationId,
      person: kind === 'person' ? subject : null,
      client: kind === 'client' ? subject : null,
      dest,
      signatureToken,
      schedule: scheduleText === null ? null : JSON.stringify(scheduleText),
      reportIfEmpty,
      epcFormat: exchange.epcFormat,
      cbvFormat: exchange.cbvFormat,
      initialRecordTime,
      nextRunAt: run === null ? null : new Date(run),
    };
    const id = await this.store.insert(made, MOST_SUBSCRIPTIONS);
    if (id !== undefined) return this.one(actor, name, id);
    const message = `An organisation has ${MOST_SUBSCRIPTIONS} subscriptions at most.`;
    throw new EpcisProblem('SubscriptionControlsException', 'TOO_MANY_SUBSCRIPTIONS', message);
  }

  /** Throws NoSuchNameException. */
  async one(actor: Actor, name: string, id: string): Promise<StoredSubscription> {
    const found = UUID.test(id) ? await this.store.one(actor.organisationId, name, id) : undefined;
    return found ?? missing(id);
  }

  /** Throws NoSuchNameException. */
  async page(actor: Actor, name: string, cursor: string | undefined, perPage: number) {
    await this.named.one(actor, name);
    const found = await this.store.page(actor.organisationId, name, cursor ?? FIRST, perPage + 1);
    const subscriptions = found.slice(0, perPage);
    return { subscriptions, next: found.length > perPage ? subscriptions.at(-1)!.id : null };
  }

  /** Ends a subscription, with what is on its way. Throws NoSuchNameException. */
  async remove(actor: Actor, name: string, id: string): Promise<void> {
    const removed = UUID.test(id) && (await this.store.remove(actor.organisationId, name, id));
    if (!removed) missing(id);
  }

  /** What a subscriber never took, the oldest first. Throws NoSuchNameException. */
  async dead(actor: Actor, name: string, id: string, cursor: string | undefined, perPage: number) {
    await this.one(actor, name, id);
    const found = await this.deadLetters.page(id, Number(cursor ?? 0), perPage + 1);
    const letters: readonly DeadLetter[] = found.slice(0, perPage);
    return { letters, next: found.length > perPage ? String(letters.at(-1)!.number) : null };
  }

  /** Sends a dead letter again, before anything that is newer. Throws NoSuchNameException. */
  async replay(actor: Actor, name: string, id: string, letter: string): Promise<void> {
    const { state } = await this.one(actor, name, id);
    if (state === 'ended') {
      const message = 'The subscription has ended: its receiver answered 410.';
      throw new EpcisProblem('SubscriptionControlsException', 'SUBSCRIPTION_ENDED', message);
    }
    if (!UUID.test(letter) || !(await this.deadLetters.replay(id, letter)))
      throw noSuch(`dead letter ${letter.slice(0, 40)}`);
  }

  /** Gives a dead letter up. Throws NoSuchNameException. */
  async discard(actor: Actor, name: string, id: string, letter: string): Promise<void> {
    await this.one(actor, name, id);
    if (!UUID.test(letter) || !(await this.deadLetters.remove(id, letter)))
      throw noSuch(`dead letter ${letter.slice(0, 40)}`);
  }

  private async mayReach(dest: string): Promise<void> {
    const { allowPrivate } = this.config.webhooks;
    try {
      await checkDestination(parseDestination(dest, allowPrivate), allowPrivate);
    } catch (error) {
      if (!(error instanceof DestinationRefusedError)) throw error;
      const problem = `dest: ${error.message}`;
      throw new EpcisProblem('SubscriptionControlsException', error.code, problem, { member: 'dest' });
    }
  }
}

function missing(id: string): never {
  throw noSuch(`subscription ${id.slice(0, 40)}`);
}

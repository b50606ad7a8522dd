import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { isConnectionLoss } from '../../../platform/database/errors.js';
import { Lease } from '../../../platform/database/lease.js';
import { PubSub } from '../../../platform/graphql/pubsub.js';
import { Workers } from '../../../platform/jobs/workers.js';
import { Log } from '../../../platform/logging.js';
import { CaptureJobsStore } from './capture-jobs.store.js';
import { JobRunner, type ReadyJob } from './job-runner.js';

/** How often every process looks for jobs that nobody runs. */
const LOOK_MS = 1000;
const LEASE_SECONDS = 10;
const RENEW_MS = 3000;
/** Jobs of one organisation that are begun together, in their order. */
const BATCH = 200;
/** Jobs of one organisation that a process keeps in memory; it reads the others when their turn comes. */
const MOST_READY = 1000;
/** A message to all processes: this organisation has a job that its lane has not seen. */
const CHANNEL = 'capture_job';

/**
 * Runs jobs: those of one organisation in their order, by one process at a time (a lease), those of different
 * organisations side by side. Whoever accepts a document runs it from memory where it has the organisation's lane, else
 * tells whoever has. The jobs are in the database: when a process ends, its lanes are free when its leases run out, and
 * another takes them up.
 */
@Injectable()
export class Lanes implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly lanes = new Map<number, Lane>();
  private closed = false;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PubSub) private readonly pubsub: PubSub,
    @Inject(Workers) private readonly workers: Workers,
    @Inject(Log) private readonly log: Log,
    private readonly store: CaptureJobsStore,
    private readonly runner: JobRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.pubsub.listen(CHANNEL, (payload) => {
      const organisation: unknown = JSON.parse(payload);
      if (typeof organisation === 'number') this.lanes.get(organisation)?.wake();
    });
    this.workers.every('capture jobs', { everyMs: LOOK_MS, everywhere: true }, async () => {
      for (const organisation of await this.store.organisationsWaiting()) this.laneOf(organisation).wake();
    });
  }

  /** Takes a job that was just stored. */
  hand(job: ReadyJob): void {
    if (!this.closed) this.laneOf(job.actor.organisationId).hand(job);
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.lanes.values()].map((lane) => lane.close()));
  }

  private laneOf(organisation: number): Lane {
    let lane = this.lanes.get(organisation);
    if (lane === undefined) {
      const lease = new Lease(this.database, `capture of ${organisation}`, LEASE_SECONDS);
      const tell = () => this.pubsub.publish(CHANNEL, organisation);
      lane = new Lane(organisation, lease, this.store, this.runner, tell, (error) => {
        const level = isConnectionLoss(error) ? 'warn' : 'error';
        this.log.pino[level]({ err: error, organisation }, 'A lane of capture jobs stopped; it is tried again.');
      });
      this.lanes.set(organisation, lane);
    }
    return lane;
  }
}

/** Work that was begun, and is waited for together. */
class Begun {
  private readonly work: Promise<void>[] = [];
  private failed: { readonly error: unknown } | undefined;

  add(work: Promise<void>): void {
    this.work.push(work.catch((error: unknown) => void (this.failed ??= { error })));
  }

  /** Throws the first failure, when all have ended. */
  async done(): Promise<void> {
    await Promise.all(this.work.splice(0));
    if (this.failed !== undefined) throw this.failed.error;
  }
}

/** The jobs of one organisation, in this process. */
class Lane {
  /** Jobs that need not be read from the database. */
  private readonly ready = new Map<number, ReadyJob>();
  private running: Promise<void> | undefined;
  private again = false;
  private closing = false;
  private leasedAt = 0;

  constructor(
    private readonly organisation: number,
    private readonly lease: Lease,
    private readonly store: CaptureJobsStore,
    private readonly runner: JobRunner,
    private readonly tell: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  hand(job: ReadyJob): void {
    if (this.ready.size < MOST_READY) this.ready.set(job.number, job);
    this.wake();
  }

  wake(): void {
    if (this.closing) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    this.running = this.run()
      .catch(this.failed)
      .finally(() => {
        this.running = undefined;
        if (this.again) this.wake();
      });
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.running;
    if (this.leasedAt > 0) await this.lease.release().catch(this.failed);
  }

  private async run(): Promise<void> {
    this.again = false;
    const mine = await this.hold();
    if (!mine) {
      // They are stored: whoever has the lane finds them there.
      if (this.ready.size > 0) await this.tell();
      this.ready.clear();
      return;
    }
    const renewal = setInterval(() => void this.renew(), RENEW_MS).unref();
    try {
      while (!this.closing && (await this.batch())) await this.hold();
    } finally {
      clearInterval(renewal);
    }
  }

  /** Begins the next jobs in their order, and waits for all of them. False when there was none. */
  private async batch(): Promise<boolean> {
    const numbers = await this.store.unfinished(this.organisation, BATCH);
    const oldest = numbers[0] ?? Number.POSITIVE_INFINITY;
    // What another process has finished meanwhile.
    for (const number of this.ready.keys()) if (number < oldest) this.ready.delete(number);
    const begun = new Begun();
    for (const number of numbers) {
      const job = this.ready.get(number) ?? (await this.runner.takeUp(number));
      this.ready.delete(number);
      if (job === undefined) continue;
      if (!job.small) await begun.done();
      begun.add(this.runner.run(job));
      if (!job.small) await begun.done();
      if (this.closing) break;
    }
    await begun.done();
    return numbers.length > 0;
  }

  private async hold(): Promise<boolean> {
    if (Date.now() - this.leasedAt < RENEW_MS) return true;
    const asked = Date.now();
    const held = await this.lease.hold();
    this.leasedAt = held ? asked : 0;
    return held;
  }

  private async renew(): Promise<void> {
    try {
      await this.hold();
    } catch (error) {
      this.failed(error);
    }
  }
}

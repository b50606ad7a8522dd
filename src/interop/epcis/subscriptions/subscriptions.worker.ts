import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Worker, Workers } from '../../../platform/jobs/workers.js';
import { Log } from '../../../platform/logging.js';
import { type Claimed, DeliveriesStore } from './deliveries.store.js';
import { Delivering } from './delivering.service.js';
import { LogReadingStore } from './log-reading.store.js';

const EVERY_MS = 250;
/** While no log grows, what is due by its time alone is looked for so often. */
const QUIET_MS = 1000;
/** Subscriptions that one process works on at once; most of the time each waits for its receiver. */
const AT_ONCE = 64;

/** Claims what is due and has it worked on. Any number of processes do so beside one another. */
@Injectable()
export class SubscriptionsWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private worker: Worker | undefined;
  /** How far the logs went when there was last nothing to do, and when that was. */
  private quiet = { ends: '', at: 0 };

  constructor(
    private readonly workers: Workers,
    private readonly store: DeliveriesStore,
    private readonly logs: LogReadingStore,
    private readonly delivering: Delivering,
    @Inject(Log) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.worker = this.workers.every('epcis-subscriptions', { everyMs: EVERY_MS }, () => this.round());
  }

  /** What is being sent is broken off and released: another process, or the next start, sends it again. */
  async onApplicationShutdown(): Promise<void> {
    await this.workers.stop();
    this.stopping.abort();
    await Promise.all(this.underWay);
  }

  private async round(): Promise<void> {
    const free = AT_ONCE - this.underWay.size;
    if (free <= 0) return;
    const ends = String(await this.logs.ends());
    if (ends === this.quiet.ends && Date.now() - this.quiet.at < QUIET_MS) return;
    const claimed = await this.store.claim(this.delivering.claimSeconds, free);
    if (claimed.length === 0) this.quiet = { ends, at: Date.now() };
    for (const subscription of claimed) this.start(subscription);
  }

  private start(subscription: Claimed): void {
    const work = this.delivering
      .work(subscription, this.stopping.signal)
      .catch((error: unknown) => this.log.pino.warn({ err: error }, 'A subscription could not be released.'))
      .finally(() => {
        this.underWay.delete(work);
        this.worker?.wake();
      });
    this.underWay.add(work);
  }
}

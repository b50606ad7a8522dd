import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Worker, Workers } from '../../../platform/jobs/workers.js';
import { Log } from '../../../platform/logging.js';
import { DeliveriesStore } from './deliveries.store.js';
import { Delivering } from './delivering.service.js';

const EVERY_MS = 250;
/** Subscriptions that one process works on at once; most of the time each waits for its receiver. */
const AT_ONCE = 32;

/** Claims what is due and has it worked on. Any number of processes do so beside one another. */
@Injectable()
export class SubscriptionsWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private worker: Worker | undefined;

  constructor(
    private readonly workers: Workers,
    private readonly store: DeliveriesStore,
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
    for (const subscription of await this.store.claim(this.delivering.claimSeconds, free)) {
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
}

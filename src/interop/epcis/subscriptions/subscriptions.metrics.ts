import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../../platform/metrics/metrics.js';
import type { Outcome } from './backoff.js';
import { StandingFiguresStore } from './standing-figures.store.js';

/** How subscriptions stand. What is in the database is read when it is asked for. */
@Injectable()
export class SubscriptionMetrics {
  private readonly attempts: Counter<'outcome'>;
  private readonly sockets: Gauge;

  constructor(@Inject(Metrics) metrics: Metrics, figures: StandingFiguresStore) {
    const registers = [metrics.registry];
    this.attempts = new Counter({
      name: 'halisi_subscription_attempts_total',
      help: 'Deliveries to subscribers that this process tried, by what came of it.',
      labelNames: ['outcome'] as const,
      registers,
    });
    this.sockets = new Gauge({
      name: 'halisi_subscription_sockets',
      help: 'WebSockets with a standing query that are open at this process.',
      registers,
    });
    new Gauge({
      name: 'halisi_subscriptions',
      help: 'Subscriptions: active, failing (their receiver does not take what is on its way), stopped (their owner may not sign in) and ended.',
      labelNames: ['state'] as const,
      registers,
      async collect() {
        const { active, failing, stopped, ended } = await figures.read();
        for (const [state, value] of Object.entries({ active, failing, stopped, ended })) this.set({ state }, value);
      },
    });
    new Gauge({
      name: 'halisi_subscription_lag_seconds',
      help: 'Age of the oldest delivery that its receiver has not taken and that is not given up.',
      registers,
      async collect() {
        this.set((await figures.read()).lagSeconds);
      },
    });
    new Gauge({
      name: 'halisi_subscription_dead_letters',
      help: 'Deliveries that were given up and neither replayed nor discarded.',
      registers,
      async collect() {
        this.set((await figures.read()).deadLetters);
      },
    });
  }

  attempted(outcome: Outcome): void {
    this.attempts.inc({ outcome });
  }

  socketsOpen(count: number): void {
    this.sockets.set(count);
  }
}

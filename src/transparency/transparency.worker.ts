import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Workers } from '../platform/jobs/workers.js';
import { Log } from '../platform/logging.js';
import type { ChainAnchoring } from './anchor/chain-anchoring.js';
import { AnchorAlarm } from './anchor/anchor-alarm.js';
import { TransparencyMetrics } from './transparency.metrics.js';
import { Transparency } from './transparency.service.js';

const INTEGRATE_MS = 100;
const GROW_MS = 15_000;

/** The background rounds of the log: integrate, sign, anchor, make room. */
@Injectable()
export class TransparencyWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Log) private readonly log: Log,
    @Inject(Workers) private readonly workers: Workers,
    @Inject(Transparency) private readonly transparency: Transparency,
    @Inject(TransparencyMetrics) private readonly metrics: TransparencyMetrics,
  ) {}

  onApplicationBootstrap(): void {
    const { checkpointIntervalMs } = this.config.transparency;
    const { transparency, workers } = this;
    workers.every(
      'log-integrate',
      { everyMs: INTEGRATE_MS },
      async (signal) => void (await transparency.integrate(signal)),
    );
    workers.every('log-checkpoint', { everyMs: checkpointIntervalMs }, () => transparency.checkpoint());
    transparency.anchorings.forEach((anchoring, i) => this.anchor(anchoring, this.config.chains[i]!.schedule.everyMs));
    workers.every('log-grow', { everyMs: GROW_MS }, () => transparency.grow());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.workers.stop();
    await this.transparency.close().catch(() => undefined);
  }

  /** A loop of its own for every chain: one that fails or hangs holds up no other. */
  private anchor(anchoring: ChainAnchoring, intervalMs: number): void {
    const alarm = new AnchorAlarm(anchoring.name, this.log.pino);
    const everyMs = Math.max(100, Math.min(4000, intervalMs / 4));
    this.workers.every(`log-anchor-${anchoring.name}`, { everyMs }, async () => {
      const report = await anchoring.round();
      if (report === null) return this.metrics.forget(anchoring.name);
      this.metrics.observe(report);
      alarm.tell(report);
    });
  }
}

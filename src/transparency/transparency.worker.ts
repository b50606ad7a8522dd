import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Workers } from '../platform/jobs/workers.js';
import { Log } from '../platform/logging.js';
import { type AnchorStatus } from './anchor/anchorer.js';
import { TransparencyMetrics } from './transparency.metrics.js';
import { Transparency } from './transparency.service.js';

const INTEGRATE_MS = 100;
const GROW_MS = 15_000;

/** The background rounds of the log: integrate, sign, anchor, make room. */
@Injectable()
export class TransparencyWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private problem: string | null = null;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Log) private readonly log: Log,
    @Inject(Workers) private readonly workers: Workers,
    @Inject(Transparency) private readonly transparency: Transparency,
    @Inject(TransparencyMetrics) private readonly metrics: TransparencyMetrics,
  ) {}

  onApplicationBootstrap(): void {
    const { checkpointIntervalMs, anchorIntervalMs } = this.config.transparency;
    const { transparency, workers } = this;
    workers.every(
      'log-integrate',
      { everyMs: INTEGRATE_MS },
      async (signal) => void (await transparency.integrate(signal)),
    );
    workers.every('log-checkpoint', { everyMs: checkpointIntervalMs }, () => transparency.checkpoint());
    const anchorMs = Math.max(100, Math.min(4000, anchorIntervalMs / 4));
    workers.every('log-anchor', { everyMs: anchorMs }, () => this.anchor());
    workers.every('log-grow', { everyMs: GROW_MS }, () => transparency.grow());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.workers.stop();
    await this.transparency.close().catch(() => undefined);
  }

  private async anchor(): Promise<void> {
    const status = await this.transparency.anchor();
    if (status === null) return;
    this.metrics.observe(status);
    this.tell(status);
  }

  /** An alarm when anchoring stops, and the all-clear: once each, not every round. */
  private tell({ problem, detail, latestSize, finalSize }: AnchorStatus): void {
    if (problem === this.problem) return;
    this.problem = problem;
    const facts = { problem, latestSize, finalSize };
    if (problem === null) this.log.pino.info(facts, 'Anchoring goes on.');
    else this.log.pino.error(facts, `Anchoring is stopped: ${detail}`);
  }
}

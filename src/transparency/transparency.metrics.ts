import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { AnchorStatus } from './anchor/anchorer.js';
import { logStatus } from './api/log.queries.js';
import { LOG } from './transparency.service.js';

/** Sizes of the log on its way to the chain, and whether anchoring is in trouble. Read when they are asked for. */
@Injectable()
export class TransparencyMetrics {
  private readonly size: Gauge<'stage'>;
  private readonly age: Gauge;
  private readonly problems: Gauge<'problem'>;

  constructor(@Inject(Metrics) metrics: Metrics, @Inject(Database) database: Database) {
    const registers = [metrics.registry];
    this.age = new Gauge({
      name: 'halisi_log_final_anchor_age_seconds',
      help: 'Seconds since an anchor last became final; absent before the first.',
      registers,
    });
    this.problems = new Gauge({
      name: 'halisi_log_anchor_problem',
      help: '1 where anchoring is stopped by a problem, by its code.',
      labelNames: ['problem'] as const,
      registers,
    });
    this.size = new Gauge({
      name: 'halisi_log_size',
      help: 'Entries of the log: captured, integrated into tiles, signed, and final on the chain.',
      labelNames: ['stage'] as const,
      registers,
      collect: async () => this.read(database),
    });
  }

  /** What the last round of anchoring said. */
  observe({ problem }: AnchorStatus): void {
    this.problems.reset();
    if (problem !== null) this.problems.set({ problem }, 1);
  }

  private async read(database: Database): Promise<void> {
    const status = await logStatus(database, LOG);
    if (status === null) return;
    this.size.set({ stage: 'captured' }, status.size);
    this.size.set({ stage: 'integrated' }, status.integrated);
    this.size.set({ stage: 'signed' }, status.signed);
    this.size.set({ stage: 'final' }, status.final);
    if (status.finalizedAt !== null) this.age.set((Date.now() - status.finalizedAt.getTime()) / 1000);
  }
}

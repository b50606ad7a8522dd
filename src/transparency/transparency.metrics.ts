import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { AnchoringGauges } from './anchor/anchoring-gauges.js';
import type { ChainReport } from './anchor/chain-anchoring.js';
import { chainRows } from './anchor/chain-status.store.js';
import { logStatus } from './api/log.queries.js';
import { LOG } from './transparency.service.js';

/** Sizes of the log on its way to the chains, and how anchoring stands. What is in the database is read when it is asked for. */
@Injectable()
export class TransparencyMetrics {
  private readonly anchoring: AnchoringGauges;

  constructor(@Inject(Metrics) metrics: Metrics, @Inject(Database) database: Database) {
    const registers = [metrics.registry];
    this.anchoring = new AnchoringGauges(registers);
    new Gauge({
      name: 'halisi_log_final_anchor_age_seconds',
      help: 'Seconds since an anchor last became final on any chain; absent before the first.',
      registers,
      async collect() {
        this.remove();
        const finalizedAt = (await logStatus(database, LOG))?.finalizedAt ?? null;
        if (finalizedAt !== null) this.set(secondsSince(finalizedAt));
      },
    });
    new Gauge({
      name: 'halisi_log_chain_anchor_age_seconds',
      help: 'Seconds since an anchor last became final on each chain; absent before the first.',
      labelNames: ['chain'] as const,
      registers,
      async collect() {
        for (const { name: chain, finalizedAt } of await chainRows(database, LOG)) {
          if (finalizedAt !== null) this.set({ chain }, secondsSince(finalizedAt));
        }
      },
    });
    new Gauge({
      name: 'halisi_log_size',
      help: 'Entries of the log: captured, integrated into tiles, signed, and final on a chain.',
      labelNames: ['stage'] as const,
      registers,
      async collect() {
        const status = await logStatus(database, LOG);
        if (status === null) return;
        const { size, integrated, signed, final } = status;
        for (const [stage, value] of Object.entries({ captured: size, integrated, signed, final }))
          this.set({ stage }, value);
      },
    });
  }

  /** What the last round on a chain said. */
  observe(report: ChainReport): void {
    this.anchoring.observe(report);
  }

  /** Another process anchors on this chain now, and tells of it. */
  forget(chain: string): void {
    this.anchoring.forget(chain);
  }
}

const secondsSince = (time: Date): number => (Date.now() - time.getTime()) / 1000;

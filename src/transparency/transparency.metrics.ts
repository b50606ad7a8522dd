import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { AnchoringGauges } from './anchor/anchoring-gauges.js';
import type { ChainReport } from './anchor/chain-anchoring.js';
import { chainRows } from './anchor/chain-status.store.js';
import { logStatus } from './api/log.queries.js';
import { LOG } from './transparency.service.js';

/** Sizes of the log on its way to the chain, and whether anchoring is in trouble. Read when they are asked for. */
@Injectable()
export class TransparencyMetrics {
  private readonly size: Gauge<'stage'>;
  private readonly age: Gauge;
  private readonly chainAge: Gauge<'chain'>;
  private readonly anchoring: AnchoringGauges;

  constructor(@Inject(Metrics) metrics: Metrics, @Inject(Database) database: Database) {
    const registers = [metrics.registry];
    this.age = new Gauge({
      name: 'halisi_log_final_anchor_age_seconds',
      help: 'Seconds since an anchor last became final; absent before the first.',
      registers,
    });
    this.chainAge = new Gauge({
      name: 'halisi_log_chain_anchor_age_seconds',
      help: 'Seconds since an anchor last became final on each chain; absent before the first.',
      labelNames: ['chain'] as const,
      registers,
    });
    this.anchoring = new AnchoringGauges(registers);
    this.size = new Gauge({
      name: 'halisi_log_size',
      help: 'Entries of the log: captured, integrated into tiles, signed, and final on the chain.',
      labelNames: ['stage'] as const,
      registers,
      collect: async () => this.read(database),
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

  private async read(database: Database): Promise<void> {
    const status = await logStatus(database, LOG);
    if (status === null) return;
    this.size.set({ stage: 'captured' }, status.size);
    this.size.set({ stage: 'integrated' }, status.integrated);
    this.size.set({ stage: 'signed' }, status.signed);
    this.size.set({ stage: 'final' }, status.final);
    if (status.finalizedAt !== null) this.age.set(secondsSince(status.finalizedAt));
    for (const { name, finalizedAt } of await chainRows(database, LOG)) {
      if (finalizedAt !== null) this.chainAge.set({ chain: name }, secondsSince(finalizedAt));
    }
  }
}

const secondsSince = (time: Date): number => (Date.now() - time.getTime()) / 1000;

import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Workers } from '../../platform/jobs/workers.js';
import { Log } from '../../platform/logging.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { latestPublished } from '../checkpoint/checkpoint.store.js';
import { LOG, Transparency } from '../transparency.service.js';
import { WitnessAlarm } from './witness-alarm.js';
import type { WitnessingReport } from './witnessing.js';

/** The rounds of signing, asking witnesses and publishing, where a policy asks for witnesses (WITNESS_POLICY). */
@Injectable()
export class WitnessWorker implements OnApplicationBootstrap {
  private readonly alarm: WitnessAlarm;
  private readonly cosigned: Gauge<'witness'>;
  private readonly problems: Gauge<'witness' | 'problem'>;
  private readonly waiting: Gauge;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Log) log: Log,
    @Inject(Workers) private readonly workers: Workers,
    @Inject(Transparency) private readonly transparency: Transparency,
    @Inject(Database) database: Database,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.alarm = new WitnessAlarm(log.pino);
    const registers = [metrics.registry];
    this.cosigned = new Gauge({
      name: 'halisi_log_witness_cosigned_size',
      help: 'Entries of the newest checkpoint that a witness cosigned.',
      labelNames: ['witness'] as const,
      registers,
    });
    this.problems = new Gauge({
      name: 'halisi_log_witness_problem',
      help: '1 where a witness does not cosign, by its problem.',
      labelNames: ['witness', 'problem'] as const,
      registers,
    });
    this.waiting = new Gauge({
      name: 'halisi_log_quorum_missing_seconds',
      help: 'Seconds for which nothing was published although something waits; 0 while the quorum cosigns.',
      registers,
    });
    new Gauge({
      name: 'halisi_log_published_size',
      help: 'Entries of the newest published checkpoint.',
      registers,
      async collect() {
        const newest = await latestPublished(database, LOG);
        if (newest !== null) this.set(newest.size);
      },
    });
  }

  onApplicationBootstrap(): void {
    const { witnessing } = this.transparency;
    if (witnessing === null) return;
    const { checkpointIntervalMs } = this.config.transparency;
    this.workers.every('log-witness', { everyMs: checkpointIntervalMs }, async () => {
      const report = await witnessing.round();
      this.observe(report);
      if (report !== null) this.alarm.tell(report);
    });
  }

  /** Another process may have taken over: what this one knew is then no longer told. */
  private observe(report: WitnessingReport | null): void {
    this.cosigned.reset();
    this.problems.reset();
    this.waiting.set((report?.waitingMs ?? 0) / 1000);
    for (const { witness, size, problem } of report?.witnesses ?? []) {
      if (size !== null) this.cosigned.set({ witness }, size);
      if (problem !== null) this.problems.set({ witness, problem }, 1);
    }
  }
}

import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Workers } from '../../platform/jobs/workers.js';
import { Log } from '../../platform/logging.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Lease } from '../../platform/database/lease.js';
import { LogReader } from '../log/log-reader.js';
import { LOG } from '../transparency.service.js';
import { Exporter } from './exporter.js';
import { ExportError, type ExportErrorCode } from './export-target.js';
import { openTarget } from './open-target.js';

/** Keeps the static copy of the log up to date, where one is asked for (LOG_EXPORT). One process at a time does. */
@Injectable()
export class ExportWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly lease: Lease;
  private readonly size: Gauge;
  private problem: ExportErrorCode | null = null;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Log) private readonly log: Log,
    @Inject(Workers) private readonly workers: Workers,
    @Inject(Database) private readonly database: Database,
    @Inject(LogReader) private readonly reader: LogReader,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.lease = new Lease(database, `export/${LOG}`, 60);
    this.size = new Gauge({
      name: 'halisi_log_exported_size',
      help: 'Entries of the static copy of the log, where this process keeps it.',
      registers: [metrics.registry],
    });
  }

  onApplicationBootstrap(): void {
    const settings = this.config.transparency.export;
    if (settings.place === undefined) return;
    const target = openTarget(settings.place, settings);
    const exporter = new Exporter(this.database, this.reader, LOG, target);
    this.workers.every('log-export', { everyMs: settings.intervalMs }, (signal) => {
      // A store that hangs must not hold up the end of the server.
      signal.onabort = () => target.close();
      return this.round(exporter, signal);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.workers.stop();
    if (this.config.transparency.export.place !== undefined) await this.lease.release().catch(() => undefined);
  }

  private async round(exporter: Exporter, signal: AbortSignal): Promise<void> {
    if (!(await this.lease.hold())) return;
    try {
      const { size } = await exporter.export(async () => !signal.aborted && (await this.lease.hold()));
      this.size.set(size);
      this.tell(null);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ExportError)) throw error;
      this.tell(error);
    }
  }

  /** An alarm when the copy can no longer be kept, and the all-clear: once each, not every round. */
  private tell(error: ExportError | null): void {
    const code = error?.code ?? null;
    if (code === this.problem) return;
    this.problem = code;
    if (error === null) this.log.pino.info('The static copy of the log is up to date again.');
    else this.log.pino.error({ problem: code }, `The static copy of the log is not kept: ${error.message}`);
  }
}

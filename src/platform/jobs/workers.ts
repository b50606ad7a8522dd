import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pino from 'pino';
import { Config } from '../config/config.js';
import { isConnectionLoss } from '../database/errors.js';
import { Log } from '../logging.js';

export interface WorkerOptions {
  /** Milliseconds between the end of one round and the next. */
  readonly everyMs: number;
  /** Runs in processes of every role, not only where HALISI_ROLE is `all` or `worker`. */
  readonly everywhere?: boolean;
}

/** A loop that is under way. */
export interface Worker {
  /** Runs the next round now, or right after the one that is under way. */
  wake(): void;
}

const LONGEST_BACKOFF_MS = 10_000;

/**
 * Background loops. A round that fails is logged and tried again, later each time; several processes may run the same
 * loop, so a round takes its own lock or lease. All end before the database closes.
 */
@Injectable()
export class Workers implements OnApplicationShutdown {
  private readonly loops: Loop[] = [];
  private readonly log: pino.Logger;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Log) log: Log,
  ) {
    this.log = log.pino;
  }

  /** Starts a loop; `signal` in `round` says that the server is stopping. */
  every(name: string, options: WorkerOptions, round: (signal: AbortSignal) => Promise<void>): Worker {
    if (this.config.role === 'api' && options.everywhere !== true) return { wake: () => undefined };
    const loop = new Loop(name, options.everyMs, round, this.log);
    this.loops.push(loop);
    loop.start();
    return loop;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.splice(0).map((loop) => loop.stop()));
  }
}

class Loop implements Worker {
  private readonly abort = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private failures = 0;

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly round: (signal: AbortSignal) => Promise<void>,
    private readonly log: pino.Logger,
  ) {}

  start(): void {
    this.schedule(0);
  }

  wake(): void {
    if (this.running !== undefined) this.again = true;
    else if (this.failures === 0) this.schedule(0);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.abort.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, ms);
  }

  private async run(): Promise<void> {
    this.again = false;
    try {
      await this.round(this.abort.signal);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      const level = isConnectionLoss(error) ? 'warn' : 'error';
      this.log[level]({ err: error, worker: this.name, failures: this.failures }, 'A background round failed.');
    }
    this.running = undefined;
    this.schedule(this.pause());
  }

  private pause(): number {
    if (this.failures > 0) return Math.min(LONGEST_BACKOFF_MS, 100 * 2 ** Math.min(this.failures, 10));
    return this.again ? 0 : this.everyMs;
  }
}

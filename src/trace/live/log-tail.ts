import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '../../platform/logging.js';
import type { Scope, StoredEvent } from '../events/events.store.js';
import { LogTailStore, type LogHead } from './log-tail.store.js';

const POLL_MS = 200;
const BATCH = 200;

/** Where a follower of the logs is: the last position that it has seen of each log. */
type Cursors = Map<number, number>;

/**
 * Follows the log for subscribers. The log is the outbox: positions are given out at commit, in order and without gaps,
 * so whoever reads on from the last one misses nothing and gets nothing twice. One poll a process asks how long the logs
 * are, while anybody follows; each scope that is followed is then read once.
 */
@Injectable()
export class LogTail implements OnApplicationShutdown {
  private heads: readonly LogHead[] = [];
  private followers = 0;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;
  private closed = false;
  private readonly waiting = new Set<() => void>();
  private readonly reads = new Map<string, Promise<StoredEvent[]>>();

  constructor(
    private readonly store: LogTailStore,
    @Inject(Log) private readonly log: Log,
  ) {}

  /**
   * The events of a scope as they are captured: from now on, or from those after a position on. Ends when `signal` does.
   * Every batch is one or more events in the order of their log.
   */
  async *follow(scope: Scope, after: number | null, signal: AbortSignal): AsyncGenerator<readonly StoredEvent[]> {
    this.join();
    try {
      const cursors = await this.start(after);
      while (!signal.aborted && !this.closed) {
        let behind = false;
        for (const head of this.heads) {
          const cursor = cursors.get(head.log) ?? head.base - 1;
          if (cursor >= head.last) continue;
          const events = await this.read(scope, cursor, head.last);
          const full = events.length === BATCH;
          cursors.set(head.log, full ? events.at(-1)!.position : head.last);
          behind ||= full;
          if (events.length > 0) yield events;
        }
        if (!behind) await this.changed(cursors, signal);
      }
    } finally {
      this.leave();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.wake();
    await this.polling;
  }

  private async start(after: number | null): Promise<Cursors> {
    const heads = await this.store.heads();
    const cursors: Cursors = new Map(heads.map(({ log, last }) => [log, last]));
    const of = after === null ? undefined : heads.find(({ base, end }) => after >= base && after < end);
    if (of) cursors.set(of.log, after!);
    if (this.heads.length === 0) this.heads = heads;
    return cursors;
  }

  /** Subscribers of one scope who are at the same place share one read. */
  private read(scope: Scope, after: number, upTo: number): Promise<StoredEvent[]> {
    const key = `${scope.all ? 'all' : ''}${scope.organisation}/${after}/${upTo}`;
    let read = this.reads.get(key);
    if (!read) {
      read = this.store.between(scope, after, upTo, BATCH).finally(() => this.reads.delete(key));
      this.reads.set(key, read);
    }
    return read;
  }

  private changed(cursors: Cursors, signal: AbortSignal): Promise<void> {
    const news = () => this.heads.some(({ log, base, last }) => (cursors.get(log) ?? base - 1) < last);
    if (signal.aborted || this.closed || news()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private join(): void {
    this.followers += 1;
    if (this.followers === 1 && !this.closed) this.schedule();
  }

  private leave(): void {
    this.followers -= 1;
    if (this.followers > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.heads = [];
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.polling = this.poll().finally(() => {
        this.polling = undefined;
        if (this.followers > 0 && !this.closed) this.schedule();
      });
    }, POLL_MS);
  }

  private async poll(): Promise<void> {
    try {
      this.heads = await this.store.heads();
      this.wake();
    } catch (error) {
      this.log.pino.warn({ err: error }, 'The log could not be followed just now.');
    }
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Database, type Queryable } from '../database/database.js';
import { Log } from '../logging.js';

type Listener = (payload: string) => void;

/** PostgreSQL refuses a longer payload of NOTIFY (8000 bytes with its end). */
const PAYLOAD_LIMIT = 7900;
const RECONNECT_MS = 500;

/**
 * Messages between all processes of an installation, by LISTEN and NOTIFY. A message published in a transaction is sent
 * when that commits, and is gone when it does not. Listeners get what comes while the connection stands: it is a signal to
 * look, not a record (`onReconnect` says that something may have been missed).
 */
@Injectable()
export class PubSub implements OnApplicationShutdown {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly reconnected = new Set<() => void>();
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;
  private closed = false;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Sends `payload` (JSON of at most 7,900 bytes) to every process; with `tx` at its commit. */
  async publish(channel: string, payload: unknown, tx: Queryable = this.database): Promise<void> {
    const text = JSON.stringify(payload);
    if (Buffer.byteLength(text) > PAYLOAD_LIMIT)
      throw new RangeError(`A message on ${channel} is longer than ${PAYLOAD_LIMIT} bytes.`);
    await tx.query('pubsub_notify', 'select pg_notify($1, $2)', [channel, text]);
  }

  /** Calls `listener` with the raw payload of each message; resolves when it listens, to a function that ends it. */
  async listen(channel: string, listener: Listener): Promise<() => void> {
    const known = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, known);
    known.add(listener);
    await this.connected();
    if (known.size === 1) await this.client?.query(`listen ${pg.escapeIdentifier(channel)}`);
    return () => {
      known.delete(listener);
    };
  }

  /** Calls `listener` each time that the connection was lost and is back. */
  onReconnect(listener: () => void): void {
    this.reconnected.add(listener);
  }

  /** The messages of a channel as an async iterator, for `@Subscription` resolvers; payloads are parsed. */
  async *subscribe<T>(channel: string): AsyncGenerator<T> {
    const waiting: T[] = [];
    let wake: (() => void) | undefined;
    const stop = await this.listen(channel, (payload) => {
      waiting.push(JSON.parse(payload) as T);
      wake?.();
    });
    try {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.connecting?.catch(() => undefined);
    await this.client?.end().catch(() => undefined);
  }

  private connected(): Promise<void> {
    if (this.client !== undefined) return Promise.resolve();
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ ...this.database.access, keepAlive: true, application_name: 'halisi listen' });
    client.on('error', () => undefined);
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    await client.connect();
    for (const channel of this.listeners.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    client.once('end', () => this.lost(client));
    this.client = client;
  }

  private deliver(channel: string, payload: string): void {
    for (const listener of this.listeners.get(channel) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        this.log.pino.error({ err: error, channel }, 'A listener failed.');
      }
    }
  }

  private lost(client: pg.Client): void {
    if (this.client === client) this.client = undefined;
    if (!this.closed) this.retry();
  }

  private retry(): void {
    setTimeout(() => {
      if (this.closed) return;
      this.connected().then(
        () => this.reconnected.forEach((listener) => listener()),
        () => this.retry(),
      );
    }, RECONNECT_MS).unref();
  }
}

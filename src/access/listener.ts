import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface ListenerOptions {
  /** How to connect, and the role to take on the connection where the login role is not the server's own. */
  readonly access: pg.ClientConfig & { readonly role?: string | undefined };
  readonly channel: string;
  /** Called for each notification, in order, one at a time. */
  readonly onNotification: (payload: string) => Promise<void>;
  /** Called once connected, and again after each reconnection: what was announced in between is lost. */
  readonly onConnected: () => Promise<void>;
  readonly onError?: (error: unknown) => void;
}

/** One connection that listens to one channel of PostgreSQL, and comes back when it breaks. */
export class Listener {
  private client: pg.Client | undefined;
  private queue = Promise.resolve();
  private stopped = false;
  private readonly stopping = new AbortController();

  constructor(private readonly options: ListenerOptions) {}

  /** Returns once the first connection listens and `onConnected` has ended; throws when it cannot be made. */
  async start(): Promise<void> {
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopping.abort();
    await this.client?.end().catch(() => undefined);
    await this.queue;
  }

  private async connect(): Promise<void> {
    const { role, ...access } = this.options.access;
    const client = new pg.Client({
      ...access,
      keepAlive: true,
      application_name: `halisi listen ${this.options.channel}`,
    });
    this.client = client;
    let live = false;
    let lost = false;
    const onEnd = () => {
      lost = true;
      if (live) void this.reconnect();
    };
    client.on('error', (error) => this.options.onError?.(error));
    client.once('end', onEnd);
    client.on('notification', ({ payload }) => {
      this.inTurn(() => this.options.onNotification(payload ?? '')).catch((error) => this.options.onError?.(error));
    });
    try {
      await client.connect();
      if (role !== undefined) await client.query(`set role ${client.escapeIdentifier(role)}`);
      await client.query(`listen ${client.escapeIdentifier(this.options.channel)}`);
      await this.inTurn(this.options.onConnected);
      if (lost) throw new Error('The connection was lost while it was set up.');
      live = true;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  private async reconnect(): Promise<void> {
    for (let pause = 50; !this.stopped; pause = Math.min(pause * 2, 5000)) {
      try {
        await sleep(pause, undefined, { signal: this.stopping.signal });
        return await this.connect();
      } catch (error) {
        if (!this.stopped) this.options.onError?.(error);
      }
    }
  }

  /** One after another: what `onConnected` reads is never written over a later notification's news. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}

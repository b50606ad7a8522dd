import { setTimeout as delay } from 'node:timers/promises';
import { HomeOwner } from './home-owner.js';
import { isAlive } from './process.js';

/** A server program that keeps its data under HALISI_HOME. */
export interface EmbeddedServer {
  readonly name: string;
  /** Process id of the program that runs on our folder, whoever started it. */
  running(): number | undefined;
  /** Starts the program and answers its process id; it need not be ready yet. */
  launch(): Promise<number>;
  /** Whether it answers. */
  ready(): Promise<boolean>;
  /** Ends the program in order and waits for it. */
  end(pid: number): Promise<void>;
}

export type Note = (level: 'info' | 'warn', message: string, error?: unknown) => void;

const STARTING_MS = 60_000;

/**
 * Keeps one embedded program running: adopts what a killed server left behind, starts it where nothing runs, starts it
 * again when it dies, and ends it in the end, unless another living process owns the same home.
 */
export class Supervisor {
  private readonly owner: HomeOwner;
  private pid: number | undefined;
  private stopped = false;
  private mending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: EmbeddedServer,
    home: string,
    private readonly note: Note,
  ) {
    this.owner = new HomeOwner(home, server.name);
  }

  /** Whether this process looks after the program. */
  get isOwner(): boolean {
    return this.owner.owns();
  }

  async start(): Promise<void> {
    this.owner.acquire();
    await this.ensure();
    this.timer = setInterval(() => this.watch(), 200).unref();
  }

  /** Stops watching and lets the program run on. */
  async detach(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.mending?.catch(() => undefined);
  }

  /** Ends the program when this process owns it. */
  async stop(): Promise<void> {
    await this.detach();
    if (!this.owner.owns()) return;
    const pid = this.current();
    if (pid !== undefined) await this.server.end(pid);
    this.owner.release();
  }

  private watch(): void {
    if (this.mending !== undefined || this.current() !== undefined) return;
    this.note('warn', `${this.server.name} is gone; starting it again.`);
    this.mending = this.ensure()
      .then(() => this.note('info', `${this.server.name} is back.`))
      .catch((error: unknown) => this.note('warn', `${this.server.name} did not come back; trying again.`, error))
      .finally(() => (this.mending = undefined));
  }

  private current(): number | undefined {
    if (this.pid !== undefined && isAlive(this.pid)) return this.pid;
    return this.server.running();
  }

  /** Returns when the program answers. Start attempts repeat: the remains of a killed one may take a while to go. */
  private async ensure(): Promise<void> {
    const deadline = Date.now() + STARTING_MS;
    let failure: unknown;
    let launches = 0;
    while (!this.stopped) {
      const pid = this.current();
      if (pid !== undefined && (await this.server.ready())) {
        this.pid = pid;
        return;
      }
      if (pid === undefined && this.owner.acquire()) {
        launches += 1;
        try {
          this.pid = await this.server.launch();
        } catch (error) {
          failure = error;
        }
      }
      if (Date.now() > deadline) {
        const log = `logs/${this.server.name}.log`;
        throw new Error(
          `The embedded ${this.server.name} did not answer within ${STARTING_MS} ms; see ${log} in HALISI_HOME.`,
          { cause: failure },
        );
      }
      await delay(Math.min(50 * 2 ** Math.max(launches - 1, 0), 1000));
    }
  }
}

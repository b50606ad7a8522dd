import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { inconsistencies } from './consistency.js';
import { Load, type Acknowledged } from './load.js';

/** What is killed, always with SIGKILL. */
export const VICTIMS = ['server', 'postgres', 'server and postgres', 'server in anchoring', 'chain'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface CrashReport {
  readonly rounds: Readonly<Record<string, number>>;
  /** Acknowledged events that were looked up, each once a round. */
  readonly eventsChecked: number;
  readonly acknowledged: number;
  readonly retried: number;
  /** Requests of unknown outcome that were asked about again, twice. */
  readonly settled: number;
  readonly erased: number;
  readonly audits: number;
  /** Everything that did not hold, in words; empty when all is well. */
  readonly faults: readonly string[];
}

export interface CrashOptions {
  /** How often each victim is killed. */
  readonly rounds: number;
  readonly seed: number;
  readonly victims?: readonly Victim[];
  readonly lanes?: number;
  readonly say?: (line: string) => void;
}

const ENV = {
  HALISI_DEMO: '1',
  ACCESS_TOKEN_SECONDS: '86400',
  CHECKPOINT_INTERVAL_MS: '100',
  ANCHOR_INTERVAL_MS: '300',
  CHAIN_BLOCK_TIME_MS: '200',
  LOG_LEVEL: 'fatal',
};
const AUDIT = 'dist/src/transparency/audit/audit.main.js';

/** Kills a server under load, again and again, and looks after each time whether it kept its word. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const run = new CrashRun(options);
  try {
    return await run.all();
  } finally {
    await run.remove();
  }
}

class CrashRun {
  private server!: ServerProcess;
  private readonly load: Load;
  private readonly random: () => number;
  private readonly faults: string[] = [];
  private readonly say: (line: string) => void;
  private checked = 0;
  private audits = 0;

  constructor(private readonly options: CrashOptions) {
    this.load = new Load(`C${options.seed}`);
    this.random = randomFrom(options.seed);
    this.say = options.say ?? (() => undefined);
  }

  async all(): Promise<CrashReport> {
    this.server = await ServerProcess.start({ env: ENV });
    await this.load.use(this.server);
    const rounds: Record<string, number> = {};
    for (let round = 1; round <= this.options.rounds; round++) {
      for (const victim of this.options.victims ?? VICTIMS) {
        await this.round(victim, round);
        rounds[victim] = (rounds[victim] ?? 0) + 1;
      }
    }
    const { acknowledged, retries, settled, faults } = this.load;
    return {
      rounds,
      eventsChecked: this.checked,
      acknowledged: acknowledged.length,
      retried: retries,
      settled,
      erased: this.load.erased.size,
      audits: this.audits,
      faults: [...this.faults, ...faults],
    };
  }

  async remove(): Promise<void> {
    await this.load.stop();
    await this.server?.remove();
  }

  private async round(victim: Victim, round: number): Promise<void> {
    const before = this.load.acknowledged.length;
    this.load.start(this.options.lanes ?? 3);
    await delay(300 + Math.floor(this.random() * 900));
    const steps = [Date.now()];
    await this.kill(victim);
    steps.push(Date.now());
    await this.load.stop();
    const settledBefore = this.load.settled;
    await this.load.settle();
    steps.push(Date.now());
    await this.check(`${victim}, round ${round}`);
    for (const fault of this.load.faults) this.say(`  ${fault}`);
    const now = this.load.acknowledged.length;
    steps.push(Date.now());
    const [recovery, settling, checking] = steps.slice(1).map((at, index) => at - steps[index]!);
    this.say(`  back after ${recovery} ms, settled in ${settling} ms, checked in ${checking} ms`);
    this.say(
      `${victim}: ${now - before} events acknowledged, ${this.load.settled - settledBefore} of unknown outcome; ${now} checked, ${this.faults.length + this.load.faults.length} faults`,
    );
  }

  private async kill(victim: Victim): Promise<void> {
    switch (victim) {
      case 'server':
        return this.restart();
      case 'server in anchoring':
        await this.waitForAnchorUnderWay();
        return this.restart();
      case 'server and postgres':
        process.kill(this.server.postgresPid, 'SIGKILL');
        return this.restart();
      case 'postgres': {
        const before = this.server.postgresPid;
        process.kill(before, 'SIGKILL');
        return this.waitForRecovery(() => this.server.postgresPid !== before);
      }
      case 'chain': {
        const before = this.server.chainPid;
        process.kill(before, 'SIGKILL');
        return this.waitForRecovery(() => this.server.chainPid !== before);
      }
    }
  }

  private async restart(): Promise<void> {
    await this.server.end('SIGKILL');
    this.server = await ServerProcess.start({ home: this.server.home, env: ENV });
    await this.load.use(this.server);
    await delay(200);
  }

  /** The server stays, and must come back by itself with work to do. */
  private async waitForRecovery(replaced: () => boolean): Promise<void> {
    await eventually('the server recovers by itself', async () => {
      if (!replaced()) return false;
      return (await this.server.rest('/health/ready')).status === 200;
    });
    const before = this.load.acknowledged.length;
    await eventually('the server captures again', () => this.load.acknowledged.length > before);
  }

  private async waitForAnchorUnderWay(): Promise<void> {
    await this.inDatabase((client) =>
      eventually('an anchor is under way', async () => {
        const { rowCount } = await client.query(`select from anchor where state in ('signed', 'sent', 'mined')`);
        return (rowCount ?? 0) > 0;
      }),
    );
  }

  private async check(when: string): Promise<void> {
    await this.inDatabase(async (client) => {
      for (const lost of await missing(client, this.load.acknowledged, this.load.erased))
        this.faults.push(`After ${when}: ${lost}`);
      for (const wrong of await inconsistencies(client)) this.faults.push(`After ${when}: ${wrong}`);
    });
    this.checked += this.load.acknowledged.length;
    if (existsSync(AUDIT)) await this.audit(when);
  }

  private async audit(when: string): Promise<void> {
    const env = { PATH: process.env['PATH'], ...ENV, HALISI_HOME: this.server.home };
    const [code, output] = await new Promise<[number, string]>((resolve) => {
      execFile(process.execPath, ['--disable-warning=ExperimentalWarning', AUDIT], { env }, (error, stdout, stderr) => {
        resolve([error === null ? 0 : Number(error.code ?? 1), stdout + stderr]);
      });
    });
    this.audits += 1;
    if (code !== 0) this.faults.push(`After ${when}: the audit ends with ${code}: ${output}`);
  }

  private async inDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client(this.server.superuser);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

/** Acknowledged events that are not where, or not what, the server had said. */
async function missing(
  client: pg.Client,
  acknowledged: readonly Acknowledged[],
  erased: ReadonlyMap<number, number | undefined>,
): Promise<string[]> {
  const { rows } = await client.query<{ position: string; body: string | null }>(
    'select position::text, body from event where position = any($1::bigint[])',
    [acknowledged.map(({ position }) => position)],
  );
  const bodies = new Map(rows.map(({ position, body }) => [Number(position), body]));
  return acknowledged.flatMap(({ position, eventID, epcs }) => {
    const body = bodies.get(position);
    if (body === null && erased.has(position)) return [];
    if (erased.has(position)) return [`the event at ${position} was erased, and is here`];
    if (body == null) return [`the acknowledged event ${eventID} at ${position} is gone`];
    const event = JSON.parse(body) as { eventID: string; parentID?: string; epcList?: string[]; childEPCs?: string[] };
    const stored = [event.parentID, ...(event.epcList ?? []), ...(event.childEPCs ?? [])].filter(
      (epc) => epc !== undefined,
    );
    const same = event.eventID === eventID && stored.join() === epcs.join();
    return same ? [] : [`the event at ${position} is not the acknowledged ${eventID}`];
  });
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

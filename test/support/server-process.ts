import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgres, type PostgresAccess } from '../../src/platform/database/embedded-postgres.js';
import { GraphqlClient } from './graphql-client.js';

const READY = /Halisi listens on (http:\S+)/;

export interface ServerProcessOptions {
  /** A home of an earlier process, for a restart; its own by default. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server in a process of its own, with embedded PostgreSQL and chain, for specs that kill. */
export class ServerProcess extends GraphqlClient {
  private constructor(
    url: string,
    readonly home: string,
    readonly child: ChildProcess,
    /** What it printed and logged until it was ready. */
    readonly output: string,
  ) {
    super(url);
  }

  /** Builds, starts, and waits until it listens. */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
    const home = options.home ?? mkdtempSync(join(tmpdir(), 'halisi-server-'));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'dist/src/main.js'], {
      env: {
        PATH: process.env['PATH'],
        HALISI_HOME: home,
        PORT: '0',
        HALISI_DEMO: '0',
        LOG_LEVEL: 'warn',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const [, found] = READY.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${output}`)));
    });
    return new ServerProcess(url, home, child, output);
  }

  /** Sends a signal and waits for the end; answers the exit code, null after a kill. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(signal);
    const [code] = await ended;
    return code;
  }

  get postgresPid(): number {
    return Number(readFileSync(join(this.home, 'postgres/data/postmaster.pid'), 'utf8').split('\n', 1)[0]);
  }

  get chainPid(): number {
    return Number(readFileSync(join(this.home, 'chain/pid'), 'utf8'));
  }

  /** The database as its superuser, for specs that tamper. */
  get superuser(): PostgresAccess {
    return new EmbeddedPostgres({ home: this.home, note: () => undefined }).admin('halisi');
  }

  /** Ends the server in order, and removes its home. */
  async remove(): Promise<void> {
    await this.end();
    await endOrphans(this.home);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a killed server left running is ended by the next one that stops in order; here, by process id. */
async function endOrphans(home: string): Promise<void> {
  if (!existsSync(join(home, 'postgres/data/postmaster.pid'))) return;
  const { removeTestHome } = (await import('./global-teardown.mjs' as string)) as {
    removeTestHome(home: string): Promise<void>;
  };
  await removeTestHome(home);
}

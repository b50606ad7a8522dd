import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedPostgres, type PostgresAccess } from '../../src/platform/database/embedded-postgres.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const PATIENCE_MS = 60_000;

/** The built server as `npm start` runs it, in production mode, with its own home, database and chain. */
export class ServerProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly home: string,
    private readonly ownsHome: boolean,
  ) {}

  /** Starts it with the demo network. `profile` is a folder for a CPU profile, written when it stops. */
  static start(profile?: string): Promise<ServerProcess> {
    return ServerProcess.launch(mkdtempSync(join(tmpdir(), 'halisi-bench-')), true, profile);
  }

  /** A second process of the same installation that answers requests and does nothing else. */
  beside(): Promise<ServerProcess> {
    return ServerProcess.launch(this.home, false);
  }

  private static async launch(home: string, ownsHome: boolean, profile?: string): Promise<ServerProcess> {
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const child = spawn(
      process.execPath,
      [...profiling, '--max-semi-space-size=64', '--disable-warning=ExperimentalWarning', MAIN],
      {
        env: {
          ...process.env,
          NODE_ENV: 'production',
          HALISI_HOME: home,
          HALISI_ROLE: ownsHome ? 'all' : 'api',
          HALISI_DEMO: '1',
          PORT: '0',
          LOG_LEVEL: process.env['BENCH_LOG_LEVEL'] ?? 'warn',
          ACCESS_TOKEN_SECONDS: '7200',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      const late = setTimeout(() => reject(new Error(`The server did not start: ${said}`)), PATIENCE_MS);
      child.stdout!.on('data', (text: Buffer) => {
        if (process.env['BENCH_LOG_LEVEL'] !== undefined) process.stderr.write(text);
        said = (said + String(text)).slice(-5000);
        const [, found] = /listens on (\S+)/.exec(said) ?? [];
        if (found === undefined) return;
        clearTimeout(late);
        resolve(found);
      });
      child.on('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)));
    });
    return new ServerProcess(url, child, home, ownsHome);
  }

  /** The database as the owner of its tables. */
  database(): PostgresAccess {
    return new EmbeddedPostgres({ home: this.home, note: () => undefined }).owner();
  }

  /** Stops it; the process that came first also its database and chain, and removes the home. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    if (this.ownsHome) rmSync(this.home, { recursive: true, force: true });
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Builds what `halisi-verify` is made of, once for a spec. */
export async function buildVerifier(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs']);
}

/** `halisi-verify witness`, in a process of its own. */
export class WitnessProcess {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'halisi-witness-'));
  private port = 0;
  vkey = '';

  /** `name` is its name in cosignatures; it follows the log of `log`, a vkey. */
  constructor(
    readonly name: string,
    private readonly log: string,
    private readonly options: readonly string[] = [],
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A line of a tlog-policy. */
  get line(): string {
    return `witness ${this.name} ${this.vkey} ${this.url}`;
  }

  /** Starts it, or starts it again where it was. */
  async start(): Promise<this> {
    const args = ['witness', '--listen', `127.0.0.1:${this.port}`, '--state', this.folder, '--name', this.name];
    const child = spawn(
      process.execPath,
      ['dist/apps/verifier/src/main.js', ...args, '--log', this.log, ...this.options],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.child = child;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        const [, port] = /follows 1 log at http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? [];
        if (port === undefined) return;
        this.port = Number(port);
        this.vkey = /^\S+\+[0-9a-f]{8}\+\S+$/m.exec(output)?.[0] ?? '';
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`The witness ended with ${code}: ${output}`)));
    });
    return this;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

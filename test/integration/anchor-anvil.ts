import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rpc } from '../../src/platform/chain/rpc.js';
import { freePort } from '../../src/platform/embedded/process.js';

/** An anvil node that mines only when told, with finality two blocks back; it can be killed and brought back. */
export class Anvil {
  private child: ChildProcess | undefined;
  private readonly state: string;
  private readonly kept: string;

  private constructor(
    folder: string,
    readonly port: number,
    private readonly chainId: number,
  ) {
    this.state = join(folder, `${port}.json`);
    this.kept = `${this.state}.kept`;
  }

  static async start(folder: string, chainId = 31337): Promise<Anvil> {
    const anvil = new Anvil(folder, await freePort(), chainId);
    rmSync(anvil.state, { force: true });
    await anvil.launch();
    return anvil;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return rpc(this.url, method, params);
  }

  async mine(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i++) await this.rpc('evm_mine');
  }

  /** Hashes of transactions that wait. */
  async pending(): Promise<string[]> {
    const pool = (await this.rpc('txpool_content')) as { pending: Record<string, Record<string, { hash: string }>> };
    return Object.values(pool.pending).flatMap((of) => Object.values(of).map(({ hash }) => hash));
  }

  /** Remembers the state that `restart` comes back with. */
  async save(): Promise<void> {
    const dump = String(await this.rpc('anvil_dumpState', [true]));
    const { gunzipSync } = await import('node:zlib');
    writeFileSync(this.kept, gunzipSync(Buffer.from(dump.slice(2), 'hex')));
  }

  /** SIGKILL, and a start from what was saved. */
  async restart(): Promise<void> {
    await this.kill();
    copyFileSync(this.kept, this.state);
    await this.launch();
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  private async launch(): Promise<void> {
    const args = ['--port', String(this.port), '--chain-id', String(this.chainId)];
    args.push(
      '--no-mining',
      '--slots-in-an-epoch',
      '1',
      '--quiet',
      '--state',
      this.state,
      '--preserve-historical-states',
    );
    this.child = spawn(binary(), args, { stdio: 'ignore' });
    for (let i = 0; i < 200; i++) {
      const answer = await this.rpc('eth_chainId').catch(() => undefined);
      if (answer !== undefined) return;
      await delay(50);
    }
    throw new Error('anvil did not start.');
  }
}

function binary(): string {
  const require = createRequire(import.meta.url);
  const anvil = createRequire(require.resolve('@foundry-rs/anvil/package.json'));
  const cpu = arch() === 'x64' ? 'amd64' : arch();
  return join(dirname(anvil.resolve(`@foundry-rs/anvil-${process.platform}-${cpu}/package.json`)), 'bin/anvil');
}

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { commandNames, freePort, gone, isAlive, launchDetached } from '../embedded/process.js';
import { type EmbeddedServer, type Note, Supervisor } from '../embedded/supervisor.js';
import { BlockTicker } from './block-ticker.js';
import { rpc } from './rpc.js';

export const EMBEDDED_CHAIN_ID = 31337;

export interface EmbeddedAnvilOptions {
  readonly home: string;
  readonly blockTimeMs: number;
  readonly note: Note;
}

/**
 * A local chain (anvil) with its state under HALISI_HOME/chain. It mines only what there is to mine, and then the blocks
 * that make it final (two, with one slot to an epoch), so an idle installation does not fill the disk with empty blocks.
 */
export class EmbeddedAnvil implements EmbeddedServer {
  readonly name = 'chain';
  private readonly folder: string;
  private readonly state: string;
  private readonly supervisor: Supervisor;
  private readonly ticker: BlockTicker;

  constructor(private readonly options: EmbeddedAnvilOptions) {
    this.folder = join(options.home, 'chain');
    this.state = join(this.folder, 'state.json');
    this.supervisor = new Supervisor(this, options.home, options.note);
    this.ticker = new BlockTicker(() => this.url, options.blockTimeMs);
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    await this.supervisor.start();
    this.ticker.start();
  }

  /** Ends the chain, which writes its state, unless another living process owns this home. */
  async stop(): Promise<void> {
    await this.ticker.stop();
    await this.supervisor.stop();
  }

  /** Leaves the chain running for others. */
  async detach(): Promise<void> {
    await this.ticker.stop();
    await this.supervisor.detach();
  }

  get url(): string {
    return `http://127.0.0.1:${readFileSync(join(this.folder, 'port'), 'utf8')}`;
  }

  running(): number | undefined {
    try {
      const pid = Number(readFileSync(join(this.folder, 'pid'), 'utf8'));
      return pid > 0 && isAlive(pid) && commandNames(pid, this.state) ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  async ready(): Promise<boolean> {
    try {
      return Number(await rpc(this.url, 'eth_chainId')) === EMBEDDED_CHAIN_ID;
    } catch {
      return false;
    }
  }

  async launch(): Promise<number> {
    this.mendState();
    const remembered = join(this.folder, 'port');
    const wanted = existsSync(remembered) ? Number(readFileSync(remembered, 'utf8')) : 0;
    const port = await freePort(wanted);
    if (port !== wanted) writeFileSync(remembered, String(port));
    const args = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(EMBEDDED_CHAIN_ID)];
    args.push('--no-mining', '--slots-in-an-epoch', '1', '--preserve-historical-states', '--quiet');
    args.push('--state', this.state, '--state-interval', '2');
    const pid = launchDetached({ command: anvilBinary(), args, logFile: join(this.options.home, 'logs/chain.log') });
    writeFileSync(join(this.folder, 'pid'), String(pid));
    return pid;
  }

  async end(pid: number): Promise<void> {
    process.kill(pid, 'SIGTERM');
    if (await gone(pid, 15_000)) return;
    process.kill(pid, 'SIGKILL');
    await gone(pid, 5000);
  }

  /** A kill while anvil wrote its state leaves half a file; the last whole one is kept beside it. */
  private mendState(): void {
    const kept = `${this.state}.kept`;
    if (existsSync(this.state)) {
      if (isWhole(this.state)) return copyFileSync(this.state, kept);
      this.options.note('warn', 'The chain was killed while it wrote its state; going back to the state before.');
      rmSync(this.state);
    }
    if (existsSync(kept)) copyFileSync(kept, this.state);
  }
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The binary itself: the package's own starter is a Node process that would stand between us and it. */
function anvilBinary(): string {
  const system = platform() === 'win32' ? 'win32' : platform();
  const cpu = arch() === 'x64' ? 'amd64' : arch();
  const require = createRequire(import.meta.url);
  try {
    const anvil = createRequire(require.resolve('@foundry-rs/anvil/package.json'));
    const folder = dirname(anvil.resolve(`@foundry-rs/anvil-${system}-${cpu}/package.json`));
    return join(folder, 'bin', system === 'win32' ? 'anvil.exe' : 'anvil');
  } catch (cause) {
    throw new Error(`No embedded chain for ${system} ${cpu}: set CHAIN_RPC_URL to a node of an EVM chain.`, { cause });
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import jwt from 'jsonwebtoken';
import { rpc } from '../../src/platform/chain/rpc.js';
import { goTool } from './go-tool.js';
import { freePort } from '../../src/platform/embedded/process.js';

/** Later versions do not come through the Go module proxy. */
const VERSION = 'v1.16.9';
export const GETH_CHAIN_ID = 1337;
const NOBODY = `0x${'0'.repeat(40)}`;
const ZERO = `0x${'0'.repeat(64)}`;
/** How far behind the head blocks are safe and final. */
const SAFE = 1;
const FINAL = 2;
/** geth fills a block in the background: what is asked for sooner comes empty. */
const FILL_MS = 60;

/** The path of go-ethereum's `geth`, built where need be; null where it cannot be had. */
export const gethBinary = (): Promise<string | null> => goTool('github.com/ethereum/go-ethereum/cmd/geth', VERSION);

interface Payload {
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly timestamp: string;
  readonly transactions: readonly string[];
}

/** A block, with what the engine API wants beside it. */
interface Built {
  readonly executionPayload: Payload;
  readonly executionRequests: readonly string[];
}

/**
 * A go-ethereum node whose consensus client is this object, over the engine API: it makes a block when told, and says
 * which ones are safe (one back) and final (two back). Rules are Osaka's; `funded` addresses own 1,000 coins each.
 */
export class Geth {
  /** Blocks after genesis, on the branch in use. */
  private readonly chain: Built[] = [];
  private readonly secret = randomBytes(32);
  private child: ChildProcess | undefined;
  private genesis = '';

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly enginePort: number,
  ) {}

  static async start(binary: string, folder: string, funded: readonly string[]): Promise<Geth> {
    const geth = new Geth(binary, folder, await freePort(), await freePort());
    mkdirSync(folder, { recursive: true });
    writeFileSync(geth.at('jwt'), geth.secret.toString('hex'));
    writeFileSync(geth.at('genesis.json'), genesisOf(binary, funded));
    geth.run('init', '--state.scheme', 'hash', geth.at('genesis.json'));
    await geth.launch();
    geth.genesis = ((await geth.rpc('eth_getBlockByNumber', ['0x0', false])) as { hash: string }).hash;
    await geth.mine(FINAL + 1);
    return geth;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return rpc(this.url, method, params);
  }

  /** Makes blocks out of what the node's pool has. */
  async mine(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i++) await this.adopt(await this.build());
  }

  /**
   * A block that competes with the next one: it is built now, from what the pool has now. `overtake` makes it and one
   * more after it the chain, in place of what was mined meanwhile.
   */
  async rival(): Promise<{ overtake(): Promise<void> }> {
    const height = this.chain.length;
    const block = await this.build();
    return {
      overtake: async () => {
        this.chain.length = height;
        await this.adopt(block);
      },
    };
  }

  /** Hashes of transactions that can be mined, and are not. */
  async pending(): Promise<string[]> {
    const pool = (await this.rpc('txpool_content')) as { pending: Record<string, Record<string, { hash: string }>> };
    return Object.values(pool.pending).flatMap((of) => Object.values(of).map(({ hash }) => hash));
  }

  /**
   * SIGKILL and a new start. The pool is lost, and maybe the last blocks: a consensus client gives them again. Where their
   * state alone was lost the node would call them known and never run them, so it forgets them first, and its head too:
   * it does not go back to where it is.
   */
  async restart(): Promise<void> {
    await this.kill();
    await this.launch();
    const head = Number(await this.rpc('eth_blockNumber'));
    if (head > 0) await this.rpc('debug_setHead', [`0x${(head - 1).toString(16)}`]);
    const kept = Number(await this.rpc('eth_blockNumber'));
    for (const block of this.chain.slice(kept)) await this.insert(block);
    await this.choose();
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  private async build(): Promise<Built> {
    const waiting = Number(((await this.rpc('txpool_status')) as { pending: string }).pending) > 0;
    for (let wait = waiting ? FILL_MS : 0; ; wait = 2 * wait + FILL_MS) {
      const chosen = (await this.choose(this.attributes())) as { payloadId: string };
      await delay(wait);
      const built = (await this.engine('engine_getPayloadV5', [chosen.payloadId])) as Built;
      if (!waiting || built.executionPayload.transactions.length > 0 || wait > 500) return built;
    }
  }

  private attributes(): object {
    const last = this.chain.at(-1)?.executionPayload.timestamp ?? '0x0';
    const timestamp = Math.max(Number(last) + 1, Math.floor(Date.now() / 1000));
    return {
      timestamp: `0x${timestamp.toString(16)}`,
      // Random, so that no two blocks asked for are one.
      prevRandao: `0x${randomBytes(32).toString('hex')}`,
      suggestedFeeRecipient: NOBODY,
      withdrawals: [],
      parentBeaconBlockRoot: ZERO,
    };
  }

  private async adopt(block: Built): Promise<void> {
    await this.insert(block);
    this.chain.push(block);
    await this.choose();
  }

  private async insert({ executionPayload, executionRequests }: Built): Promise<void> {
    const params = [executionPayload, [], ZERO, executionRequests];
    const { status, validationError } = (await this.engine('engine_newPayloadV4', params)) as Verdict;
    if (status !== 'VALID') throw new Error(`geth finds its own block ${status}: ${validationError ?? ''}`);
  }

  /** Names the head, the safe and the final block; with attributes, has a block built upon the head. */
  private choose(attributes: object | null = null): Promise<unknown> {
    const back = (blocks: number): string => this.chain.at(-1 - blocks)?.executionPayload.blockHash ?? ZERO;
    const head = this.chain.length === 0 ? this.genesis : back(0);
    const state = { headBlockHash: head, safeBlockHash: back(SAFE), finalizedBlockHash: back(FINAL) };
    return this.engine('engine_forkchoiceUpdatedV3', [state, attributes]);
  }

  private async engine(method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.enginePort}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${jwt.sign({}, this.secret)}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  private at(name: string): string {
    return join(this.folder, name);
  }

  private run(...args: string[]): void {
    execFileSync(this.binary, ['--datadir', this.at('data'), ...args], { stdio: 'ignore' });
  }

  private async launch(): Promise<void> {
    const options = {
      datadir: this.at('data'),
      networkid: GETH_CHAIN_ID,
      verbosity: 0,
      // Every block's state is on disk when it is the head: a node that was killed comes back where it was.
      gcmode: 'archive',
      'state.scheme': 'hash',
      'http.port': this.port,
      'http.api': 'eth,net,web3,debug,txpool',
      'authrpc.port': this.enginePort,
      'authrpc.jwtsecret': this.at('jwt'),
      // The pool is ours alone; a limit that stays lets a test fill a block.
      'miner.gaslimit': 11_500_000,
      syncmode: 'full',
      maxpeers: 0,
      port: 0,
    };
    const flags = [
      '--http',
      '--ipcdisable',
      '--nodiscover',
      '--rpc.allow-unprotected-txs',
      '--snapshot=false',
      '--history.logs.disable',
    ];
    const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.child = spawn(this.binary, [...flags, ...named], { stdio: 'ignore' });
    for (let i = 0; i < 400; i++) {
      if ((await this.rpc('eth_chainId').catch(() => undefined)) !== undefined) return;
      await delay(25);
    }
    throw new Error('geth did not start.');
  }
}

interface Verdict {
  readonly status: string;
  readonly validationError?: string | null;
}

/** The developer network's genesis (all forks, system contracts in place), with money for the addresses that ask. */
function genesisOf(binary: string, funded: readonly string[]): string {
  const printed = execFileSync(binary, ['--dev', 'dumpgenesis'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const genesis = JSON.parse(printed) as { alloc: Record<string, { balance: string }> };
  for (const address of funded) genesis.alloc[address] = { balance: `0x${(1000n * 10n ** 18n).toString(16)}` };
  return JSON.stringify(genesis);
}

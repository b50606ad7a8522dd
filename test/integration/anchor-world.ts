import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { Chain, type ChainOptions } from '../../src/platform/chain/chain.js';
import { localSigner } from '../../src/platform/chain/signers/local-signer.js';
import type { Database } from '../../src/platform/database/database.js';
import { Anchorer, type AnchorPolicy } from '../../src/transparency/anchor/anchorer.js';
import type { AnchorChain, ChainView } from '../../src/transparency/anchor/chain-port.js';
import { EvmAnchorChain } from '../../src/transparency/anchor/evm-chain.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { Anvil } from './anchor-anvil.js';
import { ORIGIN, TestPostgres, append } from './transparency-fixture.js';

export const PUBLISHER_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
export const PUBLISHER = localSigner(PUBLISHER_KEY);
export const LOG_ID = chainLogId(PUBLISHER.address, ORIGIN);
export const PATIENT: AnchorPolicy = {
  intervalMs: 0,
  entries: 1,
  stuckAfterMs: 600_000,
  fees: { maxFee: 10n ** 12n, bumpPercent: 12.5 },
  lossPatienceMs: 0,
};
const RICH = '0xd3c21bcecceda1000000';
const logSigner = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));

export type SlotRow = { state: string; nonce: number; size: number; attempts: number; why: string | null };

/** A log with its database on one anvil, and anchorers for it. */
export interface World {
  readonly database: Database;
  readonly chain: AnchorChain;
  anchorer(policy?: Partial<AnchorPolicy>, chain?: AnchorChain, database?: Database, now?: () => number): Anchorer;
  grow(count: number): Promise<void>;
  rows(): Promise<SlotRow[]>;
  view(): Promise<ChainView>;
  another(): Database;
  readonly thief: Awaited<ReturnType<TestPostgres['database']>>['thief'];
}

/** PostgreSQL for a spec file, and a new anvil, with the contract on it, for each of its tests. */
export class Worlds {
  readonly postgres = new TestPostgres();
  readonly folder = mkdtempSync(join(tmpdir(), 'halisi-anvil-'));
  private readonly anvils: Anvil[] = [];

  /** Registers the hooks of the spec file. */
  static forSpec(): Worlds {
    const worlds = new Worlds();
    beforeAll(() => worlds.postgres.start());
    afterEach(() => worlds.killAnvils());
    afterAll(async () => {
      await worlds.postgres.stop();
      rmSync(worlds.folder, { recursive: true, force: true });
    });
    return worlds;
  }

  /** Another anvil, without the contract; it ends with the test. */
  async anvil(chainId = 31337): Promise<Anvil> {
    const anvil = await Anvil.start(this.folder, chainId);
    this.anvils.push(anvil);
    return anvil;
  }

  async killAnvils(): Promise<void> {
    await Promise.all(this.anvils.splice(0).map((anvil) => anvil.kill()));
  }

  async world(anvil: Anvil, options: Partial<ChainOptions> = {}): Promise<World> {
    await deployOn(anvil);
    const { database, another, thief } = await this.postgres.database();
    const evm = await EvmAnchorChain.open(chainOf([anvil.url], options));
    const integrator = new Integrator(database, 0);
    const checkpoints = new CheckpointService(database, new LogReader(database), logSigner);
    return {
      database,
      another,
      thief,
      chain: evm,
      anchorer: (policy = {}, chain = evm, own = database, now = Date.now) =>
        new Anchorer(own, new LogReader(own), chain, { ...PATIENT, ...policy }, 0, LOG_ID, now),
      async grow(count) {
        await append(database, count);
        await integrator.step();
        await checkpoints.sign(0);
      },
      rows: () =>
        database.query<SlotRow>(
          'test-anchors',
          `select state, nonce, size, why, (select count(*) from anchor_attempt t where t.anchor_id = a.id) as attempts
           from anchor a order by id`,
        ),
      view: async () => (await evm.view(LOG_ID))!,
    };
  }
}

/** A chain behind these endpoints, impatient with those that fail. */
export function chainOf(rpc: readonly string[], options: Partial<ChainOptions> = {}): Chain {
  return new Chain({
    name: 'test',
    chainId: 31337,
    rpc,
    signer: () => Promise.resolve(PUBLISHER),
    finality: 'finalized',
    agreement: 1,
    embedded: true,
    backoffMs: 1,
    timeoutMs: 2000,
    ...options,
  });
}

/** Gives the publisher money and anvil the contract, and blocks that make both final. */
export async function deployOn(anvil: Anvil, chainId = 31337): Promise<void> {
  await anvil.rpc('anvil_setBalance', [PUBLISHER.address, RICH]);
  const mining = setInterval(() => void anvil.mine(1).catch(() => undefined), 50);
  await chainOf([anvil.url], { chainId })
    .deploy()
    .finally(() => clearInterval(mining));
  await anvil.mine(3);
}

/** Rounds with blocks between them, until nothing can be left to do. */
export async function settle(anvil: Anvil, ...anchorers: readonly Anchorer[]): Promise<void> {
  for (let i = 0; i < 4; i++) {
    for (const anchorer of anchorers) await anchorer.round();
    await anvil.mine(1);
  }
  for (const anchorer of anchorers) await anchorer.round();
}

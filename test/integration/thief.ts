import { randomBytes } from 'node:crypto';
import { Interface, Wallet } from 'ethers';
import type pg from 'pg';
import { eventEntry } from '../../src/domain/receipt/check.js';
import { commitEvent } from '../../src/domain/receipt/commitment.js';
import { signCheckpoint } from '../../src/domain/tlog/index.js';
import { checkpointAnchorAddress } from '../../src/platform/chain/deploy.js';
import { checkpointAnchorAbi } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { RpcError } from '../../src/platform/chain/rpc.js';
import type { Database } from '../../src/platform/database/database.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import type { Anvil } from './anchor-anvil.js';
import { eventOf } from './transparency-events.js';
import { ORIGIN } from './transparency-fixture.js';

/** The key of the log; the thief has it too. */
export const LOG_SIGNER = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));

const contract = new Interface(checkpointAnchorAbi);
const GUARDED = ['event', 'log_entry', 'log', 'tile', 'tree', 'checkpoint', 'publication', 'cosignature'];
const FAR = 100_001;

/** What can be done to the past. Each leaves events and entries that fit one another, and says how many there are. */
export const REWRITINGS: Readonly<Record<string, (sql: pg.Pool, at: number) => Promise<void>>> = {
  async changed(sql, at) {
    const event = { ...eventOf(at), ilmd: { 'cbvmda:lotNumber': 'L2', 'cbvmda:itemExpirationDate': '2031-01-31' } };
    const secret = randomBytes(32);
    const commitment = Buffer.from(commitEvent(event, secret).commitment);
    const values = [at, JSON.stringify(event), secret, commitment];
    await sql.query('update event set body = $2, secret = $3, commitment = $4 where position = $1', values);
    await sql.query('update log_entry set entry = $2 where position = $1', [at, Buffer.from(eventEntry(commitment))]);
  },
  async removed(sql, at) {
    for (const table of ['event', 'log_entry']) {
      await sql.query(`delete from ${table} where position = $1`, [at]);
      await sql.query(`update ${table} set position = position + $2 where position > $1`, [at, FAR]);
      await sql.query(`update ${table} set position = position - $1 where position >= $2`, [FAR + 1, FAR]);
    }
    await sql.query('update log set size = size - 1 where number = 0');
  },
  async reordered(sql, at) {
    for (const table of ['event', 'log_entry']) {
      for (const [from, to] of [
        [at, FAR],
        [at + 1, at],
        [FAR, at + 1],
      ]) {
        await sql.query(`update ${table} set position = $2 where position = $1`, [from, to]);
      }
    }
  },
};

/**
 * Rewrites the past with the database superuser and the log's key: events, entries, tiles, tree and signed checkpoints,
 * at the sizes at which there were checkpoints, so that nothing in the database contradicts anything else in it.
 */
export async function rewrite(database: Database, sql: pg.Pool, how: string, at: number): Promise<void> {
  for (const table of GUARDED) await sql.query(`alter table ${table} disable trigger all`);
  const children = 'select inhrelid::regclass::text as name from pg_inherits where inhparent = any($1::regclass[])';
  const { rows } = await sql.query<{ name: string }>(children, [['event', 'log_entry']]);
  for (const { name } of rows) await sql.query(`alter table ${name} disable trigger all`);
  const before = await sql.query<{ size: string }>('select size from checkpoint where size > 0 order by size');
  await REWRITINGS[how]!(sql, at);
  await sql.query('delete from publication; delete from checkpoint; delete from tile; delete from tree');
  await new Integrator(database, 0).step();
  const [log] = (await sql.query<{ size: string }>('select size from log where number = 0')).rows;
  const reader = new LogReader(database);
  for (const size of new Set(before.rows.map((row) => Math.min(Number(row.size), Number(log!.size))))) {
    const root = await reader.root(0, size);
    const note = signCheckpoint({ origin: ORIGIN, size, root }, [LOG_SIGNER]);
    await sql.query('insert into checkpoint (log, size, root, note) values (0, $1, $2, $3)', [size, root, note]);
    await sql.query('insert into publication (log, size) values (0, $1)', [size]);
  }
}

/** Whoever has a key, and a node that takes transactions. */
export class KeyHolder {
  constructor(
    private readonly anvil: Anvil,
    private readonly wallet: Wallet,
    private readonly chainId = 31337,
  ) {}

  get address(): string {
    return this.wallet.address;
  }

  /** Puts a call of the contract into a block whatever it does; answers the error's name, or `taken`. */
  async tries(method: string, ...args: readonly unknown[]): Promise<string> {
    const data = contract.encodeFunctionData(method, args);
    const to = checkpointAnchorAddress();
    const refusal = await this.anvil.rpc('eth_call', [{ from: this.address, to, data }, 'latest']).then(
      () => 'taken',
      (error: unknown) => errorName(error),
    );
    const nonce = Number(await this.anvil.rpc('eth_getTransactionCount', [this.address, 'latest']));
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
    const { chainId } = this;
    const raw = await this.wallet.signTransaction({ type: 2, chainId, nonce, to, data, gasLimit: 500_000n, ...fees });
    const hash = await this.anvil.rpc('eth_sendRawTransaction', [raw]);
    await this.anvil.mine(1);
    const { status } = (await this.anvil.rpc('eth_getTransactionReceipt', [hash])) as { status: string };
    expect(status).toBe(refusal === 'taken' ? '0x1' : '0x0');
    return refusal;
  }
}

function errorName(error: unknown): string {
  if (!(error instanceof RpcError) || error.data === undefined) throw error;
  return contract.parseError(error.data)?.name ?? error.data;
}

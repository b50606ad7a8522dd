import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { rpc } from '../../src/platform/chain/rpc.js';
import { eventually } from '../support/eventually.js';
import { sharedServers, type SharedServers } from '../support/shared-servers.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { appendEvents } from './transparency-events.js';

const folder = mkdtempSync(join(tmpdir(), 'halisi-roles-'));
const key = Wallet.createRandom().privateKey;
let shared: SharedServers;
let worker: TestApp;
let api: TestApp;

beforeAll(async () => {
  shared = await sharedServers();
  await rpc(shared.anvil.url, 'anvil_setBalance', [new Wallet(key).address, '0xd3c21bcecceda1000000']);
  const common = {
    signer: { type: 'key', variable: 'TEST_KEY' },
    schedule: { everySeconds: 0.2 },
    fees: { maxFeeGwei: 500 },
  };
  const chains = [
    { ...common, name: 'dead', chainId: 99, rpc: ['http://127.0.0.1:9/secret'] },
    { ...common, name: 'living', chainId: 31337, rpc: [shared.anvil.url] },
  ];
  writeFileSync(join(folder, 'chains.json'), JSON.stringify(chains));
  const none = { CHAIN_RPC_URL: '', CHAIN_PRIVATE_KEY: '' };
  worker = await startApp({ env: { ...none, CHAINS_FILE: join(folder, 'chains.json'), TEST_KEY: key } });
  api = await startApp({ beside: worker, env: { ...none, HALISI_ROLE: 'api' } });
});
afterAll(async () => {
  await api.close();
  await worker.close();
  await shared.detach();
  rmSync(folder, { recursive: true });
});

const CHAINS = '{ log { final chains { name chainId contract problem overdue final spentToday } } }';
type Shown = {
  log: { final: number; chains: { name: string; problem: string | null; final: number; spentToday: string }[] };
};

describe('a worker with several chains, and a server beside it with none', () => {
  it('anchors on the living one while the other is dead, and says so', async () => {
    await appendEvents(worker.database, 3);
    const { log } = await eventually('an anchor is final, and the dead chain is known to be', async () => {
      const shown = await worker.ask<Shown>(CHAINS);
      return (
        shown.log.final > 0 &&
        shown.log.chains.every(({ name, problem }) => (name === 'dead') === (problem !== null)) &&
        shown
      );
    });
    expect(log.chains).toMatchObject([
      { name: 'dead', chainId: 99, problem: 'RPC_UNREACHABLE', overdue: false, final: 0, spentToday: '0' },
      { name: 'living', chainId: 31337, problem: null, overdue: false },
    ]);
    expect(log.chains[1]!.final).toBeGreaterThan(0);
    expect(BigInt(log.chains[1]!.spentToday)).toBeGreaterThan(0n);
    const metrics = await (await worker.rest('/metrics')).text();
    expect(metrics).toContain('halisi_log_anchor_problem{chain="dead",problem="RPC_UNREACHABLE"} 1');
    expect(metrics).toContain('halisi_log_anchor_overdue{chain="living"} 0');
    expect(metrics).toMatch(/halisi_log_chain_anchor_age_seconds\{chain="living"\} \d/);
    expect(metrics).toMatch(/halisi_log_anchor_spent_today\{chain="living"\} [\d.e-]+/);
    expect(metrics).toMatch(/halisi_log_anchor_wallet_anchors_left\{chain="living"\} 1000000/);
  });

  it('shows the same identity and chains without chain and key', async () => {
    const identityOf = async (app: TestApp) =>
      (await (await app.rest('/.well-known/halisi.json')).json()) as { logs: { anchors: object[] }[] };
    const identity = await identityOf(api);
    expect(identity).toEqual(await identityOf(worker));
    expect(identity.logs[0]!.anchors).toMatchObject([{ chainId: 99 }, { chainId: 31337 }]);
    expect(JSON.stringify(identity)).not.toContain('secret');
    expect((await api.ask<Shown>(CHAINS)).log.chains.map(({ name }) => name)).toEqual(['dead', 'living']);
    expect(api.config.chains).toEqual([]);
    expect(await (await api.rest('/health/ready')).json()).toMatchObject({ status: 'ok', chain: 'ok' });
    expect(await (await worker.rest('/health/ready')).json()).toMatchObject({ status: 'ok', chain: 'unreachable' });
  });
});

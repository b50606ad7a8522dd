import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { HDNodeWallet, JsonRpcProvider, Network, Wallet } from 'ethers';
import { AnchorClient } from '../../contracts/test/anchor-client.js';
import { runHere } from '../../apps/verifier/src/terminal.fixture.js';
import { chainLogId, consistencyOf, Desk, codesOf, ORIGIN, ServedLog } from './monitor-fixture.js';
import { checkpointAnchorRuntimeHash } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { Anvil } from './anchor-anvil.js';

const MNEMONIC = 'test test test test test test test test test test test junk';

let folder: string;
let anvil: Anvil;
let provider: JsonRpcProvider;
let client: AnchorClient;
let anchor: { chainId: number; contract: string; logId: string; codeHash: string };
let clean: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halisi-monitor-anvil-'));
  anvil = await Anvil.start(folder);
  await anvil.rpc('evm_setAutomine', [true]);
  const network = Network.from(31337);
  provider = new JsonRpcProvider(anvil.url, network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1 });
  const wallet = new Wallet(HDNodeWallet.fromPhrase(MNEMONIC, '', `m/44'/60'/0'/0/0`).privateKey, provider);
  const contract = (await deployCheckpointAnchor(wallet)).toLowerCase();
  client = new AnchorClient(contract, wallet);
  const logId = chainLogId(wallet.address, ORIGIN);
  anchor = { chainId: 31337, contract, logId, codeHash: checkpointAnchorRuntimeHash };
  clean = (await anvil.rpc('evm_snapshot')) as string;
});
afterAll(async () => {
  provider.destroy();
  await anvil.kill();
  rmSync(folder, { recursive: true });
});

let desk: Desk;
let log: ServedLog;
const servers: Server[] = [];

beforeEach(async () => {
  desk = await Desk.open({ anchors: [anchor] });
  log = await new ServedLog().start();
});
afterEach(async () => {
  await log.stop();
  await desk.close();
  servers.splice(0).forEach((server) => server.close());
  await anvil.rpc('evm_revert', [clean]);
  clean = (await anvil.rpc('evm_snapshot')) as string;
});

/** Anchors the log as it was at a size, and mines until that is final. */
async function anchored(of: ServedLog, size = of.size, from = 0): Promise<void> {
  await client.anchor(anchor.logId, size, of.root(size), from === 0 ? [] : consistencyOf(of, from, size));
  await anvil.mine(3);
}

const look = (...more: string[]) => desk.look(log, '--rpc', anvil.url, '--from-block', '0', ...more);

/** A node that answers as anvil does, except where `lie` answers something else. */
async function liar(lie: (method: string, result: unknown) => unknown): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { method, params } = JSON.parse(body) as { method: string; params: unknown[] };
      const answer = (rest: object) => response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...rest }));
      void anvil.rpc(method, params).then(
        (result) => answer({ result: lie(method, result) }),
        // Who was lied to may ask for what the chain does not have, as a block from the future.
        (error: Error) => answer({ error: { code: -32000, message: error.message } }),
      );
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('halisi-verify monitor and the chain', () => {
  it('finds every anchor of an honest log to be a prefix of it, and goes on where it stopped', async () => {
    log.grow(100);
    await anchored(log);
    log.grow(300);
    await anchored(log, 400, 100);
    log.grow(3);
    const first = await look();
    expect(first).toMatchObject({ status: 0, alarms: [], notes: [], anchors: [{ size: 400 }] });
    log.grow(97);
    await anchored(log, 500, 400);
    expect(await look()).toMatchObject({ status: 0, anchors: [{ size: 500 }] });
    expect((await desk.run(log.url, '--once', '--rpc', anvil.url)).output).toMatch(
      /chain 31337: 500 final, \d+ (s|min) ago\n$/,
    );
  });

  it('says that a chain is not asked, and that nothing is final on it yet', async () => {
    log.grow(5);
    expect(await desk.look(log)).toMatchObject({ status: 0, notes: [{ code: 'CHAIN_NOT_ASKED' }], anchors: [] });
    expect(await look()).toMatchObject({ status: 0, anchors: [{ size: 0, anchoredAt: null }] });
  });

  it('proves that the chain holds another history than the log', async () => {
    const told = await new ServedLog('told to the chain').start();
    told.grow(250);
    await anchored(told);
    await told.stop();
    log.grow(300);
    const forked = await look();
    expect(codesOf(forked)).toEqual(['ANCHOR_FORKED']);
    const [file] = await desk.evidence();
    const check = ['monitor', '--check-evidence', file!, '--trust', desk.trust];
    const offline = await runHere(check);
    expect(offline).toMatchObject({ status: 0, output: expect.stringContaining('Left to believe') as string });
    const asked = await runHere([...check, '--rpc', anvil.url]);
    expect(asked.output).toBe(
      `PROVEN: ${ORIGIN} signed a history that contradicts its anchor of 250 entries on chain 31337.\n`,
    );
    await anvil.rpc('evm_revert', [clean]);
    clean = (await anvil.rpc('evm_snapshot')) as string;
    await anvil.mine(20);
    expect(await runHere([...check, '--rpc', anvil.url])).toMatchObject({ status: 1 });
  });

  it('looks at every anchor, not at the newest alone', async () => {
    const told = await new ServedLog('told to the chain').start();
    told.grow(50);
    await anchored(told);
    await told.stop();
    log.grow(300);
    // The head is hidden, so the wrong anchor can only be found among the events.
    const node = await liar((method, result) => (method === 'eth_call' ? `0x${'0'.repeat(256)}` : result));
    const found = await desk.look(log, '--rpc', node, '--from-block', '0');
    expect(codesOf(found)).toEqual(['ANCHOR_FORKED']);
    expect(found.alarms[0]!.message).toContain('50 entries');
  });

  it('cries when the chain stays ahead of what the log shows, and compares it when the log is there', async () => {
    log.grow(100);
    const old = new Map(log.files);
    log.grow(100);
    await anchored(log);
    const now = new Map(log.files);
    log.files.set('checkpoint', old.get('checkpoint')!);
    expect(await look()).toMatchObject({ status: 0, alarms: [], notes: [{ code: 'CHAIN_AHEAD_YET' }] });
    expect(codesOf(await look('--grace', '0.00001'))).toEqual(['CHAIN_AHEAD']);
    await desk.run(log.url, '--acknowledge', 'CHAIN_AHEAD');
    log.files.set('checkpoint', now.get('checkpoint')!);
    expect(await look('--grace', '0.00001')).toMatchObject({ status: 0, size: 200, anchors: [{ size: 200 }] });
  });

  it.each(['shows', 'hides'])(
    'finds a fork that was ahead once the log shows more, on a node that %s events',
    async (how) => {
      const node = await liar((method, result) => (how === 'hides' && method === 'eth_getLogs' ? [] : result));
      const told = await new ServedLog('told to the chain').start();
      told.grow(250);
      await anchored(told);
      await told.stop();
      log.grow(200);
      const ahead = await desk.look(log, '--rpc', node, '--from-block', '0');
      expect(ahead).toMatchObject({ status: 0, notes: [{ code: 'CHAIN_AHEAD_YET' }] });
      log.grow(100);
      expect(codesOf(await desk.look(log, '--rpc', node))).toEqual(['ANCHOR_FORKED']);
    },
  );

  it('cries when entries are not final on the chain in time', async () => {
    log.grow(100);
    await anchored(log);
    expect(await look('--overdue', '0.000001')).toMatchObject({ status: 0 });
    log.grow(1);
    expect(await look()).toMatchObject({ status: 0 });
    const late = await look('--overdue', '0.00001');
    expect(codesOf(late)).toEqual(['ANCHOR_OVERDUE']);
    expect(late.alarms[0]!.message).toContain('Entries from 100 on');
    await desk.run(log.url, '--acknowledge', 'ANCHOR_OVERDUE');
    await anchored(log, 101, 100);
    expect(await look('--overdue', '0.00001')).toMatchObject({ status: 0, alarms: [] });
  });

  it('believes no node that contradicts another, and none that serves other code', async () => {
    log.grow(100);
    await anchored(log);
    const root = await liar((method, result) =>
      method === 'eth_call' ? String(result).replace(/^0x.{64}/, `0x${'11'.repeat(32)}`) : result,
    );
    expect(codesOf(await look('--rpc', root))).toEqual(['RPC_DISAGREES']);
    await desk.run(log.url, '--acknowledge', 'RPC_DISAGREES');
    const block = await liar((method, result) =>
      method === 'eth_getBlockByNumber' ? { ...(result as object), hash: `0x${'22'.repeat(32)}` } : result,
    );
    expect(codesOf(await look('--rpc', block))).toEqual(['RPC_DISAGREES']);
    await desk.run(log.url, '--acknowledge', 'RPC_DISAGREES');
    const code = await liar((method, result) => (method === 'eth_getCode' ? '0x00' : result));
    expect(codesOf(await desk.look(log, '--rpc', code))).toEqual(['CODE_CHANGED']);
  });

  it('goes on with the node that answers, and tells of the one that does not', async () => {
    log.grow(100);
    await anchored(log);
    const dead = await liar(() => ({}));
    const half = await look('--rpc', dead);
    expect(half).toMatchObject({ status: 3, alarms: [], anchors: [{ size: 100 }] });
    expect(half.notes.map(({ code }) => code)).toContain('CHAIN_NOT_REACHED');
    expect(codesOf(await desk.look(log, '--rpc', dead, '--grace', '0.00001'))).toEqual(['CHAIN_UNREACHABLE']);
  });

  it('cries when the chain loses an anchor, or a final block', async () => {
    log.grow(100);
    await anchored(log);
    await look();
    const empty = await liar((method, result) => (method === 'eth_call' ? `0x${'0'.repeat(256)}` : result));
    expect(codesOf(await desk.look(log, '--rpc', empty))).toEqual(['ANCHOR_SHRUNK']);
    await desk.run(log.url, '--acknowledge', 'ANCHOR_SHRUNK');
    await anvil.mine(3);
    await look();
    await anvil.rpc('anvil_reorg', [4, []]);
    const rewritten = await look();
    expect(codesOf(rewritten)).toEqual(['CHAIN_REWRITTEN']);
    await desk.run(log.url, '--acknowledge', 'CHAIN_REWRITTEN');
    expect(await look()).toMatchObject({ status: 0 });
  });

  it('neither breaks nor believes whatever a node answers', async () => {
    log.grow(100);
    await anchored(log);
    await look();
    const methods = ['eth_chainId', 'eth_getBlockByNumber', 'eth_getCode', 'eth_call', 'eth_getLogs'];
    const hex = fc
      .tuple(fc.constantFrom(0, 1, 3, 8, 16, 32, 128), fc.nat(255))
      .map(([n, byte]) => `0x${byte.toString(16).padStart(2, '0').repeat(n)}`);
    const answers = fc.oneof(
      fc.jsonValue(),
      hex,
      fc.record({ number: hex, hash: hex }),
      fc.array(fc.record({ topics: fc.array(hex), data: hex })),
    );
    let lie: [string, unknown] = ['', null];
    const node = await liar((method, result) => (method === lie[0] ? lie[1] : result));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), answers, async (method, answer) => {
        lie = [method, answer];
        const told = await desk.look(log, '--rpc', node);
        expect([0, 1, 3]).toContain(told.status);
        if (method !== 'eth_getLogs') expect(told.anchors[0]!.size).toBe(100);
        for (const { code } of told.alarms) await desk.run(log.url, '--acknowledge', code);
      }),
      { numRuns: 80 },
    );
  });
});

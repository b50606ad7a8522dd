import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JsonRpcProvider, Network, Wallet, hexlify, keccak256, parseEther } from 'ethers';
import fc from 'fast-check';
import { AnchorClient } from '../../contracts/test/anchor-client.js';
import { changedConsistency, changedInclusion, isConsistent, isIncluded } from '../../contracts/test/claims.js';
import { GAS_CASES, type AnchorGas, gasOf } from '../../contracts/test/gas-cases.js';
import { GeneratedLog } from '../../contracts/test/logs.js';
import { haveVectors, publishedCases } from '../../contracts/test/published-vectors.js';
import { askAll, callOf } from '../../contracts/test/view-batch.js';
import { headSlots, headerFromRpc, openStateProof, stateProofFromRpc } from '../../src/domain/receipt/state-proof.js';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { Chain } from '../../src/platform/chain/chain.js';
import { checkpointAnchorAddress, deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { checkpointAnchorRuntimeHash, deploymentProxy } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { localSigner } from '../../src/platform/chain/signers/local-signer.js';
import { Anchorer, type AnchorPolicy } from '../../src/transparency/anchor/anchorer.js';
import { EvmAnchorChain } from '../../src/transparency/anchor/evm-chain.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { ORIGIN, TestPostgres, append } from '../integration/transparency-fixture.js';
import { GETH_CHAIN_ID, Geth, gethBinary } from '../support/geth.js';

/** The second EVM: everything that anvil says of the contract and of anchoring, go-ethereum must say too. */
const binary = await gethBinary();
const describeGeth = binary === null ? describe.skip : describe;
if (binary === null) it.skip('go-ethereum cannot be had on this machine: there is no go, or no module proxy', () => {});

const RICH = new Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const postgres = new TestPostgres();
const folder = mkdtempSync(join(tmpdir(), 'halisi-geth-'));
let geth: Geth;
let provider: JsonRpcProvider;
let rich: Wallet;

beforeAll(async () => {
  if (binary === null) return;
  geth = await Geth.start(binary, folder, [RICH.address]);
  const options = { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 };
  provider = new JsonRpcProvider(geth.url, Network.from(GETH_CHAIN_ID), options);
  rich = RICH.connect(provider);
  expect(await provider.getCode(deploymentProxy)).toBe('0x');
  await minedMeanwhile(deployCheckpointAnchor(rich));
});
afterAll(async () => {
  provider?.destroy();
  await geth?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Makes blocks until the work is done. */
async function minedMeanwhile<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  done.catch(() => undefined);
  while (!isDone) {
    if ((await geth.pending()).length > 0) await geth.mine(1);
    await delay(10);
  }
  return done;
}

async function funded(): Promise<Wallet> {
  const wallet = new Wallet(Wallet.createRandom().privateKey, provider);
  await pay(wallet.address);
  return wallet;
}

const pay = (to: string): Promise<unknown> =>
  minedMeanwhile(rich.sendTransaction({ to, value: parseEther('1') }).then((sent) => sent.wait()));

describeGeth('CheckpointAnchor on go-ethereum', () => {
  it('is at the same address with the same code, put there through the proxy', async () => {
    expect(await provider.send('web3_clientVersion', [])).toMatch(/^Geth\//);
    expect(keccak256(await provider.getCode(checkpointAnchorAddress()))).toBe(checkpointAnchorRuntimeHash);
    expect(await provider.getCode(deploymentProxy)).not.toBe('0x');
  });

  (haveVectors ? it : it.skip)('answers the published vectors as published', async () => {
    const cases = [...publishedCases('inclusion'), ...publishedCases('consistency')];
    const calls = cases.map(({ method, args }) => callOf(method, args));
    const answers = await askAll(geth.url, checkpointAnchorAddress(), calls);
    expect(cases.map(({ name }, i) => [name, answers[i]])).toEqual(cases.map(({ name, answer }) => [name, answer]));
  });

  it('judges random claims as RFC 6962 does', async () => {
    const consistency = fc.sample(changedConsistency, 400);
    const inclusion = fc.sample(changedInclusion, 400);
    const calls = [
      ...consistency.map((c) => callOf('provesConsistency', [c.oldSize, c.oldRoot, c.newSize, c.newRoot, c.proof])),
      ...inclusion.map((c) => callOf('provesInclusion', [c.root, c.size, c.index, c.leafHash, c.proof])),
    ];
    const expected = [...consistency.map(isConsistent), ...inclusion.map(isIncluded)];
    expect(await askAll(geth.url, checkpointAnchorAddress(), calls)).toEqual(expected);
  });

  it('costs what it costs on anvil, to the unit', async () => {
    // The same publisher as there, because a log's id is calldata, in which a zero costs less.
    const anchor = new AnchorClient(checkpointAnchorAddress(), rich);
    const measured: Record<string, AnchorGas> = {};
    for (const [name, sizes] of Object.entries(GAS_CASES)) {
      measured[name] = await minedMeanwhile(gasOf(anchor, rich.address, sizes));
    }
    expect(measured).toEqual(JSON.parse(readFileSync('contracts/gas.json', 'utf8')));
  });

  it('refuses by the same names', async () => {
    const log = new GeneratedLog(20);
    const publisher = await funded();
    const owner = new AnchorClient(checkpointAnchorAddress(), publisher);
    const stranger = new AnchorClient(checkpointAnchorAddress(), rich);
    const logId = chainLogId(publisher.address, 'geth refuses');
    await minedMeanwhile(owner.anchor(logId, 10, log.root(10)));
    expect(await owner.refusal(owner.anchor(logId, 9, log.root(9)))).toBe('Shrunk');
    expect(await owner.refusal(owner.anchor(logId, 10, log.root(9)))).toBe('Forked');
    expect(await owner.refusal(owner.anchor(logId, 20, log.root(20), log.consistency(9, 20)))).toBe('Inconsistent');
    expect(await stranger.refusal(stranger.anchor(logId, 20, log.root(20), log.consistency(10, 20)))).toBe(
      'NotPublisher',
    );
    expect(await stranger.refusal(stranger.send('acceptRotation', [logId]))).toBe('NotSuccessor');
  });

  it('proves its head to the state root of a block, and the block by its hash', async () => {
    const log = new GeneratedLog(20);
    const publisher = await funded();
    const logId = chainLogId(publisher.address, 'geth proves');
    const owner = new AnchorClient(checkpointAnchorAddress(), publisher);
    const { blockNumber, blockHash } = await minedMeanwhile(owner.anchor(logId, 20, log.root(20)));
    const block: unknown = await provider.send('eth_getBlockByHash', [blockHash, false]);
    const { root, size } = headSlots(logId);
    const at = `0x${blockNumber.toString(16)}`;
    const answer: unknown = await provider.send('eth_getProof', [checkpointAnchorAddress(), [root, size], at]);
    const proof = stateProofFromRpc(headerFromRpc(block), answer);
    expect(openStateProof(proof, checkpointAnchorAddress(), logId)).toMatchObject({
      blockHash,
      blockNumber,
      codeHash: checkpointAnchorRuntimeHash,
      head: { root: hexlify(log.root(20)), size: 20, publisher: publisher.address.toLowerCase() },
    });
  });
});

const PATIENT: AnchorPolicy = {
  intervalMs: 0,
  entries: 1,
  stuckAfterMs: 600_000,
  fees: { maxFee: 10n ** 12n, bumpPercent: 12.5 },
  lossPatienceMs: 0,
};

/** A log with its database, and a publisher of its own. */
async function world() {
  const key = Wallet.createRandom().privateKey;
  const publisher = localSigner(key);
  const { database } = await postgres.database();
  const chain = await EvmAnchorChain.open(
    new Chain({
      name: 'geth',
      chainId: GETH_CHAIN_ID,
      rpc: [geth.url],
      signer: () => Promise.resolve(publisher),
      finality: 'finalized',
      agreement: 1,
      backoffMs: 1,
      timeoutMs: 2000,
    }),
  );
  const integrator = new Integrator(database, 0);
  const checkpoints = new CheckpointService(
    database,
    new LogReader(database),
    localLogSigner(ORIGIN, new Uint8Array(32).fill(7)),
  );
  const logId = chainLogId(publisher.address, ORIGIN);
  return {
    database,
    publisher,
    wallet: new Wallet(key, provider),
    anchorer: (policy: Partial<AnchorPolicy> = {}) =>
      new Anchorer(database, new LogReader(database), chain, { ...PATIENT, ...policy }, 0, logId),
    async grow(count: number) {
      await append(database, count);
      await integrator.step();
      await checkpoints.sign(0);
    },
    rows: () =>
      database.query(
        'test-anchors',
        `select state, size, (select count(*) from anchor_attempt t where t.anchor_id = a.id) as attempts
         from anchor a order by id`,
      ),
    head: async () => (await chain.view(logId))!,
  };
}

describeGeth('anchoring on go-ethereum', () => {
  beforeAll(() => postgres.start());
  afterAll(() => postgres.stop());

  it('goes from plan to finality, the next with a proof, and keeps the state proof', async () => {
    const { database, publisher, anchorer, grow, rows, head } = await world();
    await pay(publisher.address);
    const one = anchorer();
    await grow(5);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'sent', size: 5 }]);
    await geth.mine(1);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    await grow(300);
    await one.round();
    await geth.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([
      { state: 'finalized', size: 5, attempts: 1 },
      { state: 'finalized', size: 305, attempts: 1 },
    ]);
    expect((await head()).final.size).toBe(305);
    expect(await database.query('test-states', 'select header from anchor_state')).toHaveLength(2);
  });

  it('replaces a stuck transaction, by as much as geth asks on both fees', async () => {
    const { database, publisher, wallet, anchorer, grow, rows } = await world();
    await pay(publisher.address);
    // geth's miner leaves what tips less than 0.001 gwei.
    const capped = (maxPriorityFee: bigint) => ({ stuckAfterMs: 0, fees: { ...PATIENT.fees, maxPriorityFee } });
    await grow(5);
    await anchorer(capped(1000n)).round();
    const [first] = await geth.pending();
    await geth.mine(1);
    expect(await geth.pending()).toEqual([first]);
    const sent = (await provider.getTransaction(first!))!;
    for (const [fee, tip] of [
      [109n, 109n],
      [200n, 100n],
      [100n, 200n],
    ] as const) {
      const raw = await wallet.signTransaction({
        ...{
          type: 2,
          chainId: GETH_CHAIN_ID,
          nonce: sent.nonce,
          to: sent.to,
          data: sent.data,
          gasLimit: sent.gasLimit,
        },
        maxFeePerGas: (sent.maxFeePerGas! * fee) / 100n,
        maxPriorityFeePerGas: (sent.maxPriorityFeePerGas! * tip) / 100n,
      });
      await expect(provider.send('eth_sendRawTransaction', [raw])).rejects.toThrow(
        'replacement transaction underpriced',
      );
    }
    await grow(7);
    await anchorer(capped(1125n)).round();
    const [second, ...more] = await geth.pending();
    expect([second === first, more]).toEqual([false, []]);
    expect((await provider.getTransaction(second!))!.maxPriorityFeePerGas).toBe(1125n);
    await anchorer({ stuckAfterMs: 0 }).round();
    await geth.mine(3);
    const patient = anchorer();
    await patient.round();
    await patient.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 12, attempts: 3 }]);
    expect(await database.query('test-nonces', 'select nonce from anchor')).toEqual([{ nonce: 0 }]);
  });

  it('sends again what another branch of the chain does not have', async () => {
    const { publisher, anchorer, grow, rows, head } = await world();
    await pay(publisher.address);
    const one = anchorer();
    await grow(5);
    const rival = await geth.rival();
    await one.round();
    await geth.mine(1);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    await rival.overtake();
    expect((await head()).latest.size).toBe(0);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'sent' }]);
    await geth.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
  });

  it('says that the wallet is empty, and goes on when it is not', async () => {
    const { publisher, anchorer, grow, rows } = await world();
    const one = anchorer();
    await grow(5);
    expect(await one.round()).toMatchObject({ problem: 'WALLET_EMPTY' });
    await pay(publisher.address);
    for (let i = 0; i < 4; i++) {
      expect(await one.round()).toMatchObject({ problem: null });
      await geth.mine(1);
    }
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5 }]);
  });

  it('goes on when the node was killed with the transaction in its pool', async () => {
    const { publisher, anchorer, grow, rows } = await world();
    await pay(publisher.address);
    const one = anchorer();
    await grow(5);
    await one.round();
    await geth.kill();
    expect(await one.round()).toMatchObject({ problem: 'RPC_UNREACHABLE' });
    await geth.restart();
    for (let i = 0; i < 4; i++) {
      await one.round();
      await geth.mine(1);
    }
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
  });
});

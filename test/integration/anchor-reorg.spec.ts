import { Wallet } from 'ethers';
import type { Anvil } from './anchor-anvil.js';
import { PUBLISHER_KEY, Worlds, settle } from './anchor-world.js';

const worlds = Worlds.forSpec();
let anvil: Anvil;
beforeEach(async () => {
  anvil = await worlds.anvil();
});

describe('anchoring on a chain that changes its mind', () => {
  it('sends again what a reorganisation took away', async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    await anvil.mine(1);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    await anvil.rpc('anvil_reorg', [1, []]);
    expect((await view()).latest.size).toBe(0);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'sent' }]);
    await anvil.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
  });

  it('sends again what the node dropped', async () => {
    const { chain, anchorer, grow, rows } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    const [hash] = (await anvil.pending()) as [string];
    await anvil.rpc('anvil_dropTransaction', [hash]);
    expect(await chain.known(hash)).toBe(false);
    await one.round();
    expect(await anvil.pending()).toEqual([hash]);
    await anvil.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it('replaces a stuck transaction at its nonce with the newest checkpoint and an eighth more on both fees', async () => {
    const { database, anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer({ stuckAfterMs: 0 });
    await grow(5);
    await one.round();
    await anvil.rpc('anvil_setNextBlockBaseFeePerGas', ['0x2540be4000']);
    await anvil.mine(1);
    expect((await view()).latest.size).toBe(0);
    await grow(7);
    await one.round();
    const attempts = await database.query<{ size: number; fee: string; tip: string }>(
      'test-attempts',
      'select size, max_fee::text as fee, max_priority_fee::text as tip from anchor_attempt order by id',
    );
    expect(attempts).toMatchObject([{ size: 5 }, { size: 12 }]);
    const [first, second] = attempts;
    expect(BigInt(second!.fee) * 8n).toBeGreaterThanOrEqual(BigInt(first!.fee) * 9n);
    expect(BigInt(second!.tip) * 8n).toBeGreaterThanOrEqual(BigInt(first!.tip) * 9n);
    await anvil.mine(3);
    const patient = anchorer();
    await patient.round();
    await patient.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 12, attempts: 2 }]);
  });

  it('sends again what a rollback of the chain took away', async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    await anvil.mine(2);
    await one.round();
    await anvil.rpc('anvil_rollback', [2]);
    expect((await view()).latest.size).toBe(0);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'sent' }]);
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
  });

  it('follows a transaction that a reorganisation put into another block', async () => {
    const { database, anchorer, grow, rows } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    await anvil.mine(1);
    await one.round();
    const block = () => database.query<{ hash: string }>('test-block', 'select block_hash as hash from anchor');
    const [before] = await block();
    const [{ raw }] = (await database.query<{ raw: string }>('test-raw', 'select raw from anchor_attempt')) as [
      { raw: string },
    ];
    await anvil.rpc('anvil_reorg', [1, [[raw, 0]]]);
    await one.round();
    expect((await block())[0]!.hash).not.toBe(before!.hash);
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
  });

  it('waits for a chain that makes no blocks, and sends nothing twice', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    for (let i = 0; i < 4; i++) expect(await one.round()).toMatchObject({ problem: null });
    expect(await anvil.pending()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it('recognises that a foreign transaction of the same key took the nonce, and anchors with the next', async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    const [first] = await rows();
    const [hash] = (await anvil.pending()) as [string];
    await anvil.rpc('anvil_dropTransaction', [hash]);
    const foreign = await new Wallet(PUBLISHER_KEY).signTransaction({
      ...{ type: 2, chainId: 31337, nonce: first!.nonce, to: `0x${'42'.repeat(20)}`, value: 1n, gasLimit: 21_000n },
      ...{ maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 10n },
    });
    await anvil.rpc('eth_sendRawTransaction', [foreign]);
    await anvil.mine(1);
    expect(await one.round()).toMatchObject({ problem: null, noncesTaken: 0 });
    await anvil.mine(3);
    expect(await one.round()).toMatchObject({ noncesTaken: 1 });
    await settle(anvil, one);
    expect(await rows()).toMatchObject([
      { state: 'abandoned', nonce: first!.nonce, why: 'Another transaction took its nonce.' },
      { state: 'finalized', nonce: first!.nonce + 1, size: 5 },
    ]);
    expect((await view()).final.size).toBe(5);
  });

  it('finds the first of two transactions at a nonce in a block, though the second was sent last', async () => {
    const { database, anchorer, grow, rows, view } = await worlds.world(anvil);
    const hasty = anchorer({ stuckAfterMs: 0 });
    await grow(5);
    await hasty.round();
    await grow(7);
    await hasty.round();
    const attempts = await database.query<{ hash: string; raw: string }>(
      'test-raws',
      'select tx_hash as hash, raw from anchor_attempt order by id',
    );
    await anvil.rpc('anvil_dropTransaction', [attempts[1]!.hash]);
    await anvil.rpc('eth_sendRawTransaction', [attempts[0]!.raw]);
    await anvil.mine(1);
    const patient = anchorer();
    await patient.round();
    expect(await rows()).toMatchObject([
      { state: 'mined', size: 5, attempts: 2 },
      { state: 'sent', size: 12 },
    ]);
    await settle(anvil, patient);
    expect((await view()).final.size).toBe(12);
  });
});

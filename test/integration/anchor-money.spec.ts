import { Transaction } from 'ethers';
import { RpcError } from '../../src/platform/chain/rpc.js';
import type { AnchorChain } from '../../src/transparency/anchor/chain-port.js';
import type { Anvil } from './anchor-anvil.js';
import { PATIENT, PUBLISHER, Worlds, settle } from './anchor-world.js';

const worlds = Worlds.forSpec();
let anvil: Anvil;
beforeEach(async () => {
  anvil = await worlds.anvil();
});

/** It falls with every empty block before. */
async function baseFeeOfAGwei(): Promise<void> {
  await anvil.rpc('anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00']);
  await anvil.mine(1);
}

/** The chain with some methods of its own. */
function changed(chain: AnchorChain, members: Partial<AnchorChain>): AnchorChain {
  return new Proxy(chain, {
    get(target, name) {
      const member: unknown = Reflect.get(name in members ? members : target, name);
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
    },
  });
}

describe('paying for anchors', () => {
  it('waits, and says so, where gas costs more than may be paid', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    await grow(5);
    const dear = anchorer({ fees: { maxFee: 1n, bumpPercent: 12.5 } });
    expect(await dear.round()).toMatchObject({ problem: 'FEE_CAP' });
    expect(await rows()).toMatchObject([{ state: 'planned' }]);
    await anchorer().round();
    expect(await rows()).toMatchObject([{ state: 'sent' }]);
  });

  it('takes no replacement beyond the cap, and waits with the one that is on its way', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    const capped = anchorer({ stuckAfterMs: 0, fees: { maxFee: 3_200_000_000n, bumpPercent: 100 } });
    await baseFeeOfAGwei();
    await grow(5);
    expect(await capped.round()).toMatchObject({ problem: null });
    expect(await capped.round()).toMatchObject({ problem: 'FEE_CAP' });
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
    await settle(anvil, capped);
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it('hands what nodes dropped to them again where a replacement may not be paid', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    const capped = anchorer({ stuckAfterMs: 0, fees: { maxFee: 3_200_000_000n, bumpPercent: 100 } });
    await baseFeeOfAGwei();
    await grow(5);
    expect(await capped.round()).toMatchObject({ problem: null });
    for (const hash of await anvil.pending()) await anvil.rpc('anvil_dropTransaction', [hash]);
    expect(await capped.round()).toMatchObject({ problem: 'FEE_CAP' });
    expect(await anvil.pending()).toHaveLength(1);
    await settle(anvil, capped);
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it('replaces what every node refuses for its small tip, once it has waited', async () => {
    const { chain, anchorer, grow, rows } = await worlds.world(anvil);
    const least = 2n;
    const choosy = changed(chain, {
      broadcast: async (raw: string) => {
        const { maxPriorityFeePerGas } = Transaction.from(raw);
        if (maxPriorityFeePerGas! < least) throw new RpcError('RPC_REFUSED', 'transaction underpriced');
        await chain.broadcast(raw);
      },
      tip: () => Promise.resolve(least),
    });
    const first = changed(choosy, { tip: () => Promise.resolve(1n) });
    await grow(5);
    expect(await anchorer({}, first).round()).toMatchObject({ problem: 'REFUSED' });
    expect(await anchorer({}, choosy).round()).toMatchObject({ problem: 'REFUSED' });
    expect(await rows()).toMatchObject([{ state: 'signed', attempts: 1 }]);
    expect(await anchorer({ stuckAfterMs: 0 }, choosy).round()).toMatchObject({ problem: null });
    await settle(anvil, anchorer({}, choosy));
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 2 }]);
  });

  it('pays for what the contract refuses once an interval, and not again and again', async () => {
    const { chain, anchorer, grow, rows } = await worlds.world(anvil);
    let now = Date.now();
    const unlucky = changed(chain, { gasFor: () => Promise.resolve(30_000n) });
    const one = anchorer({ intervalMs: 3_600_000, entries: 1000 }, unlucky, undefined, () => now);
    await grow(5);
    for (let i = 0; i < 3; i++) await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'reverted' }]);
    now += 3_700_000;
    await one.round();
    expect(await rows()).toHaveLength(2);
  });

  it('stops where the day is spent, by receipts and what is on its way, and goes on the next day', async () => {
    const { anchorer, grow, rows, database } = await worlds.world(anvil);
    let now = Date.now();
    const dailyBudget = 600_000_000_000_000n;
    const thrifty = anchorer({ fees: { ...PATIENT.fees, dailyBudget } }, undefined, undefined, () => now);
    await grow(5);
    await settle(anvil, thrifty);
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
    let problem = null as string | null;
    for (let i = 0; i < 30 && problem === null; i++) {
      await grow(1);
      ({ problem } = await thrifty.round());
      await anvil.mine(1);
    }
    expect(problem).toBe('BUDGET_SPENT');
    await settle(anvil, thrifty);
    const [spent] = await database.query<{ wei: string }>('test-spent', 'select sum(cost)::text as wei from anchor');
    expect(BigInt(spent!.wei)).toBeGreaterThan(0n);
    expect(BigInt(spent!.wei)).toBeLessThanOrEqual(dailyBudget);
    expect((await thrifty.round()).detail).toContain(`${spent!.wei} wei spent today`);
    now += 24 * 3600 * 1000;
    expect(await thrifty.round()).toMatchObject({ problem: null });
    await settle(anvil, thrifty);
    expect((await rows()).every(({ state }) => state === 'finalized')).toBe(true);
  });

  it('replaces nothing that the budget does not hold', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    await grow(5);
    await anchorer().round();
    const poor = anchorer({ stuckAfterMs: 0, fees: { ...PATIENT.fees, dailyBudget: 1000n } });
    expect(await poor.round()).toMatchObject({ problem: 'BUDGET_SPENT' });
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it('finds an empty wallet before it sends, names the address, and goes on when it is funded', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    await anvil.rpc('anvil_setBalance', [PUBLISHER.address, '0x1']);
    const one = anchorer();
    await grow(5);
    const { problem, detail } = await one.round();
    expect(problem).toBe('WALLET_EMPTY');
    expect(detail.toLowerCase()).toContain(PUBLISHER.address.toLowerCase());
    expect(await rows()).toMatchObject([{ state: 'planned' }]);
    await anvil.rpc('anvil_setBalance', [PUBLISHER.address, '0xde0b6b3a7640000']);
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it('finds a wallet that was emptied after signing by what the node says, and sends the same again', async () => {
    const { chain, anchorer, grow, rows } = await worlds.world(anvil);
    const robbed = changed(chain, {
      broadcast: async (raw) => {
        await anvil.rpc('anvil_setBalance', [PUBLISHER.address, '0x1']);
        await chain.broadcast(raw);
      },
    });
    await grow(5);
    expect(await anchorer({}, robbed).round()).toMatchObject({ problem: 'WALLET_EMPTY' });
    expect(await rows()).toMatchObject([{ state: 'signed' }]);
    await anvil.rpc('anvil_setBalance', [PUBLISHER.address, '0xde0b6b3a7640000']);
    await settle(anvil, anchorer());
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });
});

import type { Anvil } from './anchor-anvil.js';
import { PATIENT, PUBLISHER, Worlds, settle } from './anchor-world.js';

const worlds = Worlds.forSpec();
let anvil: Anvil;
beforeEach(async () => {
  anvil = await worlds.anvil();
});

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
    await grow(5);
    expect(await capped.round()).toMatchObject({ problem: null });
    expect(await capped.round()).toMatchObject({ problem: 'FEE_CAP' });
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
    await settle(anvil, capped);
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
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
    for (let i = 0; i < 12 && problem === null; i++) {
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
    const robbed = new Proxy(chain, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== 'broadcast') return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
        return async (raw: string) => {
          await anvil.rpc('anvil_setBalance', [PUBLISHER.address, '0x1']);
          await target.broadcast(raw);
        };
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

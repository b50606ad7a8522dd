import type { AnchorChain } from '../../src/transparency/anchor/chain-port.js';
import type { Anvil } from './anchor-anvil.js';
import { Worlds } from './anchor-world.js';

const worlds = Worlds.forSpec();
let anvil: Anvil;
beforeEach(async () => {
  anvil = await worlds.anvil();
});

describe('anchoring', () => {
  it("takes a checkpoint from plan to finality, and the next with a proof from the chain's head", async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'sent', size: 5 }]);
    await anvil.mine(1);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    await grow(300);
    await one.round();
    await anvil.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([
      { state: 'finalized', size: 5 },
      { state: 'finalized', size: 305 },
    ]);
    expect((await view()).final.size).toBe(305);
  });

  it.each(['planned', 'gasFor', 'sign', 'broadcast', 'after broadcast'])(
    'goes on after a kill at %s, and anchors once',
    async (point) => {
      const { database, chain, anchorer, grow, rows, view } = await worlds.world(anvil);
      await grow(5);
      if (point === 'planned') {
        await database.execute(
          'test-plan',
          'insert into anchor (log, chain_id, contract, publisher, size) values (0, $1, $2, $3, 5)',
          [chain.chainId, chain.contract, chain.publisher],
        );
      } else {
        await expect(anchorer({}, dyingAt(chain, point)).round()).rejects.toThrow('killed');
      }
      const next = anchorer();
      for (let i = 0; i < 4; i++) {
        await next.round();
        await anvil.mine(1);
      }
      await next.round();
      expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
      expect((await view()).final.size).toBe(5);
    },
  );

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

  it('waits, and says so, where gas costs more than may be paid', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    await grow(5);
    const dear = anchorer({ fees: { maxFee: 1n, bumpPercent: 12.5 } });
    expect(await dear.round()).toMatchObject({ problem: 'FEE_CAP' });
    expect(await rows()).toMatchObject([{ state: 'planned' }]);
    await anchorer().round();
    expect(await rows()).toMatchObject([{ state: 'sent' }]);
  });

  it('lets two anchorers run at once and anchors everything once', async () => {
    const { database, chain, anchorer, grow, rows, another, view } = await worlds.world(anvil);
    const two = [anchorer(), anchorer({}, chain, another())];
    for (let i = 0; i < 5; i++) {
      await grow(10);
      await Promise.all(two.map((one) => one.round().catch(() => undefined)));
      await Promise.all(two.map((one) => one.round()));
      await anvil.mine(1);
    }
    for (let i = 0; i < 3; i++) {
      await anvil.mine(1);
      await Promise.all(two.map((one) => one.round()));
    }
    const all = await rows();
    expect(all.filter(({ state }) => state === 'finalized').map(({ size }) => size)).toEqual([10, 20, 30, 40, 50]);
    expect((await view()).final.size).toBe(50);
    const nonces = await database.query<{ nonce: number }>(
      'test-nonces',
      'select nonce from anchor where nonce is not null',
    );
    expect(new Set(nonces.map(({ nonce }) => nonce)).size).toBe(nonces.length);
  });

  it('anchors anew from the head of a chain that was killed and came back with an older state', async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    await anvil.mine(3);
    await one.round();
    await one.round();
    await anvil.save();
    await grow(5);
    await one.round();
    await anvil.mine(3);
    await one.round();
    await one.round();
    expect((await view()).final.size).toBe(10);
    await anvil.restart();
    expect((await view()).latest.size).toBe(5);
    for (let i = 0; i < 3; i++) {
      await one.round();
      await anvil.mine(2);
    }
    await one.round();
    expect((await view()).final.size).toBe(10);
    expect(await rows()).toMatchObject([
      { state: 'finalized', size: 5 },
      { state: 'lost', size: 10 },
      { state: 'finalized', size: 10 },
    ]);
  });

  it('does not believe for a while that a chain of others forgot', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    const one = anchorer({ lossPatienceMs: 60_000 });
    await anvil.save();
    await grow(5);
    await one.round();
    await anvil.mine(3);
    await one.round();
    await one.round();
    await anvil.restart();
    expect(await one.round()).toMatchObject({ problem: 'CHAIN_BEHIND' });
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5 }]);
  });

  it('stops where the chain has more than the log, or another history', async () => {
    const { anchorer, grow, thief } = await worlds.world(anvil);
    const one = anchorer();
    await grow(300);
    await one.round();
    await anvil.mine(3);
    await one.round();
    await thief.query('alter table tile disable trigger all; alter table tree disable trigger all');
    await thief.query(
      `update tile set hashes = overlay(hashes placing '\\x00010203'::bytea from 40) where level = 0 and number = 1`,
    );
    const fresh = anchorer();
    expect(await fresh.round()).toMatchObject({ problem: 'CHAIN_FORKED' });
    await thief.query('update tree set size = 200');
    expect(await fresh.round()).toMatchObject({ problem: 'CHAIN_AHEAD' });
  });
});

/** The process dies in this call of the chain; `after broadcast` dies when the node has the transaction. */
function dyingAt(chain: AnchorChain, point: string): AnchorChain {
  const die = () => Promise.reject(new Error('killed'));
  return new Proxy(chain, {
    get(target, name) {
      if (name === point) return die;
      if (name === 'broadcast' && point === 'after broadcast') {
        return async (raw: string) => {
          await target.broadcast(raw);
          return die();
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
    },
  });
}

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

  it('does not anchor the same again when its block comes between two reads of a round', async () => {
    const { chain, anchorer, grow, rows } = await worlds.world(anvil);
    const overtaken = new Proxy(chain, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== 'view') return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
        return async (logId: string) => {
          const view = await target.view(logId);
          await anvil.mine(1);
          return view;
        };
      },
    });
    const one = anchorer({}, overtaken);
    await grow(5);
    for (let i = 0; i < 6; i++) await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
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

import { ContractDeployError } from '../../src/platform/chain/deploy.js';
import { localSigner } from '../../src/platform/chain/signers/local-signer.js';
import { AnchorRefusedError } from '../../src/transparency/anchor/chain-port.js';
import { EvmAnchorChain } from '../../src/transparency/anchor/evm-chain.js';
import type { Anvil } from './anchor-anvil.js';
import { Worlds, chainOf, settle } from './anchor-world.js';

const worlds = Worlds.forSpec();
let anvil: Anvil;
beforeEach(async () => {
  anvil = await worlds.anvil();
});

describe('a chain that shows what must not be', () => {
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

  it('goes on where a chain of our own came back with the block of a final anchor, and it is final no more', async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil);
    const one = anchorer();
    await grow(5);
    await one.round();
    await anvil.mine(1);
    await anvil.save();
    await anvil.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5 }]);
    await anvil.restart();
    expect(await view()).toMatchObject({ latest: { size: 5 }, final: { size: 0 } });
    await grow(5);
    await settle(anvil, one);
    expect((await view()).final.size).toBe(10);
    expect(await rows()).toMatchObject([{ state: 'lost' }, { state: 'finalized', size: 10 }]);
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

  it('takes a chain of others for one that lost its state only when another block stands in the place of a final one', async () => {
    const { anchorer, grow, rows, view } = await worlds.world(anvil, { embedded: false });
    const one = anchorer();
    await anvil.save();
    await grow(5);
    await one.round();
    await anvil.mine(8);
    await one.round();
    await one.round();
    await anvil.restart();
    expect(await one.round()).toMatchObject({ problem: 'CHAIN_BEHIND' });
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5 }]);
    await anvil.rpc('evm_increaseTime', [1000]);
    await anvil.mine(12);
    expect(await one.round()).toMatchObject({ problem: null });
    await settle(anvil, one);
    expect((await view()).final.size).toBe(5);
    expect(await rows()).toMatchObject([{ state: 'lost' }, { state: 'finalized', size: 5 }]);
  });

  it('stops where the log belongs to another key', async () => {
    const { chain, anchorer, grow } = await worlds.world(anvil);
    await grow(5);
    await settle(anvil, anchorer());
    await grow(5);
    const stranger = localSigner(`0x${'77'.repeat(32)}`);
    const theirs = await EvmAnchorChain.open(chainOf([anvil.url], { signer: () => Promise.resolve(stranger) }));
    expect(theirs.publisher).not.toBe(chain.publisher);
    expect(await anchorer({}, theirs).round()).toMatchObject({ problem: 'NOT_PUBLISHER' });
  });

  it('says that there is no contract where it may not deploy one, and deploys it where it may', async () => {
    const { anchorer, grow, rows } = await worlds.world(anvil);
    await grow(5);
    const fixed = await EvmAnchorChain.open(chainOf([anvil.url], { contract: `0x${'12'.repeat(20)}` }));
    expect(await anchorer({}, fixed).round()).toMatchObject({ problem: 'CONTRACT_MISSING' });
    const bare = await worlds.anvil(4242);
    const there = await EvmAnchorChain.open(chainOf([bare.url], { chainId: 4242 }));
    const mining = setInterval(() => void bare.mine(1).catch(() => undefined), 50);
    const one = anchorer({}, there);
    await one.round().finally(() => clearInterval(mining));
    await settle(bare, one);
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5 }]);
  });

  it('says why it could not deploy', async () => {
    const { anchorer, grow } = await worlds.world(anvil);
    await grow(5);
    const bare = await worlds.anvil(4242);
    const there = await EvmAnchorChain.open(chainOf([bare.url], { chainId: 4242, embedded: false }));
    await bare.rpc('anvil_setBalance', [there.publisher, '0x0']);
    expect(await anchorer({}, there).round()).toMatchObject({ problem: 'WALLET_EMPTY' });
    const deploy = (): Promise<never> =>
      Promise.reject(
        new ContractDeployError('CHAIN_PROXY_ABSENT', 'The chain has no deployment proxy and takes none.'),
      );
    const stubborn = new Proxy(there, { get: (target, name) => (name === 'deploy' ? deploy : bound(target, name)) });
    expect(await anchorer({}, stubborn).round()).toMatchObject({ problem: 'DEPLOY_FAILED' });
  });

  it('stops where other code is at the address of the contract', async () => {
    const { chain, anchorer, grow } = await worlds.world(anvil);
    await grow(5);
    const code = String(await anvil.rpc('eth_getCode', [chain.contract, 'latest']));
    await anvil.rpc('anvil_setCode', [chain.contract, `${code}00`]);
    await anvil.mine(3);
    expect(await anchorer().round()).toMatchObject({ problem: 'CODE_DIFFERS' });
  });

  it('reports what the contract or the node refuses', async () => {
    const { chain, anchorer, grow, rows } = await worlds.world(anvil);
    await grow(5);
    const why = 'The contract refuses the anchor: Inconsistent.';
    const gasFor = () => Promise.reject(new AnchorRefusedError(why));
    const refusing = new Proxy(chain, { get: (target, name) => (name === 'gasFor' ? gasFor : bound(target, name)) });
    expect(await anchorer({}, refusing).round()).toMatchObject({ problem: 'REFUSED', detail: why });
    await settle(anvil, anchorer());
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
  });
});

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name, target);
  return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
}

import { EvmAnchorChain } from '../../src/transparency/anchor/evm-chain.js';
import type { ChainOptions } from '../../src/platform/chain/chain.js';
import type { Anvil } from './anchor-anvil.js';
import { Worlds, chainOf, settle } from './anchor-world.js';
import { RpcProxy } from './rpc-proxy.js';

const worlds = Worlds.forSpec();
const proxies: RpcProxy[] = [];
let anvil: Anvil;
beforeEach(async () => {
  anvil = await worlds.anvil();
});
afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.stop())));

/** A world whose anchorer asks so many proxies of one node, of which a majority must agree. */
async function behind(count: number, options: Partial<ChainOptions> = {}) {
  const world = await worlds.world(anvil);
  const nodes = await Promise.all(Array.from({ length: count }, () => RpcProxy.start(anvil.url)));
  proxies.push(...nodes);
  const agreement = Math.floor(count / 2) + 1;
  const urls = nodes.map(({ url }) => url);
  const chain = await EvmAnchorChain.open(chainOf(urls, { agreement, embedded: false, timeoutMs: 500, ...options }));
  return { ...world, nodes, chain, one: world.anchorer({}, chain) };
}

const FORGED = `0x${'ab'.repeat(32)}`;
const forgedBlock = (number: string, truth: unknown) => ({ ...(truth as object), number, hash: FORGED });

describe('anchoring through several nodes', () => {
  it.each([
    ['time out', { hangs: true }],
    ['answer 429', { status: 429 }],
    ['answer 503', { status: 503 }],
    ['answer what is not JSON', { garbage: '<html>busy</html>' }],
    ['answer null for blocks', { nulls: ['eth_getBlockByNumber'] }],
    ['answer null for receipts', { nulls: ['eth_getTransactionReceipt', 'eth_getTransactionByHash'] }],
    ['lag', { lag: 40 }],
    ['forget transactions', { forgets: true }],
    ['are on another chain', { chainId: 1 }],
  ])('goes on while a minority of them %s', async (_, faults) => {
    const { nodes, one, grow, rows, view } = await behind(3);
    nodes[1]!.faults = faults;
    await anvil.mine(50);
    await grow(5);
    for (let i = 0; i < 5; i++) {
      expect(await one.round()).toMatchObject({ problem: null });
      await anvil.mine(1);
    }
    expect(await rows()).toMatchObject([{ state: 'finalized', size: 5, attempts: 1 }]);
    expect((await view()).final.size).toBe(5);
  });

  it.each([
    ['time out', { hangs: true }, 'RPC_UNREACHABLE'],
    ['answer 429', { status: 429 }, 'RPC_UNREACHABLE'],
    ['answer garbage', { garbage: 'moved' }, 'RPC_UNREACHABLE'],
    ['answer null for blocks', { nulls: ['eth_getBlockByNumber'] }, 'RPC_UNREACHABLE'],
  ])('says which nodes it lacks when a majority %s, and takes nothing for gone', async (_, faults, problem) => {
    const { nodes, one, grow, rows } = await behind(3);
    await grow(5);
    await one.round();
    await anvil.mine(1);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    for (const node of nodes.slice(0, 2)) node.faults = faults;
    for (let i = 0; i < 2; i++) expect(await one.round()).toMatchObject({ problem });
    const { detail } = await one.round();
    expect(detail).toContain(nodes[0]!.host);
    expect(detail).not.toContain('secret-of-the-url');
    expect(await rows()).toMatchObject([{ state: 'mined', attempts: 1 }]);
    for (const node of nodes) node.faults = {};
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it.each([
    ['the tip', 'eth_maxPriorityFeePerGas', () => '0xffffffffffffff'],
    ['the gas of an anchor', 'eth_estimateGas', () => '0x5300'],
    ['the gas of an anchor at a price that nobody has', 'eth_estimateGas', () => '0xffffffffffffff'],
    [
      'what an anchor cost',
      'eth_getTransactionReceipt',
      (truth: object) => ({ ...truth, effectiveGasPrice: '0xffff' }),
    ],
  ] as const)('believes no single node about %s', async (_, method, answer) => {
    const { nodes, one, grow, rows, database } = await behind(3);
    nodes[0]!.faults = {
      lie: (asked, __, truth) => (asked === method && truth !== null ? answer(truth as object) : truth),
    };
    await grow(5);
    for (let i = 0; i < 5; i++) {
      expect(await one.round()).toMatchObject({ problem: null });
      await anvil.mine(1);
    }
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
    const [paid] = await database.query<{ wei: string }>('test-paid', 'select cost::text as wei from anchor');
    expect(BigInt(paid!.wei)).toBeGreaterThan(10n ** 13n);
    expect(BigInt(paid!.wei)).toBeLessThan(10n ** 15n);
  });

  it('believes no single node that forges a final block, names it and puts it aside', async () => {
    const { nodes, chain, one, grow, rows } = await behind(3);
    nodes[2]!.faults = {
      lie: (method, [tag], truth) => {
        if (method !== 'eth_getBlockByNumber') return truth;
        const { number } = truth as { number: string };
        return tag === 'latest' ? truth : forgedBlock(number, truth);
      },
    };
    await grow(5);
    await one.round();
    await anvil.mine(1);
    expect(await one.round()).toMatchObject({ problem: null });
    expect(chain.complaints.join()).toContain(nodes[2]!.host);
    expect(chain.complaints.join()).not.toContain('secret-of-the-url');
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    await anvil.mine(3);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
  });

  it('believes no single node about the head of the log', async () => {
    const { nodes, chain, one, grow, rows } = await behind(3);
    const forged = `0x${'ff'.repeat(32)}${'0'.repeat(24)}${'12'.repeat(20)}${'0'.repeat(62)}ff${'0'.repeat(64)}`;
    nodes[0]!.faults = { lie: (method, _, truth) => (method === 'eth_call' ? forged : truth) };
    await grow(5);
    for (let i = 0; i < 5; i++) {
      expect(await one.round()).toMatchObject({ problem: null });
      await anvil.mine(1);
    }
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
    expect(chain.complaints.join()).toContain(`${nodes[0]!.host}: it contradicts the others about the head of the log`);
  });

  it('calls nothing final on the receipt of one node alone', async () => {
    const { nodes, one, grow, rows } = await behind(2);
    await grow(5);
    await one.round();
    const [hash] = (await anvil.pending()) as [string];
    const { hash: blockHash } = (await anvil.rpc('eth_getBlockByNumber', ['0x1', false])) as { hash: string };
    nodes[0]!.faults = {
      lie: (method, _, truth) =>
        method === 'eth_getTransactionReceipt'
          ? { blockHash, blockNumber: '0x1', status: '0x0', logs: [], gasUsed: '0x1', effectiveGasPrice: '0x1' }
          : truth,
    };
    for (let i = 0; i < 3; i++) await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined', attempts: 1 }]);
    expect(await anvil.pending()).toEqual([hash]);
    nodes[0]!.faults = {};
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it('says that the nodes contradict one another where no majority is left, and finalizes nothing', async () => {
    const { nodes, one, grow, rows } = await behind(2);
    await grow(5);
    await one.round();
    await anvil.mine(1);
    await one.round();
    nodes[1]!.faults = {
      lie: (method, [tag], truth) =>
        method === 'eth_getBlockByNumber' && tag !== 'latest' && tag !== 'finalized'
          ? forgedBlock((truth as { number: string }).number, truth)
          : truth,
    };
    await anvil.mine(3);
    const { problem, detail } = await one.round();
    expect(problem).toBe('RPC_DISAGREES');
    for (const { host } of nodes) expect(detail).toContain(host);
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    nodes[1]!.faults = {};
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
  });

  it('stops where every node is on another chain, and signs nothing for it', async () => {
    const { nodes, one, grow, rows } = await behind(2);
    for (const node of nodes) node.faults = { chainId: 1 };
    await grow(5);
    const { problem, detail } = await one.round();
    expect(problem).toBe('WRONG_CHAIN');
    expect(detail).toContain('it is on chain 1, expected 31337');
    expect(await rows()).toEqual([]);
    for (const node of nodes) node.faults = {};
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
  });

  it('hands a transaction to all nodes, and again to those that forgot it when nobody knows it', async () => {
    const { nodes, one, grow } = await behind(3);
    await grow(5);
    await one.round();
    for (const { calls } of nodes) expect(calls).toContain('eth_sendRawTransaction');
    const [hash] = (await anvil.pending()) as [string];
    await anvil.rpc('anvil_dropTransaction', [hash]);
    await one.round();
    expect(await anvil.pending()).toEqual([hash]);
  });

  it('does not go back with nodes that lost a part of the chain, while others have it', async () => {
    const { nodes, one, grow, rows } = await behind(3);
    await grow(5);
    await settle(anvil, one);
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
    for (const node of nodes.slice(0, 2)) node.faults = { lag: 4 };
    expect(await one.round()).toMatchObject({ problem: 'CHAIN_BEHIND' });
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
    for (const node of nodes) node.faults = {};
    expect(await one.round()).toMatchObject({ problem: null });
    expect(await rows()).toMatchObject([{ state: 'finalized', attempts: 1 }]);
  });

  it('keeps to a rule of so many blocks on chains without the finalized tag', async () => {
    const { nodes, one, grow, rows } = await behind(2, { finality: { blocks: 6 } });
    for (const node of nodes) {
      node.faults = {
        lie: (method, [tag], truth) => {
          if (method === 'eth_getBlockByNumber' && tag === 'finalized') throw new Error('unknown block tag');
          return truth;
        },
      };
    }
    await grow(5);
    await one.round();
    await anvil.mine(6);
    await one.round();
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'mined' }]);
    await anvil.mine(1);
    await one.round();
    expect(await rows()).toMatchObject([{ state: 'finalized' }]);
  });
});

import fc from 'fast-check';
import { checkReceiptOnChain } from './chain.js';
import { ReceiptError } from './errors.js';
import { EXAMPLE_TRUST, exampleReceipt } from './receipt.fixture.js';
import { ANCHORED_TOPIC, rpcChain } from './rpc-chain.js';
import { readTrust } from './trust.js';

const receipt = exampleReceipt();
const [anchor] = receipt.anchors as [(typeof receipt.anchors)[number]];
const size = `0x${anchor.size.toString(16).padStart(64, '0')}`;
const answers: Record<string, unknown> = {
  eth_chainId: '0x7a69',
  eth_getTransactionReceipt: {
    status: '0x1',
    blockNumber: '0x2a',
    blockHash: anchor.block.hash,
    logs: [
      { address: `0x${'00'.repeat(20)}`, topics: [], data: '0x' },
      {
        address: anchor.contract.toUpperCase().replace('X', 'x'),
        topics: [ANCHORED_TOPIC, anchor.logId, size],
        data: anchor.root,
      },
    ],
  },
  eth_getCode: '0x6001',
  eth_getBlockByNumber: { number: '0x2a', hash: anchor.block.hash, timestamp: '0x69a3c7dc' },
};
const answering = (more: Record<string, unknown> = {}) =>
  rpcChain((method) => Promise.resolve({ ...answers, ...more }[method]));

describe('a chain over JSON-RPC', () => {
  it('knows the topic of Anchored(bytes32,uint64,bytes32)', () => {
    expect(ANCHORED_TOPIC).toBe('0xbea4d11b910aad40d2df2a90d97a3329219b6389f85777c99daad7eb5fafd439');
  });

  it('confirms the anchor of a receipt', async () => {
    const report = await checkReceiptOnChain(receipt, readTrust(EXAMPLE_TRUST), answering());
    expect(report.checks.filter(({ ok }) => ok === false)).toEqual([]);
    expect(report.checks.filter(({ name }) => name.startsWith('chain-')).map(({ ok }) => ok)).toEqual([
      null,
      true,
      true,
    ]);
  });

  it('finds nothing in an unknown or failed transaction', async () => {
    expect(await answering({ eth_getTransactionReceipt: null }).anchored('0x')).toEqual([]);
    const failed = { ...(answers.eth_getTransactionReceipt as object), status: '0x0' };
    expect(await answering({ eth_getTransactionReceipt: failed }).anchored('0x')).toEqual([]);
    expect(await answering({ eth_getBlockByNumber: null }).block(1)).toBeUndefined();
  });

  it('hashes the code with keccak-256', async () => {
    expect(await answering({ eth_getCode: '0x' }).codeHash('0x')).toBe(
      '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
    );
  });

  it('reports a block of an impossible time, and does not stumble over it', async () => {
    const block = { ...(answers.eth_getBlockByNumber as object), timestamp: '0x1fffffffffffff' };
    const report = await checkReceiptOnChain(receipt, undefined, answering({ eth_getBlockByNumber: block }));
    expect(report.checks.filter(({ ok }) => ok === false).map(({ name }) => name)).toEqual(['chain-final']);
  });

  it('refuses any other answer with its code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (nonsense) => {
        const chain = rpcChain(() => Promise.resolve(nonsense));
        for (const call of [
          () => chain.chainId(),
          () => chain.finalizedBlock(),
          () => chain.block(1),
          () => chain.anchored('0x'),
          () => chain.codeHash('0x'),
        ]) {
          await call().catch((error: unknown) => {
            expect(error).toBeInstanceOf(ReceiptError);
          });
        }
      }),
    );
    await expect(rpcChain(() => Promise.resolve({})).chainId()).rejects.toMatchObject({
      code: 'CHAIN_ANSWER_MALFORMED',
    });
  });
});

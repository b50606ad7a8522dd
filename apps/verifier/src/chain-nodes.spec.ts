import type { ChainReader } from '../../../src/domain/receipt/chain.js';
import type { ReceiptReport } from '../../../src/domain/receipt/check.js';
import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import { exampleReceipt } from '../../../src/domain/receipt/receipt.fixture.js';
import { agreed, type ChainNode, ReceiptChecker } from './chain-nodes.js';

const receipt = exampleReceipt();
const [anchor] = receipt.anchors as [(typeof receipt.anchors)[number]];
const { contract, logId, size, root, block } = anchor;
const time = Date.parse(block.time) / 1000;

/** A node that knows the example's transaction, but for what it is told to say otherwise. */
const node = (name: string, other: Partial<ChainReader> = {}): ChainNode => ({
  name,
  reader: {
    chainId: () => Promise.resolve(31337),
    finalizedBlock: () => Promise.resolve(64),
    block: () => Promise.resolve({ hash: block.hash, time }),
    anchored: () =>
      Promise.resolve([{ contract, logId, size, root, blockNumber: block.number, blockHash: block.hash }]),
    codeHash: () => Promise.resolve(`0x${'3c'.repeat(32)}`),
    ...other,
  },
});

const broken = async (...nodes: readonly ChainNode[]): Promise<readonly string[]> => {
  const checker = await ReceiptChecker.with(undefined, nodes);
  const [{ checks }] = (await checker.check({ kind: 'receipt', receipts: [receipt] })) as [ReceiptReport];
  return checks.filter(({ ok }) => ok === false).map(({ name, detail }) => `${name}: ${detail}`);
};

describe('several nodes of a chain', () => {
  it('prove together what each of them proves', async () => {
    expect(await broken(node('one'), node('two'), node('three'))).toEqual([]);
  });

  it('prove nothing where one of them has another block, and the report says which', async () => {
    const liar = node('https://liar', { block: () => Promise.resolve({ hash: `0x${'66'.repeat(32)}`, time }) });
    const [line, ...more] = await broken(node('one'), node('two'), liar);
    expect(line).toMatch(/one says .*2e2e.* of block 42, and https:\/\/liar says .*6666/);
    expect(more).toEqual([]);
  });

  it('prove nothing where one of them does not know the transaction', async () => {
    const [line] = await broken(node('one'), node('two', { anchored: () => Promise.resolve([]) }));
    expect(line).toMatch(/^chain-event: .*one says .*, and two says \[\]/);
  });

  it('count what is final for the slowest of them, which is no disagreement', async () => {
    const slow = node('slow', { finalizedBlock: () => Promise.resolve(41) });
    expect(await broken(node('one'), slow)).toEqual([
      'chain-final: Block 42 is not final yet; the newest final one is 41.',
    ]);
    expect(await agreed([node('one'), slow]).finalizedBlock()).toBe(41);
  });

  it('of other chains are asked apart, and one that cannot be asked breaks the receipt', async () => {
    const elsewhere = node('elsewhere', { chainId: () => Promise.resolve(5) });
    expect(await broken(node('one'), elsewhere)).toEqual([
      'chain-event: The node serves chain 5, and no anchor that counts is there.',
    ]);
    const dead = node('dead', {
      chainId: () => Promise.reject(new ReceiptError('CHAIN_UNREACHABLE', 'It is not there.')),
    });
    expect(await broken(node('one'), dead)).toEqual([
      'chain-event: The chain could not be asked: dead: It is not there.',
    ]);
  });
});

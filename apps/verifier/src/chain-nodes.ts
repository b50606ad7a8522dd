import { askChain, type ChainReader } from '../../../src/domain/receipt/chain.js';
import { type Check, checkReceipt, fails, report, type ReceiptReport } from '../../../src/domain/receipt/check.js';
import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import { checkReceiptSet } from '../../../src/domain/receipt/receipt-set.js';
import type { Trust } from '../../../src/domain/receipt/trust.js';
import type { Evidence } from './evidence.js';

/** A node of a chain, and how it is called when it has to be named. */
export interface ChainNode {
  readonly name: string;
  readonly reader: ChainReader;
}

/**
 * Nodes of one chain as one reader, which answers only what all of them say. A node that lags is no liar: the newest
 * final block is the oldest that any of them names. Throws ReceiptError: CHAIN_DISAGREES names who says what, and what
 * the nodes throw.
 */
export function agreed(nodes: readonly [ChainNode, ...ChainNode[]]): ChainReader {
  const same = async <T>(what: string, ask: (reader: ChainReader) => Promise<T>): Promise<T> => {
    const answers = await Promise.all(nodes.map(({ reader }) => ask(reader)));
    const texts = answers.map((answer) => JSON.stringify(answer) ?? 'nothing');
    const at = texts.findIndex((text) => text !== texts[0]);
    if (at < 0) return answers[0]!;
    const message = `${nodes[0].name} says ${texts[0]} of ${what}, and ${nodes[at]!.name} says ${texts[at]}.`;
    throw new ReceiptError('CHAIN_DISAGREES', message);
  };
  return {
    chainId: () => same('the chain id', (reader) => reader.chainId()),
    finalizedBlock: async () => Math.min(...(await Promise.all(nodes.map(({ reader }) => reader.finalizedBlock())))),
    block: (number) => same(`block ${number}`, (reader) => reader.block(number)),
    anchored: (transaction) => same(`transaction ${transaction}`, (reader) => reader.anchored(transaction)),
    codeHash: (contract) => same(`the code of ${contract}`, (reader) => reader.codeHash(contract)),
  };
}

/** Checks receipts, and asks the nodes, each about the chain that it serves. */
export class ReceiptChecker {
  private constructor(
    private readonly trust: Trust | undefined,
    private readonly chains: readonly ChainReader[],
    private readonly unusable: readonly Check[],
  ) {}

  /** Asks every node which chain it serves. One that cannot say is a broken link of every receipt. */
  static async with(trust: Trust | undefined, nodes: readonly ChainNode[]): Promise<ReceiptChecker> {
    const unusable: Check[] = [];
    const asked = await Promise.all(
      nodes.map(async (node) => {
        try {
          return { node, chainId: await node.reader.chainId() };
        } catch (error) {
          if (!(error instanceof ReceiptError)) throw error;
          unusable.push(fails('chain-event', `The chain could not be asked: ${node.name}: ${error.message}`));
          return undefined;
        }
      }),
    );
    const chains = new Map<number, [ChainNode, ...ChainNode[]]>();
    for (const { node, chainId } of asked.filter((answer) => answer !== undefined)) {
      chains.set(chainId, [...(chains.get(chainId) ?? []), node] as [ChainNode, ...ChainNode[]]);
    }
    const readers = [...chains.values()].map(agreed);
    return new ReceiptChecker(trust, readers, unusable);
  }

  /** The report of every receipt, in their order. What the receipts of a set share is checked once. */
  async check(evidence: Evidence): Promise<ReceiptReport[]> {
    const [first] = evidence.receipts;
    const chain = [...this.unusable];
    for (const reader of first === undefined ? [] : this.chains)
      chain.push(...(await askChain(first, this.trust, reader)));
    if (evidence.kind !== 'set') {
      return evidence.receipts.map((receipt) => report([...checkReceipt(receipt, this.trust).checks, ...chain]));
    }
    const { shared, members } = checkReceiptSet(evidence.set, this.trust);
    return members.map(({ checks }) => report([...checks, ...shared, ...chain]));
  }
}

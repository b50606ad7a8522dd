import { agreedBlocks, quantity, quantityHex } from '../../platform/chain/agreed-blocks.js';
import type { Chain } from '../../platform/chain/chain.js';
import { anchorContract } from '../anchor/contract-calls.js';

/** A tree head that the chain itself shows, in a block that is final. `root` is lower-case hex without 0x. */
export interface ChainAnchor {
  readonly size: number;
  readonly root: string;
  readonly txHash: string;
}

interface ChainLog {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly transactionHash: string;
}

/** Blocks to a request: more is what public nodes refuse. */
const STRIDE = 10_000;

/**
 * Every `Anchored` event of a log from a block on, up to the newest that is final by the chain's own rule, as enough nodes show
 * them alike; ascending by size. Throws RpcPoolError.
 */
export async function chainAnchors(chain: Chain, logId: string, fromBlock: number): Promise<ChainAnchor[]> {
  const { final } = await agreedBlocks(chain.pool, chain.finality);
  const topics = [anchorContract.getEvent('Anchored')!.topicHash, logId];
  const anchors: ChainAnchor[] = [];
  for (let from = fromBlock; from <= final.number; from += STRIDE) {
    const to = Math.min(from + STRIDE - 1, final.number);
    const filter = { address: chain.contract, topics, fromBlock: quantityHex(from), toBlock: quantityHex(to) };
    const ask = async (endpoint: (typeof final.endpoints)[number]) =>
      ((await endpoint.call('eth_getLogs', [filter])) as ChainLog[]).map(readAnchor);
    anchors.push(...(await chain.pool.agree(`the anchors in blocks ${from} to ${to}`, ask, final.endpoints)).value);
  }
  return anchors.sort((a, b) => a.size - b.size);
}

function readAnchor({ topics, data, blockNumber, transactionHash }: ChainLog): ChainAnchor {
  quantity(blockNumber);
  const event = anchorContract.parseLog({ topics, data })!;
  return { size: Number(event.args['size']), root: String(event.args['root']).slice(2), txHash: transactionHash };
}

import { Interface } from 'ethers';
import type { Chain } from '../../platform/chain/chain.js';
import { checkpointAnchorAbi } from '../../platform/chain/generated/checkpoint-anchor.js';

/** A tree head that the chain itself shows, in a block that is final. `root` is lower-case hex without 0x. */
export interface ChainAnchor {
  readonly size: number;
  readonly root: string;
  readonly txHash: string;
}

const contract = new Interface(checkpointAnchorAbi);

/** Every final `Anchored` event of a log, ascending by size. */
export async function chainAnchors(chain: Chain, logId: string, fromBlock: number): Promise<ChainAnchor[]> {
  const topics = [contract.getEvent('Anchored')!.topicHash, logId];
  const logs = await chain.provider.getLogs({ address: chain.contract, topics, fromBlock, toBlock: 'finalized' });
  return logs
    .map((log) => {
      const event = contract.parseLog(log)!;
      return {
        size: Number(event.args['size']),
        root: String(event.args['root']).slice(2),
        txHash: log.transactionHash,
      };
    })
    .sort((a, b) => a.size - b.size);
}

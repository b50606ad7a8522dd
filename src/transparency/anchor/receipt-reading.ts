import { quantity, safeQuantity } from '../../platform/chain/agreed-blocks.js';
import { RpcError } from '../../platform/chain/rpc.js';
import { anchorContract } from './contract-calls.js';

/** No chain has as much. */
const MOST_WEI = 2n ** 128n;

/** What a transaction receipt says of an anchor. */
export interface ReceiptReading {
  readonly blockNumber: number;
  readonly blockHash: string;
  /** It made this size the log's head: the anchored head again succeeds too, and leaves no event. */
  readonly success: boolean;
  /** Wei, with the L1 fee where the chain is a rollup that names it. */
  readonly cost: bigint;
}

/** Reads `eth_getTransactionReceipt`; null where there is none. Throws RpcError for anything else. */
export function readReceipt(receipt: unknown, contract: string, logId: string, size: number): ReceiptReading | null {
  if (receipt === null) return null;
  const { blockNumber, blockHash, status, logs, gasUsed, effectiveGasPrice, l1Fee } = receipt as Record<
    string,
    unknown
  >;
  if (typeof blockHash !== 'string' || !Array.isArray(logs)) {
    throw new RpcError('RPC_MALFORMED', 'eth_getTransactionReceipt: expected a receipt, got something else.');
  }
  const onL1 = typeof l1Fee === 'string' ? quantity(l1Fee) : 0n;
  const cost = quantity(gasUsed) * quantity(effectiveGasPrice) + onL1;
  if (cost > MOST_WEI) throw new RpcError('RPC_MALFORMED', 'eth_getTransactionReceipt: a cost beyond all coins.');
  return {
    blockNumber: safeQuantity(blockNumber),
    blockHash: blockHash.toLowerCase(),
    success: quantity(status) === 1n && logs.some((log) => anchors(log, contract, logId, size)),
    cost,
  };
}

function anchors(log: unknown, contract: string, logId: string, size: number): boolean {
  const { address, topics, data } = (log ?? {}) as { address?: unknown; topics?: string[]; data?: string };
  if (String(address).toLowerCase() !== contract || !Array.isArray(topics) || typeof data !== 'string') return false;
  const event = anchorContract.parseLog({ topics, data });
  return event?.name === 'Anchored' && String(event.args['logId']) === logId && Number(event.args['size']) === size;
}

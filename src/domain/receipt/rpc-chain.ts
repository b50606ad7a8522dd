import { keccak_256 } from '@noble/hashes/sha3.js';
import { hexToBytes, utf8ToBytes } from '../bytes.js';
import type { AnchoredEvent, ChainReader } from './chain.js';
import { HostileValue, toHex } from './hostile-value.js';

/** One call of Ethereum's JSON-RPC: the `result`, whatever it is. Throws CHAIN_UNREACHABLE (ReceiptError) if there is none. */
export type RpcCall = (method: string, parameters: readonly unknown[]) => Promise<unknown>;

/** `Anchored(bytes32 indexed logId, uint64 indexed size, bytes32 root)` of contracts/CheckpointAnchor.sol. */
export const ANCHORED_TOPIC = toHex(keccak_256(utf8ToBytes('Anchored(bytes32,uint64,bytes32)')));

const MOST_LOGS = 10_000;

/** A ChainReader over JSON-RPC. */
export function rpcChain(call: RpcCall): ChainReader {
  const ask = async (method: string, ...parameters: unknown[]): Promise<HostileValue> =>
    new HostileValue(await call(method, parameters), 'CHAIN_ANSWER_MALFORMED', method);
  return {
    chainId: async () => quantity(await ask('eth_chainId')),
    finalizedBlock: async () => quantity((await ask('eth_getBlockByNumber', 'finalized', false)).member('number')),
    async block(number) {
      const block = await ask('eth_getBlockByNumber', `0x${number.toString(16)}`, false);
      if (block.raw() === null) return undefined;
      return { hash: block.member('hash').anyHex(32), time: quantity(block.member('timestamp')) };
    },
    async anchored(transaction) {
      const receipt = await ask('eth_getTransactionReceipt', transaction);
      if (receipt.raw() === null || quantity(receipt.member('status')) !== 1) return [];
      return receipt
        .member('logs')
        .list(MOST_LOGS)
        .flatMap((log) => anchoredEvent(log, receipt));
    },
    async codeHash(contract) {
      const code = (await ask('eth_getCode', contract, 'finalized')).text(/^0x([0-9a-fA-F]{2})*$/, 'code in hex');
      return toHex(keccak_256(hexToBytes(code.slice(2))));
    },
  };
}

function anchoredEvent(log: HostileValue, receipt: HostileValue): AnchoredEvent[] {
  const [topic, logId, size, ...rest] = log.member('topics').list(4);
  if (topic === undefined || topic.anyHex(32) !== ANCHORED_TOPIC) return [];
  if (logId === undefined || size === undefined || rest.length > 0) return log.refuse('an event with three topics');
  return [
    {
      contract: log.member('address').anyHex(20),
      logId: logId.anyHex(32),
      size: Number(BigInt(size.anyHex(32))),
      root: log.member('data').anyHex(32),
      blockNumber: quantity(receipt.member('blockNumber')),
      blockHash: receipt.member('blockHash').anyHex(32),
    },
  ];
}

/** A QUANTITY of the JSON-RPC specification that a JavaScript number can hold. */
function quantity(value: HostileValue): number {
  const number = Number(value.text(/^0x[0-9a-fA-F]{1,16}$/, 'a quantity in hex'));
  return Number.isSafeInteger(number) ? number : value.refuse('a quantity below 2^53');
}

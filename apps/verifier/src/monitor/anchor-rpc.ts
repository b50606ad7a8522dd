import { keccak_256 } from '@noble/hashes/sha3.js';
import { hexToBytes, utf8ToBytes } from '../../../../src/domain/bytes.js';
import { HostileValue, toHex } from '../../../../src/domain/receipt/hostile-value.js';
import { ANCHORED_TOPIC, type RpcCall } from '../../../../src/domain/receipt/rpc-chain.js';
import type { TrustedAnchor } from '../../../../src/domain/receipt/trust.js';

/** `heads(logId)` of contracts/CheckpointAnchor.sol; all zero for a log that was never anchored. */
export interface AnchoredHead {
  readonly root: string;
  readonly publisher: string;
  readonly size: number;
  /** Seconds since 1970. */
  readonly anchoredAt: number;
}

export interface AnchoredLog {
  readonly size: number;
  readonly root: string;
  readonly block: number;
  readonly transaction: string;
}

export interface BlockId {
  readonly number: number;
  readonly hash: string;
}

const HEADS = toHex(keccak_256(utf8ToBytes('heads(bytes32)')).subarray(0, 4));
const MOST_LOGS = 10_000;

/** What the monitor asks one node. Hex is lower case. Throws ReceiptError: CHAIN_UNREACHABLE, CHAIN_ANSWER_MALFORMED. */
export class AnchorRpc {
  constructor(
    readonly name: string,
    private readonly call: RpcCall,
  ) {}

  async chainId(): Promise<number> {
    return quantity(await this.ask('eth_chainId'));
  }

  /** The newest block that is final. */
  async finalized(): Promise<BlockId> {
    return blockId(await this.ask('eth_getBlockByNumber', 'finalized', false));
  }

  /** The canonical block of a number; undefined where the node has none. */
  async block(number: number): Promise<BlockId | undefined> {
    const block = await this.ask('eth_getBlockByNumber', hex(number), false);
    return block.raw() === null ? undefined : blockId(block);
  }

  async head({ contract, logId }: TrustedAnchor, block: number): Promise<AnchoredHead | 'no contract'> {
    const answer = await this.ask('eth_call', { to: contract, data: `${HEADS}${logId.slice(2)}` }, hex(block));
    if (answer.raw() === '0x') return 'no contract';
    const words = answer.anyHex(128).slice(2).match(/.{64}/g)!;
    const [root, publisher, size, anchoredAt] = words as [string, string, string, string];
    return {
      root: `0x${root}`,
      publisher: `0x${publisher.slice(24)}`,
      size: integer(answer, size),
      anchoredAt: integer(answer, anchoredAt),
    };
  }

  async codeHash({ contract }: TrustedAnchor, block: number): Promise<string> {
    const code = (await this.ask('eth_getCode', contract, hex(block))).text(/^0x([0-9a-fA-F]{2})*$/, 'code in hex');
    return toHex(keccak_256(hexToBytes(code.slice(2))));
  }

  /** The `Anchored` events of a log in blocks [from, to], in their order. */
  async anchored({ contract, logId }: TrustedAnchor, from: number, to: number): Promise<AnchoredLog[]> {
    const filter = { address: contract, topics: [ANCHORED_TOPIC, logId], fromBlock: hex(from), toBlock: hex(to) };
    const logs = await this.ask('eth_getLogs', filter);
    return logs.list(MOST_LOGS).map((log) => readLog(log, { from, to }));
  }

  private async ask(method: string, ...parameters: unknown[]): Promise<HostileValue> {
    return new HostileValue(await this.call(method, parameters), 'CHAIN_ANSWER_MALFORMED', method);
  }
}

function readLog(log: HostileValue, range: { from: number; to: number }): AnchoredLog {
  const [, , size] = log.member('topics').list(4);
  if (size === undefined) return log.refuse('an event with three topics');
  const block = quantity(log.member('blockNumber'));
  if (block < range.from || block > range.to) log.refuse(`an event of blocks ${range.from} to ${range.to}`);
  return {
    size: integer(size, size.anyHex(32).slice(2)),
    root: log.member('data').anyHex(32),
    block,
    transaction: log.member('transactionHash').anyHex(32),
  };
}

const blockId = (block: HostileValue): BlockId => ({
  number: quantity(block.member('number')),
  hash: block.member('hash').anyHex(32),
});

const hex = (number: number): string => `0x${number.toString(16)}`;

function quantity(value: HostileValue): number {
  return integer(value, value.text(/^0x[0-9a-fA-F]{1,16}$/, 'a quantity in hex').slice(2));
}

function integer(value: HostileValue, digits: string): number {
  const number = Number(BigInt(`0x${digits}`));
  return Number.isSafeInteger(number) ? number : value.refuse('an integer below 2^53');
}

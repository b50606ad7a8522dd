import { DomainError } from '../errors.js';
import {
  type Check,
  checkReceipt,
  fails,
  holds,
  notAsked,
  type ReceiptReport,
  report,
  trustedAnchor,
} from './check.js';
import { blockTime, type Receipt, type ReceiptAnchor } from './receipt.js';
import type { Trust } from './trust.js';

/** An `Anchored` event as a transaction emitted it. Addresses and hashes are `0x` and lower-case hex. */
export interface AnchoredEvent {
  readonly contract: string;
  readonly logId: string;
  readonly size: number;
  readonly root: string;
  readonly blockNumber: number;
  readonly blockHash: string;
}

/**
 * Reads one EVM chain. It answers what its node says: whoever does not trust the node asks several.
 * It throws ReceiptError, CHAIN_UNREACHABLE or CHAIN_ANSWER_MALFORMED, and never anything else.
 */
export interface ChainReader {
  chainId(): Promise<number>;
  /** The number of the newest block that the chain calls final. */
  finalizedBlock(): Promise<number>;
  /** The block of this number on the canonical chain; `time` is in seconds since 1970. */
  block(number: number): Promise<{ readonly hash: string; readonly time: number } | undefined>;
  /** The `Anchored` events of a transaction; empty if it is unknown or failed. */
  anchored(transaction: string): Promise<readonly AnchoredEvent[]>;
  /** The keccak-256 of the code at an address. */
  codeHash(contract: string): Promise<string>;
}

/** `checkReceipt`, and then what the chain itself says about every anchor on it. */
export async function checkReceiptOnChain(
  receipt: Receipt,
  trust: Trust | undefined,
  chain: ChainReader,
): Promise<ReceiptReport> {
  const offline = checkReceipt(receipt, trust);
  return report([...offline.checks, ...(await askChain(receipt, trust, chain))]);
}

async function askChain(receipt: Receipt, trust: Trust | undefined, chain: ChainReader): Promise<Check[]> {
  try {
    const chainId = await chain.chainId();
    const anchors = [...receipt.anchors.entries()].filter(([, anchor]) => anchor.chainId === chainId);
    if (anchors.length === 0)
      return [fails('chain-event', `The node serves chain ${chainId}, and no anchor is there.`)];
    const checks: Check[] = [];
    for (const [i, anchor] of anchors) {
      for (const check of await askAnchor(anchor, receipt, trust, chain)) checks.push({ ...check, anchor: i });
    }
    return checks;
  } catch (error) {
    if (error instanceof DomainError) return [fails('chain-event', `The chain could not be asked: ${error.message}`)];
    throw error;
  }
}

async function askAnchor(
  anchor: ReceiptAnchor,
  { log }: Receipt,
  trust: Trust | undefined,
  chain: ChainReader,
): Promise<Check[]> {
  const known = trustedAnchor(
    trust?.logs.find(({ origin }) => origin === log.origin),
    anchor,
  );
  return [
    await askCode(anchor, known?.codeHash, chain),
    await askEvent(anchor, chain),
    await askFinality(anchor, chain),
  ];
}

async function askCode(anchor: ReceiptAnchor, expected: string | undefined, chain: ChainReader): Promise<Check> {
  if (expected === undefined) return notAsked('chain-code', 'The trust file names no code hash.');
  const came = await chain.codeHash(anchor.contract);
  if (came === expected) return holds('chain-code', `The code of ${anchor.contract} is the one that is trusted.`);
  return fails('chain-code', `The code of ${anchor.contract} has the hash ${came}, expected ${expected}.`);
}

async function askEvent(anchor: ReceiptAnchor, chain: ChainReader): Promise<Check> {
  const events = await chain.anchored(anchor.transaction);
  const found = events.find(
    ({ contract, logId, size, root }) =>
      contract === anchor.contract && logId === anchor.logId && size === anchor.size && root === anchor.root,
  );
  const claim = `${anchor.size} entries with the root ${anchor.root}`;
  if (found === undefined) return fails('chain-event', `Transaction ${anchor.transaction} did not anchor ${claim}.`);
  if (found.blockNumber !== anchor.block.number || found.blockHash !== anchor.block.hash) {
    return fails(
      'chain-event',
      `The transaction is in block ${found.blockNumber} ${found.blockHash}, not in the one named.`,
    );
  }
  return holds('chain-event', `Transaction ${anchor.transaction} anchored ${claim}.`);
}

async function askFinality(anchor: ReceiptAnchor, chain: ChainReader): Promise<Check> {
  const { number, hash, time } = anchor.block;
  const finalized = await chain.finalizedBlock();
  if (number > finalized)
    return fails('chain-final', `Block ${number} is not final yet; the newest final one is ${finalized}.`);
  const block = await chain.block(number);
  if (block === undefined || block.hash !== hash) {
    return fails(
      'chain-final',
      `Block ${number} of the chain is ${block?.hash ?? 'unknown'}, the receipt says ${hash}.`,
    );
  }
  if (blockTime(block.time) !== time) {
    return fails('chain-final', `Block ${number} is of ${blockTime(block.time)}, the receipt says ${time}.`);
  }
  return holds('chain-final', `Block ${number} of ${time} is final on chain ${anchor.chainId}.`);
}

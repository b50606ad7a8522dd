import { DomainError } from '../errors.js';
import { type Check, checkReceipt, fails, holds, notAsked, type ReceiptReport, report } from './check.js';
import { isStranger, trustedAnchor, trustedLog } from './check-anchor.js';
import { ReceiptError } from './errors.js';
import { blockTime, type Evidence, type Receipt, type ReceiptAnchor } from './receipt.js';
import { checkReceiptSet, type ReceiptSet, type ReceiptSetReport } from './receipt-set.js';
import type { Trust, TrustedLog } from './trust.js';

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

/** `checkReceipt`, and then what the chain itself says about every anchor on it; its checks follow the others. */
export async function checkReceiptOnChain(
  receipt: Receipt,
  trust: Trust | undefined,
  chain: ChainReader,
): Promise<ReceiptReport> {
  const offline = checkReceipt(receipt, trust);
  return report([...offline.checks, ...(await askChain(receipt, trust, chain))]);
}

/** `checkReceiptSet`, and the chain is asked once for all that the receipts share. */
export async function checkReceiptSetOnChain(
  set: ReceiptSet,
  trust: Trust | undefined,
  chain: ChainReader,
): Promise<ReceiptSetReport> {
  const offline = checkReceiptSet(set, trust);
  const asked = await askChain(set, trust, chain);
  return {
    holds: offline.holds && report(asked).holds,
    shared: [...offline.shared, ...asked],
    members: offline.members,
  };
}

/**
 * The links `chain-code`, `chain-event` and `chain-final` of every anchor on this chain, but of none that the trust file
 * lacks where it has another: a chain may well hold what such a contract says. Of an anchor with a state
 * proof only the block is asked for: a node that no longer knows the transaction breaks nothing.
 */
export async function askChain(evidence: Evidence, trust: Trust | undefined, chain: ChainReader): Promise<Check[]> {
  try {
    const chainId = await chain.chainId();
    const trusted = trustedLog(trust, evidence.log.origin);
    const anchors = [...evidence.anchors.entries()].filter(
      ([, anchor]) => anchor.chainId === chainId && !isStranger(anchor, evidence.anchors, trusted),
    );
    if (anchors.length === 0)
      return [fails('chain-event', `The node serves chain ${chainId}, and no anchor that counts is there.`)];
    const checks: Check[] = [];
    for (const [i, anchor] of anchors) {
      for (const check of await askAnchor(anchor, trusted, chain)) checks.push({ ...check, anchor: i });
    }
    return checks;
  } catch (error) {
    if (error instanceof DomainError) return [fails('chain-event', `The chain could not be asked: ${error.message}`)];
    throw error;
  }
}

async function askAnchor(anchor: ReceiptAnchor, trusted: TrustedLog | undefined, chain: ChainReader): Promise<Check[]> {
  const expected = trustedAnchor(trusted, anchor)?.codeHash;
  const code = anchor.state !== undefined && expected !== undefined ? [] : [await askCode(anchor, expected, chain)];
  return [...code, await askEvent(anchor, chain), await askFinality(anchor, chain)];
}

async function askCode(anchor: ReceiptAnchor, expected: string | undefined, chain: ChainReader): Promise<Check> {
  if (expected === undefined) return notAsked('chain-code', 'The trust file names no code hash.');
  const came = await chain.codeHash(anchor.contract);
  if (came === expected) return holds('chain-code', `The code of ${anchor.contract} is the one that is trusted.`);
  return fails('chain-code', `The code of ${anchor.contract} has the hash ${came}, expected ${expected}.`);
}

async function askEvent(anchor: ReceiptAnchor, chain: ChainReader): Promise<Check> {
  const events = await eventsOf(anchor, chain);
  if (events.length === 0 && anchor.state !== undefined) {
    const detail = `The node does not know transaction ${anchor.transaction}; the state proof stands without it.`;
    return notAsked('chain-event', detail);
  }
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

/** The transaction's events. With a state proof it is no matter that a node cannot tell; that nodes differ is. */
async function eventsOf({ transaction, state }: ReceiptAnchor, chain: ChainReader): Promise<readonly AnchoredEvent[]> {
  try {
    return await chain.anchored(transaction);
  } catch (error) {
    const silent = error instanceof ReceiptError && error.code === 'CHAIN_UNREACHABLE';
    if (state !== undefined && silent) return [];
    throw error;
  }
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

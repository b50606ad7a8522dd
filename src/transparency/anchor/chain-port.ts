import type { Fees } from './fees.js';
import type { Inclusion } from './machine.js';

/** A log's head in the contract. */
export interface ChainHead {
  readonly size: number;
  /** 0x and 64 lower-case hex digits; zeros where the log was never anchored. */
  readonly root: string;
  /** Who may anchor; the zero address where the log was never anchored. */
  readonly publisher: string;
}

/** One consistent-enough look at a chain; the finalized part is what counts as evidence. */
export interface ChainView {
  readonly latest: ChainHead;
  readonly final: ChainHead & { readonly block: number };
  /** Transactions of the publisher in blocks. */
  readonly nonce: number;
  readonly finalNonce: number;
}

/** A call of `anchor`. Hashes are 32 bytes. */
export interface AnchorCall {
  readonly logId: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** A transaction that is ready to be sent, any number of times. */
export interface SignedTransaction {
  readonly hash: string;
  readonly raw: string;
}

/** A receipt, and when its block was made. */
export type TimedInclusion = Inclusion & { readonly blockTime: Date };

/**
 * One contract on one chain, with the publisher's key. Reads go to the node every time: an answer about finality must
 * not be an old one. A node that does not answer makes every method throw; nothing is ever taken as "not there" then.
 */
export interface AnchorChain {
  readonly chainId: number;
  readonly contract: string;
  readonly publisher: string;
  /** Null when there is no contract at the address. */
  view(logId: string): Promise<ChainView | null>;
  /** Deploys the contract again where this chain is ours to repair; false where it is not. */
  restore(): Promise<boolean>;
  /** The transaction's receipt; `success` means that it made this size the log's head. */
  inclusion(txHash: string, logId: string, size: number): Promise<TimedInclusion | null>;
  /** The node holds the transaction, in its pool or in a block. */
  known(txHash: string): Promise<boolean>;
  /** What a transaction should offer now. */
  market(): Promise<Fees>;
  /** Gas for the call on the latest block. Throws AnchorRefusedError where the contract would refuse it. */
  gasFor(call: AnchorCall): Promise<bigint>;
  sign(call: AnchorCall, nonce: number, fees: Fees, gas: bigint): Promise<SignedTransaction>;
  /** Hands a transaction to the node. A node that has it already, or whose chain is past it, is no error. */
  broadcast(raw: string): Promise<void>;
}

/** The contract would refuse the anchor: not our log, or a history that does not extend what it has. */
export class AnchorRefusedError extends Error {
  override readonly name = 'AnchorRefusedError';
}

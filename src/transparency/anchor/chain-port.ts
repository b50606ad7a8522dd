import type { StateProof } from '../../domain/receipt/state-proof.js';
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

/** A look at a chain, at two blocks that enough nodes show alike; the final part is what counts as evidence. */
export interface ChainView {
  readonly latest: ChainHead;
  readonly final: ChainHead & { readonly block: number; readonly blockHash: string };
  /** Transactions of the publisher in blocks. */
  readonly nonce: number;
  readonly finalNonce: number;
  /** What the publisher has, in wei. */
  readonly balance: bigint;
  /** Of the newest block. */
  readonly baseFee: bigint;
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

/** A receipt, when its block was made, and what it cost in wei. `agreed`: enough nodes show it alike. */
export type TimedInclusion = Inclusion & {
  readonly blockTime: Date;
  readonly cost: bigint;
  readonly agreed: boolean;
};

/**
 * One contract on one chain, with the publisher's key. Reads go to the nodes every time: an answer about finality must
 * not be an old one. Nodes that do not answer, or contradict one another, make every method throw; nothing is ever taken
 * as "not there" then.
 */
export interface AnchorChain {
  readonly chainId: number;
  readonly contract: string;
  readonly publisher: string;
  /** What stands against single nodes, by host. */
  readonly complaints: readonly string[];
  /** Null when there is no contract at the address. */
  view(logId: string): Promise<ChainView | null>;
  /** Deploys the contract, where it may be, at no more for gas than that; false where somebody else has to. */
  deploy(maxFee: bigint): Promise<boolean>;
  /** The transaction's receipt; `success` means that it made this size the log's head. */
  inclusion(txHash: string, logId: string, size: number): Promise<TimedInclusion | null>;
  /** Whether a block that was final is gone for good: enough nodes have another at its height, or the chain is our own. */
  forgot(blockNumber: number, blockHash: string): Promise<boolean>;
  /** A node holds the transaction, in its pool or in a block. */
  known(txHash: string): Promise<boolean>;
  /** What nodes suggest to pay above the base fee. */
  tip(): Promise<bigint>;
  /** Gas for the call on the latest block. Throws AnchorRefusedError where the contract would refuse it. */
  gasFor(call: AnchorCall): Promise<bigint>;
  sign(call: AnchorCall, nonce: number, fees: Fees, gas: bigint): Promise<SignedTransaction>;
  /** Hands a transaction to all nodes. A node that has it already, or whose chain is past it, is no error. */
  broadcast(raw: string): Promise<void>;
  /** Proof of the log's head in the state of a block; null where no node gives one. */
  stateProof(logId: string, blockHash: string): Promise<StateProof | null>;
}

/** The contract would refuse the anchor: not our log, or a history that does not extend what it has. */
export class AnchorRefusedError extends Error {
  override readonly name = 'AnchorRefusedError';
}

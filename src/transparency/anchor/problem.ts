import { ContractDeployError } from '../../platform/chain/deploy.js';
import { RpcError } from '../../platform/chain/rpc.js';
import { RpcPoolError } from '../../platform/chain/rpc-pool.js';
import { SignerError } from '../../platform/chain/signers/signer.js';
import { AnchorRefusedError } from './chain-port.js';

/** Why nothing is anchored although something should be (docs/operations/anchoring.md). Stable. */
export type AnchorProblem =
  | 'CHAIN_AHEAD'
  | 'CHAIN_FORKED'
  | 'NOT_PUBLISHER'
  | 'CONTRACT_MISSING'
  | 'CODE_DIFFERS'
  | 'DEPLOY_FAILED'
  | 'CHAIN_BEHIND'
  | 'FEE_CAP'
  | 'BUDGET_SPENT'
  | 'WALLET_EMPTY'
  | 'REFUSED'
  | 'SIGNER_UNAVAILABLE'
  | 'RPC_UNREACHABLE'
  | 'RPC_DISAGREES'
  | 'WRONG_CHAIN';

/** What a person should know although anchoring goes on. Stable. */
export type AnchorWarning = 'OVERDUE' | 'WALLET_LOW' | 'NONCE_TAKEN' | 'ENDPOINT_ASIDE';

/** Something must be put right, or pass, before the log is anchored on this chain again. */
export class Halt extends Error {
  constructor(
    readonly problem: AnchorProblem,
    message: string,
  ) {
    super(message);
  }
}

/** What a failure of a round means for the anchoring; undefined for one that is ours, or the database's. */
export function haltOf(error: unknown): Halt | undefined {
  if (error instanceof Halt) return error;
  if (error instanceof RpcPoolError) return new Halt(error.code, error.message);
  if (error instanceof SignerError) return new Halt('SIGNER_UNAVAILABLE', error.message);
  if (error instanceof AnchorRefusedError) return new Halt('REFUSED', error.message);
  if (error instanceof ContractDeployError) {
    if (NO_MONEY.test(error.message)) return new Halt('WALLET_EMPTY', error.message);
    return new Halt(error.code === 'CHAIN_CODE_DIFFERS' ? 'CODE_DIFFERS' : 'DEPLOY_FAILED', error.message);
  }
  if (error instanceof RpcError && error.code === 'RPC_REFUSED') {
    return new Halt(NO_MONEY.test(error.message) ? 'WALLET_EMPTY' : 'REFUSED', error.message);
  }
  return undefined;
}

/** What nodes say where the account cannot pay. */
const NO_MONEY = /insufficient funds|insufficient balance|not enough funds|gas required exceeds allowance/i;

import { DomainError } from '../errors.js';

/** Bytes that are not canonical RLP, or nodes that prove nothing. Stable. */
export type EvmErrorCode = 'RLP_INVALID' | 'TRIE_PROOF_INVALID';

/** The one error of `domain/evm`. */
export class EvmError extends DomainError<EvmErrorCode> {
  override readonly name = 'EvmError';
}

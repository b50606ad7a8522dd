import type { TransactionLike } from 'ethers';
import { DomainError } from '../../../domain/errors.js';

/** The key that signs and pays for anchors, wherever it lies. */
export interface TransactionSigner {
  /** 0x and 40 hex digits with the EIP-55 checksum. */
  readonly address: string;
  /** The signed transaction, ready to be sent. Throws SignerError where the key cannot be used now. */
  sign(transaction: TransactionLike): Promise<string>;
}

/** The key cannot be used now: no file, a wrong password, a service that refuses or does not answer. */
export class SignerError extends DomainError<'SIGNER_UNAVAILABLE'> {
  override readonly name = 'SignerError';
}

import { DomainError } from '../errors.js';

/** Why an event cannot be committed to, or a receipt or a trust file is refused. Stable. */
export type ReceiptErrorCode =
  | 'COMMITMENT_EVENT_INVALID'
  | 'COMMITMENT_SECRET_INVALID'
  | 'DISCLOSURE_INVALID'
  | 'DISCLOSURE_MISMATCH'
  | 'RECEIPT_MALFORMED'
  | 'RECEIPT_VERSION'
  | 'RECEIPT_SET_MIXED'
  | 'RECEIPT_PARTS_DAMAGED'
  | 'RECEIPT_PARTS_MIXED'
  | 'RECEIPT_PARTS_MISSING'
  | 'STATE_PROOF_INVALID'
  | 'TRUST_MALFORMED'
  | 'CHAIN_ANSWER_MALFORMED'
  | 'CHAIN_DISAGREES'
  | 'CHAIN_UNREACHABLE';

/** The one error of `domain/receipt`. */
export class ReceiptError extends DomainError<ReceiptErrorCode> {
  override readonly name = 'ReceiptError';
}

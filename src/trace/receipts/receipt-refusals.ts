import { DomainError } from '../../domain/errors.js';

/** Why a receipt cannot be had as it was asked for. Stable. */
export type ReceiptRefusal =
  | 'RECEIPT_REQUEST_INVALID'
  | 'RECEIPT_FIELD_UNKNOWN'
  | 'RECEIPT_EPC_UNKNOWN'
  | 'RECEIPT_TOO_LARGE'
  | 'RECEIPT_FORM_UNAVAILABLE';

export class ReceiptRefusedError extends DomainError<ReceiptRefusal> {
  override readonly name = 'ReceiptRefusedError';
}

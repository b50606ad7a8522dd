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

/** So many disclosures one answer holds at most: some 5 MB, made in well under a second. */
export const MOST_DISCLOSURES = 50_000;

/** Throws RECEIPT_TOO_LARGE, which says how to ask for less. */
export function refuseMore(disclosures: number, events: number): void {
  if (disclosures <= MOST_DISCLOSURES) return;
  const less = events > 1 ? 'fewer events, ' : '';
  throw new ReceiptRefusedError(
    'RECEIPT_TOO_LARGE',
    `An answer shows at most ${MOST_DISCLOSURES} fields and EPCs together, and more were asked for. Ask for ${less}some EPCs, or named fields without the lists of EPCs.`,
    { most: MOST_DISCLOSURES },
  );
}

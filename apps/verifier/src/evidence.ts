import { parseReceipt, type Receipt } from '../../../src/domain/receipt/receipt.js';

/** What a file holds: one receipt or several, in whichever form. */
export interface Evidence {
  readonly kind: 'receipt';
  readonly receipts: readonly Receipt[];
}

/** Reads what somebody was handed as proof. Throws ReceiptError for anything that is none. */
export function readEvidence(content: Uint8Array): Evidence {
  const text = new TextDecoder().decode(content);
  return { kind: 'receipt', receipts: [parseReceipt(text)] };
}

import { joinParts, parseCompactReceipt } from '../../../src/domain/receipt/compact/index.js';
import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import { parseReceipt, type Receipt } from '../../../src/domain/receipt/receipt.js';
import {
  parseReceiptSet,
  RECEIPT_SET_FORMAT,
  receiptFromSet,
  type ReceiptSet,
} from '../../../src/domain/receipt/receipt-set.js';

/** What a file holds: one receipt, in whichever form, or a set of them. */
export type Evidence =
  | { readonly kind: 'receipt' | 'compact' | 'qr'; readonly receipts: readonly [Receipt] }
  | { readonly kind: 'set'; readonly receipts: readonly Receipt[]; readonly set: ReceiptSet };

/** How a receipt in its compact form begins: a CBOR list of four. */
const COMPACT = 0x84;
const PART = /HALISI1\/.*\//;

/**
 * Reads what somebody was handed as proof: a receipt or a set of them as JSON, a receipt in its compact form, or the
 * texts of its QR codes, one a line. Throws ReceiptError for anything that is none.
 */
export function readEvidence(content: Uint8Array): Evidence {
  if (content[0] === COMPACT) return { kind: 'compact', receipts: [parseCompactReceipt(content)] };
  const text = textOf(content);
  if (!/^\s*\{/.test(text) && text.includes('HALISI1/')) {
    const parts = text.split(/[\r\n]+/).flatMap((line) => PART.exec(line)?.[0] ?? []);
    return { kind: 'qr', receipts: [parseCompactReceipt(joinParts(parts))] };
  }
  if (formatOf(text) !== RECEIPT_SET_FORMAT) return { kind: 'receipt', receipts: [parseReceipt(text)] };
  const set = parseReceiptSet(text);
  return { kind: 'set', set, receipts: set.members.map((_, i) => receiptFromSet(set, i)) };
}

function textOf(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new ReceiptError('RECEIPT_MALFORMED', 'It is not text in UTF-8.');
  }
}

/** What a text says that it is; the reader of that form looks at all of it. */
function formatOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { format?: unknown } | null)?.format;
  } catch {
    return undefined;
  }
}

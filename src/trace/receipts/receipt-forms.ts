import { RECEIPT_MEDIA_TYPE, type Receipt } from '../../domain/receipt/receipt.js';
import { COMPACT_MEDIA_TYPE, formatCompactReceipt } from '../../domain/receipt/compact/index.js';
import type { IssuedReceipt } from '../../transparency/receipts/receipts.service.js';
import { ReceiptRefusedError } from './receipt-refusals.js';

/** The forms of a receipt, by the name that `?as=` has for them. `qr` is drawn elsewhere: a page of codes. */
export const RECEIPT_FORMS = ['json', 'compact', 'qr'] as const;
export type ReceiptForm = (typeof RECEIPT_FORMS)[number];

/** A receipt on its way out. */
export interface RenderedReceipt {
  readonly mediaType: string;
  readonly body: string | Buffer;
  /** Of the file's name. */
  readonly extension: string;
}

const MEDIA_TYPES: readonly (readonly [mediaType: string, form: ReceiptForm])[] = [
  [RECEIPT_MEDIA_TYPE, 'json'],
  ['application/json', 'json'],
  [COMPACT_MEDIA_TYPE, 'compact'],
];

/**
 * What a request asks for: `?as=`, else the first media type of `Accept` that a receipt has, else JSON. Throws
 * RECEIPT_REQUEST_INVALID for a name that is none.
 */
export function formOf(as: unknown, accept: string | undefined): ReceiptForm {
  if (as === undefined) {
    const wished = (accept ?? '').split(',').map((part) => part.split(';')[0]!.trim().toLowerCase());
    const known = wished.map((type) => MEDIA_TYPES.find(([mediaType]) => mediaType === type));
    return known.find((found) => found !== undefined)?.[1] ?? 'json';
  }
  const form = RECEIPT_FORMS.find((each) => each === as);
  if (form !== undefined) return form;
  const message = `as is one of ${RECEIPT_FORMS.join(', ')}; this is ${JSON.stringify(as)}.`;
  throw new ReceiptRefusedError('RECEIPT_REQUEST_INVALID', message, { expected: [...RECEIPT_FORMS] });
}

/** A receipt as a file. */
export function rendered({ receipt, text }: IssuedReceipt, form: Exclude<ReceiptForm, 'qr'>): RenderedReceipt {
  switch (form) {
    case 'json':
      return { mediaType: RECEIPT_MEDIA_TYPE, body: text, extension: 'json' };
    case 'compact':
      return { mediaType: COMPACT_MEDIA_TYPE, body: compact(receipt), extension: 'hreceipt' };
  }
}

const compact = (receipt: Receipt): Buffer => Buffer.from(formatCompactReceipt(receipt));

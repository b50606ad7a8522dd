import { COMPACT_MEDIA_TYPE, formatCompactReceipt } from '../../domain/receipt/compact/index.js';
import { receiptToTlogProof } from '../../domain/receipt/derived.js';
import { RECEIPT_MEDIA_TYPE, type Receipt } from '../../domain/receipt/receipt.js';
import { type InclusionProof, parseCheckpoint, parseNote, TLOG_PROOF_EXTENSION } from '../../domain/tlog/index.js';
import type { IssuedReceipt } from '../../transparency/receipts/receipts.service.js';
import { ReceiptRefusedError } from './receipt-refusals.js';

/** The forms of a receipt, by the name that `?as=` has for them. `qr` is drawn elsewhere: a page of codes. */
const RECEIPT_FORMS = ['json', 'compact', 'qr', 'tlog-proof', 'cose'] as const;
export type ReceiptForm = (typeof RECEIPT_FORMS)[number];

/** A receipt on its way out. */
export interface RenderedReceipt {
  readonly mediaType: string;
  readonly body: string | Buffer;
  /** Of the file's name, with its dot. */
  readonly extension: string;
}

/** Signs an inclusion proof with the log's key; undefined in a process that has it not. */
export type CoseSigner = (proof: InclusionProof, root: Uint8Array) => Uint8Array | undefined;

const COSE_MEDIA_TYPE = 'application/cose';
const MEDIA_TYPES: readonly (readonly [mediaType: string, form: ReceiptForm])[] = [
  [RECEIPT_MEDIA_TYPE, 'json'],
  ['application/json', 'json'],
  [COMPACT_MEDIA_TYPE, 'compact'],
  [COSE_MEDIA_TYPE, 'cose'],
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

/** A receipt as a file. Throws RECEIPT_FORM_UNAVAILABLE for COSE where `cose` has no key. */
export function rendered(
  { receipt, text }: IssuedReceipt,
  form: Exclude<ReceiptForm, 'qr'>,
  cose: CoseSigner,
): RenderedReceipt {
  switch (form) {
    case 'json':
      return { mediaType: RECEIPT_MEDIA_TYPE, body: text, extension: '.json' };
    case 'compact':
      return {
        mediaType: COMPACT_MEDIA_TYPE,
        body: Buffer.from(formatCompactReceipt(receipt)),
        extension: '.hreceipt',
      };
    case 'tlog-proof':
      return {
        mediaType: 'text/plain; charset=utf-8',
        body: receiptToTlogProof(receipt),
        extension: TLOG_PROOF_EXTENSION,
      };
    case 'cose':
      return { mediaType: COSE_MEDIA_TYPE, body: signed(receipt, cose), extension: '.cose' };
  }
}

function signed({ log }: Receipt, cose: CoseSigner): Buffer {
  const { size, root } = parseCheckpoint(parseNote(log.checkpoint).text);
  const bytes = cose({ index: log.index, size, hashes: log.proof }, root);
  if (bytes !== undefined) return Buffer.from(bytes);
  throw new ReceiptRefusedError(
    'RECEIPT_FORM_UNAVAILABLE',
    'A COSE receipt is signed with the log’s key, which this process has not: ask one with HALISI_ROLE all or worker.',
  );
}

import { utf8ToBytes } from '../../../src/domain/bytes.js';
import { formatCompactReceipt, splitParts } from '../../../src/domain/receipt/compact/index.js';
import { formatReceipt } from '../../../src/domain/receipt/receipt.js';
import { exampleReceipt } from '../../../src/domain/receipt/receipt.fixture.js';
import { formatReceiptSet, receiptSet } from '../../../src/domain/receipt/receipt-set.js';
import { readEvidence } from './evidence.js';

const receipt = exampleReceipt();
const compact = formatCompactReceipt(receipt);
const refusal = (content: Uint8Array): unknown => {
  try {
    return readEvidence(content);
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('what somebody was handed', () => {
  it('is a receipt', () => {
    expect(readEvidence(utf8ToBytes(formatReceipt(receipt)))).toEqual({ kind: 'receipt', receipts: [receipt] });
  });

  it('is a receipt in its compact form', () => {
    expect(readEvidence(compact)).toEqual({ kind: 'compact', receipts: [receipt] });
  });

  it('is the texts of QR codes, one a line, in any order and with what a scanner says around them', () => {
    const parts = splitParts(compact, 400);
    expect(parts.length).toBeGreaterThan(2);
    const text = [...parts]
      .reverse()
      .map((part, i) => `${i + 1}. QR: ${part} \r\n`)
      .join('\n');
    expect(readEvidence(utf8ToBytes(text))).toEqual({ kind: 'qr', receipts: [receipt] });
  });

  it('is a set of receipts', () => {
    const text = formatReceiptSet(receiptSet([receipt, receipt]));
    expect(readEvidence(utf8ToBytes(`\n${text}`))).toMatchObject({ kind: 'set', receipts: [receipt, receipt] });
  });

  it('is not taken for proof when a part is missing, or nothing is in it', () => {
    const parts = splitParts(compact, 400);
    expect(refusal(utf8ToBytes(parts.slice(1).join('\n')))).toBe('RECEIPT_PARTS_MISSING');
    expect(refusal(utf8ToBytes(parts.join('\n').replace('/1/', '/0/')))).toBe('RECEIPT_PARTS_DAMAGED');
    const empty = JSON.parse(formatReceiptSet(receiptSet([receipt]))) as object;
    expect(refusal(utf8ToBytes(JSON.stringify({ ...empty, events: [], hashes: [] })))).toBe('RECEIPT_MALFORMED');
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', utf8ToBytes('a receipt')],
    ['JSON that is none', utf8ToBytes('[]')],
    ['half a compact receipt', compact.slice(0, 100)],
    ['bytes that are no text', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])('is none: %s', (_what, content) => {
    expect(refusal(content)).toBe('RECEIPT_MALFORMED');
  });
});

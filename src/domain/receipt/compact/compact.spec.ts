import fc from 'fast-check';
import { bytesToHex, utf8ToBytes } from '../../bytes.js';
import { decodeCbor, encodeCbor } from '../../cbor/index.js';
import { canonicalJson, type Json } from '../../json/jcs.js';
import { checkReceipt } from '../check.js';
import { ReceiptError } from '../errors.js';
import { formatReceipt, parseReceipt, type Receipt } from '../receipt.js';
import { exampleReceipt, PROVEN_TRUST, provenReceipt } from '../receipt.fixture.js';
import { lotReceipts, packReceipt } from '../receipt-set.fixture.js';
import { readTrust } from '../trust.js';
import { fromBase45, toBase45 } from './base45.js';
import { BEGINNINGS, NAMES, packName, packValue, unpackName, unpackValue } from './dictionary.js';
import { formatCompactReceipt, joinParts, parseCompactReceipt, QR_25_M, splitParts } from './index.js';

const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof ReceiptError ? error.code : error;
  }
};

describe('the compact form of a receipt', () => {
  const receipts: Receipt[] = [
    exampleReceipt(),
    exampleReceipt(5, 9),
    provenReceipt(),
    provenReceipt(4, 19, 40),
    packReceipt(1000, 2),
    ...lotReceipts(2, 30),
  ];

  it('loses nothing', () => {
    for (const receipt of receipts) {
      const bytes = formatCompactReceipt(receipt);
      expect(formatReceipt(parseCompactReceipt(bytes))).toBe(formatReceipt(receipt));
      expect(bytes.length).toBeLessThan(0.7 * formatReceipt(receipt).length);
    }
  });

  it('loses nothing of a receipt that does not hold, or that has a checkpoint or values of other forms', () => {
    const receipt = provenReceipt();
    const [anchor] = receipt.anchors;
    const odd: Receipt[] = [
      { ...receipt, log: { ...receipt.log, checkpoint: 'nonsense' } },
      { ...receipt, log: { ...receipt.log, origin: 'another' } },
      { ...receipt, log: { ...receipt.log, checkpoint: receipt.log.checkpoint.replace('\n\n', '\nmore\n\n') } },
      { ...receipt, log: { ...receipt.log, checkpoint: receipt.log.checkpoint.replace('\n7\n', '\n07\n') } },
      { ...receipt, anchors: [{ ...anchor!, root: `0x${'12'.repeat(32)}`, logId: `0x${'00'.repeat(32)}` }] },
      { ...receipt, anchors: [] },
    ];
    for (const one of odd)
      expect(parseCompactReceipt(formatCompactReceipt(one))).toEqual(parseReceipt(formatReceipt(one)));
  });

  it('loses nothing of any value or name that an event may have', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.tuple(fc.constantFrom(...BEGINNINGS), fc.string()).map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom(...NAMES), fc.constantFrom('/0', '/17', '/01', '/~length', '/x', ''))
        .map((p) => p.join('')),
    );
    const values = fc.oneof(
      fc.jsonValue() as fc.Arbitrary<Json>,
      texts,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(texts, values, (name, value) => {
        expect(unpackName(decodeCbor(encodeCbor(packName(name))))).toBe(name);
        expect(canonicalJson(unpackValue(decodeCbor(encodeCbor(packValue(value)))))).toBe(canonicalJson(value));
      }),
      { numRuns: 3000 },
    );
  });

  it('has one spelling, and never ends in anything but a coded error', () => {
    const bytes = formatCompactReceipt(provenReceipt());
    const json = formatReceipt(provenReceipt());
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const hostile = bytes.with(at, byte);
        const answer = code(() => parseCompactReceipt(hostile));
        if (typeof answer === 'string') expect(['RECEIPT_MALFORMED', 'RECEIPT_VERSION']).toContain(answer);
        else {
          expect(bytesToHex(formatCompactReceipt(answer as Receipt))).toBe(bytesToHex(hostile));
          if (bytes[at] !== byte) expect(formatReceipt(answer as Receipt)).not.toBe(json);
        }
      }),
      { numRuns: 2000 },
    );
    expect(code(() => parseCompactReceipt(new Uint8Array(0)))).toBe('RECEIPT_MALFORMED');
    expect(code(() => parseCompactReceipt(encodeCbor([2])))).toBe('RECEIPT_VERSION');
    expect(code(() => parseCompactReceipt(encodeCbor([1])))).toBe('RECEIPT_MALFORMED');
  });

  it('of a pack is as short as docs/formats/receipt-compact.md says', () => {
    const sizes = [packReceipt(1000, 0), packReceipt(1000, 2), packReceipt(1000, 2, true)].map((receipt) => {
      const bytes = formatCompactReceipt(receipt);
      return [formatReceipt(receipt).length, bytes.length, splitParts(bytes).length];
    });
    expect(sizes).toEqual([
      [3221, 1824, 2],
      [3484, 2029, 3],
      [9184, 5727, 7],
    ]);
  });
});

describe('Base45', () => {
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ])('writes %s as RFC 9285 does', (text, encoded) => {
    expect(toBase45(utf8ToBytes(text))).toBe(encoded);
    expect(fromBase45(encoded)).toEqual(utf8ToBytes(text));
  });

  it('reads what it wrote, and one spelling only', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
        expect(fromBase45(toBase45(bytes))).toEqual(bytes);
        const read = fromBase45(text);
        if (read !== undefined) expect(toBase45(read)).toBe(text);
      }),
    );
    for (const hostile of ['A', ':::', 'GGW', '::', 'aB8', 'BB8A']) expect(fromBase45(hostile)).toBeUndefined();
  });
});

describe('a sequence of QR codes', () => {
  const bytes = formatCompactReceipt(packReceipt(1000, 2));

  it('has only characters of the alphanumeric mode, and no more than asked', () => {
    for (const most of [60, 200, QR_25_M]) {
      for (const part of splitParts(bytes, most)) {
        expect(part).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
        expect(part.length).toBeLessThanOrEqual(most);
      }
    }
    expect(() => splitParts(bytes, 28)).toThrow(RangeError);
  });

  it('is joined in any order, with repeated parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 40, max: 300 }), fc.nat(), (all, most, seed) => {
        const parts = splitParts(all, most);
        const shuffled = [...parts, parts[seed % parts.length]!].sort((a, b) => hash(a, seed) - hash(b, seed));
        expect(joinParts(shuffled.map((part) => `${part}\r\n`))).toEqual(all);
      }),
    );
    expect(
      checkReceipt(
        parseCompactReceipt(joinParts(splitParts(formatCompactReceipt(provenReceipt()), 300).reverse())),
        readTrust(PROVEN_TRUST),
      ).holds,
    ).toBe(true);
  });

  it('is refused mixed, incomplete or damaged', () => {
    const parts = splitParts(bytes, 300);
    const others = splitParts(formatCompactReceipt(packReceipt(1000, 0)), 300);
    expect(code(() => joinParts([...parts.slice(1), others[0]!]))).toBe('RECEIPT_PARTS_MIXED');
    expect(code(() => joinParts([...parts, splitParts(bytes, 600)[0]!]))).toBe('RECEIPT_PARTS_MIXED');
    expect(code(() => joinParts(parts.slice(1)))).toBe('RECEIPT_PARTS_MISSING');
    expect(() => joinParts([parts[0]!, parts[2]!])).toThrow(/missing: 2, 4/);
    expect(code(() => joinParts([]))).toBe('RECEIPT_PARTS_MISSING');
  });

  it('is refused whatever single character of it is changed', () => {
    const parts = splitParts(bytes, 900);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.constantFrom(...'0A:Z/ $a~'), (which, at, character) => {
        const part = parts[which % parts.length]!;
        const turned = part.slice(0, at % part.length) + character + part.slice((at % part.length) + 1);
        if (turned === part) return;
        const answer = code(() => joinParts(parts.with(which % parts.length, turned)));
        expect(['RECEIPT_PARTS_DAMAGED', 'RECEIPT_PARTS_MIXED', 'RECEIPT_PARTS_MISSING']).toContain(answer);
      }),
      { numRuns: 1000 },
    );
  });
});

const hash = (text: string, seed: number): number => ((text.length * 31 + text.charCodeAt(18)) * (seed + 7)) % 97;

import fc from 'fast-check';
import { bytesToHex, hexToBytes } from '../bytes.js';
import { CborError, CborTag, type CborValue, decodeCbor, encodeCbor } from './index.js';

// RFC 8949 appendix A, what of it this codec knows.
const examples: [string, CborValue][] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1000000],
  ['1b000000e8d4a51000', 1000000000000],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['c074323031332d30332d32315432303a30343a30305a', new CborTag(0, '2013-03-21T20:04:00Z')],
  ['d74401020304', new CborTag(23, Uint8Array.of(1, 2, 3, 4))],
  ['40', new Uint8Array(0)],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['60', ''],
  ['6161', 'a'],
  ['62225c', '"\\'],
  ['62c3bc', '\u00fc'],
  ['63e6b0b4', '\u6c34'],
  ['64f0908591', '\ud800\udd51'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, i) => i + 1)],
  ['a0', new Map()],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<CborValue, CborValue>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
];

const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.integer({ min: -30, max: 300 }),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie('value')), {
        selector: ([key]) => key,
        maxLength: 5,
      })
      .map((members) => new Map(members)),
    fc.tuple(fc.nat(), tie('value')).map(([tag, of]) => new CborTag(tag, of)),
  ),
}));

describe('deterministic CBOR', () => {
  it.each(examples)('writes and reads %s', (hex, item) => {
    expect(bytesToHex(encodeCbor(item))).toBe(hex);
    expect(decodeCbor(hexToBytes(hex))).toEqual(item);
  });

  it('sorts the keys of a map by their bytes (RFC 8949 section 4.2.1)', () => {
    const keys: CborValue[] = [10, 100, -1, 'z', 'aa', [100], [-1], false];
    const shuffled = [...keys].reverse().map((key) => [key, 0] as const);
    expect(bytesToHex(encodeCbor(new Map(shuffled)))).toBe(
      'a8' + keys.map((key) => bytesToHex(encodeCbor(key)) + '00').join(''),
    );
    expect(encodeCbor(new Map(shuffled.toReversed()))).toEqual(encodeCbor(new Map(shuffled)));
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(value, (item) => {
        const bytes = encodeCbor(item);
        expect(bytesToHex(encodeCbor(decodeCbor(bytes)))).toBe(bytesToHex(bytes));
        if (!JSON.stringify(item).includes('{')) expect(decodeCbor(bytes)).toEqual(item);
      }),
    );
  });

  it('reads one spelling only: whatever bytes it takes, it writes them again', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      value.chain((item) => turned(encodeCbor(item))),
    );
    fc.assert(
      fc.property(bytes, (hostile) => {
        try {
          expect(encodeCbor(decodeCbor(hostile))).toEqual(hostile);
        } catch (error) {
          expect(error).toBeInstanceOf(CborError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a number that could be shorter', '1817'],
    ['a long number that could be shorter', '1b00000000ffffffff'],
    ['a number from 2^53 on', '1b0020000000000000'],
    ['a float', 'f93c00'],
    ['undefined', 'f7'],
    ['an indefinite list', '9f01ff'],
    ['an indefinite text', '7f6161ff'],
    ['keys out of order', 'a2616200616100'],
    ['a key twice', 'a2616100616100'],
    ['text that is not UTF-8', '61ff'],
    ['a surrogate in UTF-8', '63eda080'],
    ['bytes that are left over', '0000'],
    ['bytes that are missing', '4401'],
    ['a list of more members than bytes', '9a7fffffff00'],
    ['lists without end', '81'.repeat(300) + '00'],
  ])('refuses %s', (_what, hex) => {
    expect(() => decodeCbor(hexToBytes(hex))).toThrow(expect.objectContaining({ code: 'CBOR_INVALID' }));
  });

  it.each<[string, CborValue]>([
    ['a fraction', 1.5],
    ['a number beyond 2^53', 2 ** 53],
    ['a lone surrogate', '\ud800'],
    [
      'two keys of the same bytes',
      new Map([
        [Uint8Array.of(1), 1],
        [Uint8Array.of(1), 2],
      ]),
    ],
    ['a negative tag', new CborTag(-1, 0)],
  ])('does not write %s', (_what, item) => {
    expect(() => encodeCbor(item)).toThrow(expect.objectContaining({ code: 'CBOR_VALUE' }));
  });
});

/** The same bytes with one of them changed. */
function turned(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => bytes.with(at, byte));
}

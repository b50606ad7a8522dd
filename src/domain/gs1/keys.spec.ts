import fc from 'fast-check';
import { checkDigit, hasValidCheckDigit } from './check-digit.js';
import { parseCompanyPrefix, prefixOwnsGln, prefixOwnsGtin, prefixOwnsSscc } from './company-prefix.js';
import { formatExpiry, fullYear, parseExpiry } from './expiry.js';
import { parseGln } from './gln.js';
import { parseGtin } from './gtin.js';
import { parseLot, parseSerial } from './lot-serial.js';
import { makeSscc, parseSscc } from './sscc.js';

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

describe('check digit', () => {
  it.each([
    ['629104150021', '3'],
    ['0950600013435', '2'],
    ['10614141234567890', '8'],
  ])('of %s is %s', (body, expected) => {
    expect(checkDigit(body)).toBe(expected);
  });

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(digits(7, 17), fc.nat(), fc.integer({ min: 1, max: 9 }), (body, place, change) => {
        const good = body + checkDigit(body);
        const at = place % good.length;
        const bad = good.slice(0, at) + String((Number(good[at]) + change) % 10) + good.slice(at + 1);
        expect([hasValidCheckDigit(good), hasValidCheckDigit(bad)]).toEqual([true, false]);
      }),
    );
  });
});

describe('keys', () => {
  it('read a GTIN of 8, 12, 13 and 14 digits into 14', () => {
    expect(['96385074', '012345678905', '9506000134352', '09506000134352'].map(parseGtin)).toEqual([
      '00000096385074',
      '00012345678905',
      '09506000134352',
      '09506000134352',
    ]);
  });

  it.each([
    ['GTIN_INVALID', () => parseGtin('9506000134353')],
    ['GTIN_INVALID', () => parseGtin('950600013435')],
    ['GTIN_INVALID', () => parseGtin('95060001343x2')],
    ['GLN_INVALID', () => parseGln('9506000134353')],
    ['GLN_INVALID', () => parseGln('09506000134352')],
    ['SSCC_INVALID', () => parseSscc('106141412345678907')],
    ['SSCC_INVALID', () => makeSscc(10, '0614141', 1)],
    ['SSCC_INVALID', () => makeSscc(1, '0614141', 1_000_000_000)],
    ['SSCC_INVALID', () => makeSscc(1, '0614141', 1.5)],
    ['COMPANY_PREFIX_INVALID', () => parseCompanyPrefix('123')],
    ['SERIAL_INVALID', () => parseSerial('A'.repeat(21))],
    ['SERIAL_INVALID', () => parseSerial('A B')],
    ['LOT_INVALID', () => parseLot('')],
  ])('refuse with %s: %s', (code, work) => {
    expect(work).toThrow(expect.objectContaining({ code }));
  });

  it('says which check digit was expected', () => {
    expect(() => parseGtin('9506000134353')).toThrow(/should be 2/);
  });

  it('mints SSCCs that their prefix owns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), digits(4, 12), fc.nat(9999), (extension, prefix, reference) => {
        const sscc = makeSscc(extension, prefix, reference);
        expect(parseSscc(sscc)).toBe(sscc);
        expect(prefixOwnsSscc(prefix, sscc)).toBe(true);
      }),
    );
  });

  it('knows whose a key is', () => {
    expect(prefixOwnsGtin('9506000', '19506000134359')).toBe(true);
    expect(prefixOwnsGtin('9506001', '19506000134359')).toBe(false);
    expect(prefixOwnsGtin('', '19506000134359')).toBe(false);
    expect(prefixOwnsGtin('00000', '00000096385074')).toBe(false);
    expect(prefixOwnsGln('9506000', '9506000134352')).toBe(true);
    expect(prefixOwnsSscc('1061414', '106141412345678908')).toBe(false);
  });
});

describe('expiry', () => {
  it.each([
    ['261231', '2026-12-31'],
    ['280200', '2028-02-29'],
    ['260200', '2026-02-28'],
    ['760101', '2076-01-01'],
    ['770101', '1977-01-01'],
  ])('%s is %s in 2026', (yymmdd, date) => {
    expect(parseExpiry(yymmdd, 2026)).toBe(date);
  });

  it('places years as GS1 does at the turn of a century', () => {
    expect([fullYear(0, 2098), fullYear(47, 2098), fullYear(49, 2098), fullYear(99, 2010)]).toEqual([
      2100, 2147, 2049, 1999,
    ]);
  });

  it.each(['261301', '260230', '26023', '26O230', '260001'])('refuses %s', (yymmdd) => {
    expect(() => parseExpiry(yymmdd, 2026)).toThrow(expect.objectContaining({ code: 'EXPIRY_INVALID' }));
  });

  it('writes what it reads, and no date that is none', () => {
    expect(formatExpiry(parseExpiry('261231', 2026))).toBe('261231');
    for (const bad of ['2026-02-29', '2026-13-01', '26-12-31', '2026-12-00']) expect(() => formatExpiry(bad)).toThrow();
  });
});

import fc from 'fast-check';
import { checkAssociations } from './associations.js';
import { parseDigitalLink, toDigitalLink } from './digital-link.js';
import { elementsOf, GS, parseBracketed, parseUnbracketed, toBracketed, toUnbracketed } from './element-string.js';
import { lint, LINTERS } from './linters/index.js';
import { AI_TABLE } from './generated/ai-table.js';
import { generateScanData, processScanData } from './scan-data.js';
import { parseSyntaxDictionary } from './syntax-dictionary.js';

const PACK = '(01)09506000134352(21)A(1)b(17)261231(10)LOT/7';
const GTIN = '09506000134352';

const cset82 = fc.string({
  unit: fc.constantFrom(...'!"%&\'()*+,-./0123456789:;<=>?ABYZ_abyz'),
  minLength: 1,
  maxLength: 20,
});
const refusedWith = (code: string) => expect.objectContaining({ code });

describe('element strings', () => {
  it('say the same in parentheses, in a symbol and in a link', () => {
    fc.assert(
      fc.property(cset82, cset82, (serial, lot) => {
        const values = elementsOf([
          ['01', GTIN],
          ['10', lot],
          ['21', serial],
          ['17', '261231'],
        ]);
        const pairs = (all: readonly { ai: string; value: string }[]) => all.map(({ ai, value }) => `${ai} ${value}`);
        expect(pairs(parseBracketed(toBracketed(values)))).toEqual(pairs(values));
        expect(pairs(parseUnbracketed(toUnbracketed(values, GS), {}, GS))).toEqual(pairs(values));
        expect(pairs(parseDigitalLink(toDigitalLink(values)))).toEqual(pairs(values));
      }),
    );
  });

  it('separate values of variable length only', () => {
    const text = '(01)09506000134352(21)ABC(17)261231(10)LOT';
    expect(toUnbracketed(parseBracketed(text))).toBe('^010950600013435221ABC^1726123110LOT');
  });

  it.each([
    ['AI_SYNTAX_INVALID', '01(2)'],
    ['AI_UNKNOWN', PACK],
    ['AI_UNKNOWN', '(89)1'],
    ['AI_LENGTH_INVALID', '(01)0950600013435'],
    ['AI_LENGTH_INVALID', '(10)'],
    ['AI_CONTENT_INVALID', '(01)09506000134353'],
    ['AI_CONTENT_INVALID', '(17)261331'],
    ['AI_CONTENT_INVALID', '(21)A B'],
    ['AI_DATA_EMPTY', ''],
  ])('are refused with %s: %s', (code, text) => {
    expect(() => parseBracketed(text)).toThrow(refusedWith(code));
  });

  it.each([
    ['FNC1_MISSING', '0109506000134352'],
    ['AI_DATA_EMPTY', '^'],
    ['AI_LENGTH_INVALID', '^10' + 'A'.repeat(21)],
    ['AI_LENGTH_INVALID', '^21^10A'],
    ['AI_UNKNOWN', '^0109506000134352888'],
  ])('of a symbol are refused with %s: %s', (code, text) => {
    expect(() => parseUnbracketed(text)).toThrow(refusedWith(code));
  });

  it.each([
    ['AI_EXCLUSIVE', '(01)09506000134352(02)09506000134352(37)1'],
    ['AI_REQUIRED', '(21)ABC'],
    ['AI_REQUIRED', '(01)09506000134352(250)ABC'],
    ['AI_REPEATED', '(01)09506000134352(10)A(10)B'],
    ['AI_SERIAL_REQUIRED', '(253)1234567890128(8030)ABC'],
  ])('must not stand together: %s', (code, text) => {
    expect(() => checkAssociations(parseBracketed(text))).toThrow(refusedWith(code));
  });

  it('may stand together', () => {
    const good = ['(01)09506000134352(21)A(250)B', '(01)09506000134352(10)A(10)A', '(253)1234567890128X(8030)ABC'];
    for (const text of good) expect(() => checkAssociations(parseBracketed(text))).not.toThrow();
  });
});

describe('Digital Links', () => {
  it.each([
    ['DL_URI_INVALID', 'ftp://a/01/09506000134352'],
    ['DL_KEY_MISSING', 'https://a/21/ABC'],
    ['DL_PATH_INVALID', 'https://a/01/09506000134352/21/A/10/B'],
    ['DL_BELONGS_IN_PATH', 'https://a/01/09506000134352?10=A'],
    ['DL_ATTRIBUTE_INVALID', 'https://a/01/09506000134352/235/A?21=A'],
    ['DL_AI_DUPLICATE', 'https://a/01/09506000134352?17=261231&17=261231'],
    ['DL_AI_UNKNOWN', 'https://a/01/09506000134352?89=1'],
    ['DL_VALUE_EMPTY', 'https://a/01/09506000134352?17='],
  ])('are refused with %s: %s', (code, uri) => {
    expect(() => parseDigitalLink(uri)).toThrow(refusedWith(code));
  });

  it('put pre-defined lengths first in the query', () => {
    const values = parseBracketed('(99)X+Y(17)261231(21)A(01)09506000134352');
    expect(toDigitalLink(values, 'https://a.example/')).toBe(
      'https://a.example/01/09506000134352/21/A?17=261231&99=X%2BY',
    );
  });
});

describe('scanner output', () => {
  it('is what the scanner was given', () => {
    for (const symbology of ['QR', 'DM', 'DotCode', 'GS1_128_CCA', 'DataBarExpanded'] as const) {
      const message = '^010950600013435221ABC^1726123110LOT';
      expect(processScanData(generateScanData(symbology, message)!)).toEqual({ symbology, message });
    }
  });

  it('is refused without a known symbology identifier', () => {
    expect(() => processScanData(']X0123')).toThrow(refusedWith('SYMBOLOGY_UNSUPPORTED'));
    expect(() => processScanData(']E09506000134353')).toThrow(refusedWith('SCAN_DATA_INVALID'));
  });
});

describe('the identifier table', () => {
  it('names only linters that exist', () => {
    const names = AI_TABLE.flatMap(({ components }) => components.flatMap(({ linters }) => linters));
    expect(names.filter((name) => !(name in LINTERS))).toEqual([]);
  });

  it('is read from lines of the dictionary', () => {
    const line = '253         ?  N13,csum,gcppos1 [X..17]          dlpkey=22,10|235 req=01+21,02 ex=35nn   # GDTI';
    expect(parseSyntaxDictionary(`# comment\n\n${line}\n`)).toEqual([
      {
        first: '253',
        last: '253',
        fnc1: true,
        dlAttribute: true,
        components: [
          { type: 'N', min: 13, max: 13, optional: false, linters: ['csum', 'gcppos1'] },
          { type: 'X', min: 1, max: 17, optional: true, linters: [] },
        ],
        requires: [[['01', '21'], ['02']]],
        excludes: ['35nn'],
        dlQualifiers: [['22', '10'], ['235']],
        title: 'GDTI',
      },
    ]);
    for (const bad of ['01 N14 what=1', '01-2 N14', '01 ? # nothing', '3100-3205 N6']) {
      expect(() => parseSyntaxDictionary(bad)).toThrow(refusedWith('SYNTAX_DICTIONARY_INVALID'));
    }
  });
});

describe('linters', () => {
  it.each([
    ['csum', '09506000134353', 'INCORRECT_CHECK_DIGIT'],
    ['csumalpha', '1987654Ad4X4bL5ttr2310c2K', undefined],
    ['csumalpha', '1987654Ad4X4bL5ttr2310cXK', 'INCORRECT_CHECK_PAIR'],
    ['cset64', '123=', 'INVALID_CSET64_PADDING'],
    ['gcppos2', 'A123', 'TOO_SHORT_FOR_GCP'],
    ['iban', 'BE71096123456769', undefined],
    ['iban', 'BE71096123456760', 'INCORRECT_IBAN_CHECKSUM'],
    ['iso3166', '566', undefined],
    ['iso4217', '566', undefined],
    ['latitude', '1800000001', 'INVALID_LATITUDE'],
    ['pcenc', 'A%2', 'INVALID_PERCENT_SEQUENCE'],
    ['pieceoftotal', '0302', 'PIECE_NUMBER_EXCEEDS_TOTAL'],
    ['posinseqslash', '10/9', 'POSITION_EXCEEDS_END'],
    ['yymmd0', '260200', undefined],
    ['yymmdd', '260200', 'ILLEGAL_DAY'],
    ['hhmi', '2400', 'ILLEGAL_HOUR'],
    ['couponcode', '012345612345611110123', undefined],
    ['couponcode', '0123456123456111101230', 'COUPON_EXCESS_DATA'],
    ['couponcode', '012345612345611110123320011042002', 'COUPON_TOO_SHORT_FOR_START_DATE'],
    ['couponposoffer', '201234561234560123456', 'COUPON_INVALID_FORMAT_CODE'],
  ])('%s of %s gives %s', (name, data, error) => {
    expect(lint(name, data)).toBe(error);
  });

  it('ask the register of company prefixes when there is one', () => {
    const ask = (answer: 'known' | 'unknown' | 'offline') =>
      lint('gcppos1', '9506000', { companyPrefix: () => answer });
    expect([ask('known'), ask('unknown'), ask('offline')]).toEqual([
      undefined,
      'INVALID_GCP_PREFIX',
      'GCP_DATASOURCE_OFFLINE',
    ]);
    expect(() => lint('nosuch', '')).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { utf8ToBytes, compareBytes } from '../bytes.js';
import { parseDateTime } from './date-time.js';
import { hashedIdentifier, numberText, plainDecimal, sortByUtf8, utcTime } from './hash-values.js';

describe('A time in the pre-hash string', () => {
  it.each([
    ['2026-03-01T08:00:00+03:00', '2026-03-01T05:00:00.000Z'],
    ['2026-03-01T08:00:00Z', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01T08:00:00.5-02:30', '2026-03-01T10:30:00.500Z'],
    ['2026-03-01T08:00:00.1404Z', '2026-03-01T08:00:00.140Z'],
    ['2026-03-01T08:00:00.1405Z', '2026-03-01T08:00:00.141Z'],
    ['2026-12-31T23:59:59.9995Z', '2027-01-01T00:00:00.000Z'],
    ['2026-03-01T08:00:00.11600000000000000000001Z', '2026-03-01T08:00:00.116Z'],
    [' 2024-02-29T00:00:00Z ', '2024-02-29T00:00:00.000Z'],
  ])('%s is written as %s', (given, expected) => {
    expect(utcTime('eventTime', given)).toBe(expected);
  });

  it.each([
    '2026-03-01T08:00:00',
    '2026-02-29T08:00:00Z',
    '2026-13-01T08:00:00Z',
    '2026-00-01T08:00:00Z',
    '2026-03-00T08:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T08:60:00Z',
    '2026-03-01T08:00:60Z',
    '2026-03-01T08:00:00+14:01',
    '2026-03-01T08:00:00+01:60',
    '0050-03-01T08:00:00Z',
    '22-07-2026',
    '',
  ])('%s is not a time', (given) => {
    expect(parseDateTime(given)).toBeNaN();
    expect(() => utcTime('eventTime', given)).toThrow(expect.objectContaining({ code: 'EVENT_NOT_HASHABLE' }));
  });

  it('names the instant that Date names, for every instant', () => {
    const instants = fc.date({
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(instants, (date) => expect(parseDateTime(date.toISOString())).toBe(date.getTime())));
  });
});

describe('A number in the pre-hash string', () => {
  it.each([
    ['0', '0'],
    ['-0.0', '0'],
    ['007', '7'],
    ['+12.50', '12.5'],
    ['.5', '0.5'],
    ['12.', '12'],
    ['1e3', '1000'],
    ['1.25E-3', '0.00125'],
    ['-1.5e1', '-15'],
    ['123e-2', '1.23'],
    ['12345678901234567890.10', '12345678901234567890.1'],
  ])('%s is written as %s', (given, expected) => {
    expect(plainDecimal(given)).toBe(expected);
  });

  it.each(['', '.', 'e3', '1_0', 'inf', '12 kg', '1e9999'])('%s is left as it is', (given) => {
    expect(plainDecimal(given)).toBe(given);
  });

  it('has the same value as the number it came from', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(numbers, (given) => {
        const text = numberText('quantity', given);
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        expect(Number(text)).toBe(given === 0 ? 0 : given);
      }),
    );
  });

  it.each([NaN, Infinity, true, {}])('cannot be made from %p', (given) => {
    expect(() => numberText('quantity', given)).toThrow('quantity must be a number');
  });
});

describe('An identifier in the pre-hash string', () => {
  it.each([
    ['urn:epc:id:sgtin:0614141.107346.2017', 'https://id.gs1.org/01/10614141073464/21/2017'],
    ['http://example.com/x/01/9780345418913/21/765tz?17=261231', 'https://id.gs1.org/01/09780345418913/21/765tz'],
    ["https://id.gs1.org/01/10614141073464/21/A'B", "https://id.gs1.org/01/10614141073464/21/A'B"],
    ['https://id.gs1.org/01/10614141073464/21/A%27B', "https://id.gs1.org/01/10614141073464/21/A'B"],
    ['urn:epcglobal:cbv:bt:0614141073467:1152', 'urn:epcglobal:cbv:bt:0614141073467:1152'],
    ['http://transaction.acme.com/po/12345678', 'http://transaction.acme.com/po/12345678'],
    ['geo:47.506694,11.104301', 'geo:47.506694,11.104301'],
  ])('%s is written as %s', (given, expected) => {
    expect(hashedIdentifier(given)).toBe(expected);
  });
});

describe('Sorting', () => {
  it('follows the UTF-8 bytes, also above U+FFFF', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (given) => {
        const expected = [...given].sort((a, b) => compareBytes(utf8ToBytes(a), utf8ToBytes(b)));
        expect(sortByUtf8([...given])).toEqual(expected);
      }),
    );
    expect(sortByUtf8(['\u{1F48A}', '\uFFFD'])).toEqual(['\uFFFD', '\u{1F48A}']);
    expect(sortByUtf8(['\u{1F48A}b', '\u{1F48A}', '\u{1F48A}a'])).toEqual(['\u{1F48A}', '\u{1F48A}a', '\u{1F48A}b']);
  });
});

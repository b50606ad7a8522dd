import fc from 'fast-check';
import { checkDigit } from './check-digit.js';
import { toDigitalLink } from './digital-link.js';
import { elementsOf, GS, toBracketed, toUnbracketed } from './element-string.js';
import { formatExpiry } from './expiry.js';
import {
  scanCandidates,
  triageScan,
  type ScanContext,
  type ScanFault,
  type ScanReading,
  type ScanResult,
} from './scan.js';

const NOW: ScanContext = { currentYear: 2026 };
const GTIN = '09506000134352';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const text = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const gtin = text('0123456789', 12, 12).map((digits) => `0${digits}${checkDigit(`0${digits}`)}`);
const expiry = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2034-12-28'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const pack = fc.record({
  gtin,
  serial: text(UPPER, 8, 20),
  lot: text(UPPER, 3, 10),
  expiry,
  others: fc.constant({}),
});
type Pack = ScanReading & { gtin: string; serial: string; lot: string; expiry: string };

const ORDERS = [
  ['01', '21', '17', '10'],
  ['01', '17', '10', '21'],
  ['01', '10', '17', '21'],
  ['01', '21', '10', '17'],
];
const order = fc.constantFrom(...ORDERS);

function elements(one: Pack, ais: readonly string[]) {
  const values: Record<string, string> = {
    '01': one.gtin,
    '21': one.serial,
    '10': one.lot,
    '17': formatExpiry(one.expiry),
  };
  return elementsOf(ais.map((ai) => [ai, values[ai]!] as const));
}

const withGs = (one: Pack, ais: readonly string[]): string => toUnbracketed(elements(one, ais), GS).slice(1);
const withoutGs = (one: Pack, ais: readonly string[]): string => withGs(one, ais).replaceAll(GS, '');

/** The faults of the candidate that reads as `one`; undefined when none does. */
function faultsOf(result: ScanResult, one: Pack): readonly ScanFault[] | undefined {
  const all = [{ reading: result.reading, repairs: result.repairs }, ...result.alternatives];
  const wanted = JSON.stringify(one, Object.keys(one).sort());
  const found = all.find(({ reading }) => reading && JSON.stringify(reading, Object.keys(one).sort()) === wanted);
  return found?.repairs.map(({ fault }) => fault);
}

const swapped = (one: string, pairs: string): string =>
  [...one].map((letter) => (pairs.includes(letter) ? pairs[pairs.indexOf(letter) ^ 1]! : letter)).join('');
const inverted = (one: string): string =>
  [...one].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('');

describe('a scan without fault', () => {
  const FORMS: Record<string, (one: Pack, ais: readonly string[]) => string> = {
    'with symbology identifier': (one, ais) => `]d2${withGs(one, ais)}`,
    'without identifier': withGs,
    'with a leading FNC1': (one, ais) => GS + withGs(one, ais),
    'with Enter behind it': (one, ais) => `${withGs(one, ais)}\r\n`,
    'with a sign for GS': (one, ais) => withGs(one, ais).replaceAll(GS, '^'),
    'with a name for GS': (one, ais) => withGs(one, ais).replaceAll(GS, '{GS}'),
    'in parentheses': (one, ais) => toBracketed(elements(one, ais)),
    'as a Digital Link': (one, ais) => toDigitalLink(elements(one, ais)),
    'as a Digital Link of a QR code': (one, ais) => `]Q1${toDigitalLink(elements(one, ais), 'https://a.example/x')}`,
  };

  it.each(Object.keys(FORMS))('reads back %s', (form) => {
    fc.assert(
      fc.property(pack, order, (one, ais) => {
        const raw = FORMS[form]!(one, ais);
        const result = triageScan(raw, NOW);
        expect(result).toMatchObject({ raw, status: 'clean', reading: one, repairs: [] });
      }),
    );
  });

  it.each([
    ['9506000134352', GTIN],
    ['950600013435', undefined],
    [']E09506000134352', GTIN],
    [']I119506000134359', '19506000134359'],
    ['19506000134359', '19506000134359'],
    ['96385074', '00000096385074'],
  ])('reads the digits %s', (raw, expected) => {
    expect(triageScan(raw, NOW).reading?.gtin).toBe(expected);
  });

  it('reads a container', () => {
    expect(triageScan(']C100106141412345678908', NOW).reading).toEqual({ sscc: '106141412345678908', others: {} });
    expect(triageScan('106141412345678908', NOW).reading).toEqual({ sscc: '106141412345678908', others: {} });
  });

  it('keeps other identifiers', () => {
    const result = triageScan(`]d201${GTIN}21A234567${GS}17271231${'10'}L1A${GS}7101234567`, NOW);
    expect(result.reading?.others).toEqual({ '710': '1234567' });
  });
});

describe('a scan with a fault', () => {
  const NORMAL: Record<string, (one: Pack, ais: readonly string[]) => readonly [string, ScanFault]> = {
    'its separators lost': (one, ais) => [withoutGs(one, ais), 'SEPARATOR_LOST'],
    'CAPS LOCK, seen by the identifier': (one, ais) => [inverted(`]d2${withGs(one, ais)}`), 'CAPS_LOCK'],
    'itself glued to itself': (one, ais) => [withGs(one, ais) + withGs(one, ais), 'GLUED_CODES'],
    'itself on the next line': (one, ais) => [`${withGs(one, ais)}\n${withGs(one, ais)}`, 'GLUED_CODES'],
    'the retail code in front': (one, ais) => [one.gtin.slice(1) + withGs(one, ais), 'GLUED_CODES'],
    'the retail code behind': (one, ais) => [withGs(one, ais) + one.gtin.slice(1), 'GLUED_CODES'],
    'invisible characters': (one, ais) => [[...withGs(one, ais)].join('\u200b'), 'INVISIBLE_CHARACTERS'],
  };

  it.each(Object.keys(NORMAL))('is recognised: %s', (kind) => {
    fc.assert(
      fc.property(pack, order, (one, ais) => {
        const [raw, fault] = NORMAL[kind]!(one, ais);
        const result = triageScan(raw, NOW);
        expect(result.raw).toBe(raw);
        expect(result.status).not.toBe('clean');
        expect(faultsOf(result, one)).toContain(fault);
      }),
    );
  });

  it('is recognised: CAPS LOCK, seen by small letters only', () => {
    fc.assert(
      fc.property(pack, order, (one, ais) => {
        fc.pre(/[A-Z]/.test(one.serial + one.lot));
        const result = triageScan(inverted(withGs(one, ais)), NOW);
        expect(result.status).not.toBe('clean');
        expect(faultsOf(result, one)).toEqual(['CAPS_LOCK']);
      }),
    );
  });

  it('is recognised: Y and Z exchanged, as an alternative to look up', () => {
    fc.assert(
      fc.property(pack, order, (one, ais) => {
        fc.pre(/[YZ]/.test(one.serial + one.lot));
        expect(faultsOf(triageScan(swapped(withGs(one, ais), 'YZ'), NOW), one)).toEqual(['KEYBOARD_QWERTZ']);
        const seen = triageScan(`+d2${swapped(withGs(one, ais), 'YZ')}`, NOW);
        expect(seen.status).toBe('repaired');
        expect(seen.reading).toEqual(one);
      }),
    );
  });

  it('is recognised: a French keyboard', () => {
    const DIGITS = 'à&é"\'(-è_ç';
    const french = (raw: string): string =>
      [...swapped(raw, 'AQWZ')].map((c) => (c === 'M' ? '?' : /\d/.test(c) ? DIGITS[Number(c)]! : c)).join('');
    fc.assert(
      fc.property(pack, order, (one, ais) => {
        expect(faultsOf(triageScan(french(withGs(one, ais)), NOW), one)).toContain('KEYBOARD_AZERTY');
        expect(faultsOf(triageScan(french(withoutGs(one, ais)), NOW), one)).toContain('KEYBOARD_AZERTY');
      }),
    );
  });

  it('is settled by what is known of the product', () => {
    fc.assert(
      fc.property(pack, order, (one, ais) => {
        const known = { ...NOW, lots: [one.lot], serialLength: one.serial.length };
        const result = triageScan(withoutGs(one, ais), known);
        expect(result.status).toBe('repaired');
        expect(result.reading).toEqual(one);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws, whatever comes', () => {
    const noise = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), text('0121017(){}]d2EA^\u001d/:htps', 0, 80));
    fc.assert(
      fc.property(noise, (raw) => {
        const result = triageScan(raw, NOW);
        expect(result.raw).toBe(raw);
        expect(result.reading !== undefined).toBe(result.status === 'clean' || result.status === 'repaired');
      }),
    );
  });
});

describe('triage', () => {
  it('offers both cuts when a lost separator leaves two', () => {
    const result = triageScan(`01${GTIN}17261231${'10'}AB21CD21EFGHIJ`, NOW);
    expect(result.status).toBe('ambiguous');
    expect(result.reading).toBeUndefined();
    expect(scanCandidates(result).map(({ lot }) => lot)).toEqual(expect.arrayContaining(['AB', 'AB21CD']));
    expect(result.alternatives[0]!.confidence).toBeGreaterThanOrEqual(result.alternatives[1]!.confidence);
  });

  it('does not see a lost separator in a lot that merely has 21 in it', () => {
    expect(triageScan(`01${GTIN}17261231${'10'}AB2101`, NOW)).toMatchObject({
      status: 'clean',
      reading: { lot: 'AB2101' },
    });
  });

  it('says what the check digit should be and reads nothing', () => {
    const result = triageScan('9506000134351', NOW);
    expect(result).toMatchObject({ status: 'unreadable', alternatives: [] });
    expect(result.notices[0]).toMatchObject({
      fault: 'CHECK_DIGIT_WRONG',
      done: expect.stringContaining('should be 2'),
    });
    const element = triageScan(`]d20109506000134351${'21'}ABC${GS}17261231`, NOW);
    expect(element.notices[0]).toMatchObject({ fault: 'CHECK_DIGIT_WRONG' });
  });

  it('reads day 00 as the end of the month and says so', () => {
    const result = triageScan(`01${GTIN}17280200${'10'}L1A${GS}21A2345678`, NOW);
    expect(result).toMatchObject({ status: 'clean', reading: { expiry: '2028-02-29' } });
    expect(result.notices[0]!.fault).toBe('EXPIRY_DAY_ZERO');
  });

  it('says that the expiry is missing and gives none', () => {
    const result = triageScan(`01${GTIN}21A2345678`, NOW);
    expect(result.notices[0]!.fault).toBe('EXPIRY_MISSING');
    expect('expiry' in result.reading!).toBe(false);
  });

  it('leaves an impossible expiry out, openly', () => {
    const result = triageScan(`01${GTIN}17261331${'10'}L1A${GS}21A2345678`, NOW);
    expect(result.repairs.map(({ fault }) => fault)).toEqual(['EXPIRY_INVALID']);
    expect(result.reading).toMatchObject({ lot: 'L1A', serial: 'A2345678' });
  });

  it('keeps parentheses within a serial number', () => {
    const result = triageScan(`(01)${GTIN}(21)AB(CD)12345(17)261231`, NOW);
    expect(result.reading ?? result.alternatives[0]?.reading).toMatchObject({
      serial: 'AB(CD)12345',
      expiry: '2026-12-31',
    });
    const digits = triageScan(`(01)${GTIN}(21)AB(10)5(10)LOT1`, NOW);
    expect(scanCandidates(digits).some(({ serial }) => serial === 'AB(10)5')).toBe(true);
  });

  it('fills a short GTIN in parentheses or in a link', () => {
    for (const raw of ['(01)9506000134352(21)A2345678', 'https://a.example/01/9506000134352/21/A2345678']) {
      const result = triageScan(raw, NOW);
      expect(result.reading).toMatchObject({ gtin: GTIN, serial: 'A2345678' });
      expect(result.repairs.map(({ fault }) => fault)).toEqual(['GTIN_NOT_14_DIGITS']);
    }
  });

  it('takes the GTIN from a retail code that is glued to the batch', () => {
    const result = triageScan(`9506000134352${'10'}LOT17${GS}17261231`, NOW);
    expect(scanCandidates(result)[0]).toMatchObject({ gtin: GTIN, lot: 'LOT17', expiry: '2026-12-31' });
  });

  it('never picks one of two different packs', () => {
    const one = `]d201${GTIN}21AAAAAAAA${GS}17261231${'10'}LOT1`;
    const other = one.replace('AAAAAAAA', 'BBBBBBBB');
    const result = triageScan(one + other, NOW);
    expect(result.status).toBe('ambiguous');
    expect(scanCandidates(result).map(({ serial }) => serial)).toEqual(
      expect.arrayContaining(['AAAAAAAA', 'BBBBBBBB']),
    );
  });

  // A search without bounds would try more readings here than a test has time for.
  it('comes to an end on hostile text', () => {
    for (const raw of [
      '10'.repeat(400),
      '(10)'.repeat(200),
      '21'.repeat(80),
      `01${GTIN}${'1021'.repeat(20)}`,
      ' 1'.repeat(400),
    ]) {
      expect(scanCandidates(triageScan(raw, NOW)).length).toBeLessThan(20);
    }
  });
});

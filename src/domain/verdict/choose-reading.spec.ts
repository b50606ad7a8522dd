import { triageScan, type ScanResult } from '../gs1/scan.js';
import { chooseReading, needsOtherReadings, packsToLookUp, type RecordOf } from './choose-reading.js';

const GTIN = '09506000134352';
const GS = '\u001d';
const record = { lot: 'LOT7', expiry: '2028-12-31' };
const only =
  (serial: string): RecordOf =>
  (gtin, asked) =>
    gtin === GTIN && asked === serial ? record : undefined;
const nobody: RecordOf = () => undefined;
const context = { currentYear: 2026 };
const triage = (raw: string): ScanResult => triageScan(raw, context);
const invert = (text: string): string =>
  text.replace(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));

describe('chooseReading', () => {
  it('takes a clean reading as it is, recorded or not', () => {
    const scan = triage(`]d201${GTIN}21Ab345678${GS}1728123110LOT7`);
    for (const recordOf of [only('Ab345678'), nobody]) {
      expect(chooseReading(scan, recordOf)).toMatchObject({
        fault: null,
        status: 'clean',
        reading: { serial: 'Ab345678' },
      });
    }
    expect(needsOtherReadings(scan, only('Ab345678'))).toBe(false);
  });

  it('does not ask for the other readings where the first one fits', () => {
    const { form, reading } = triage(`]d201${GTIN}21Ab345678${GS}1728123110LOT7`);
    const scan: ScanResult = {
      raw: '',
      status: 'clean',
      form: form!,
      reading: reading!,
      repairs: [],
      notices: [],
      get alternatives(): never {
        throw new Error('The other readings were asked for.');
      },
    };
    expect(packsToLookUp(scan, 1)).toEqual([{ gtin: GTIN, serial: 'Ab345678' }]);
    expect(needsOtherReadings(scan, only('Ab345678'))).toBe(false);
    expect(chooseReading(scan, only('Ab345678'))).toMatchObject({ fault: null, reading: { serial: 'Ab345678' } });
    expect(() => chooseReading(scan, nobody)).toThrow('asked for');
  });

  it('takes the reading that the records agree with, and says what it took', () => {
    const scan = triage(invert(`01${GTIN}21Ab345678${GS}1728123110LOT7`));
    expect(packsToLookUp(scan)).toContainEqual({ gtin: GTIN, serial: 'Ab345678' });
    const chosen = chooseReading(scan, only('Ab345678'));
    expect(chosen).toMatchObject({ fault: null, status: 'repaired', reading: { serial: 'Ab345678', lot: 'LOT7' } });
    expect(chosen.repairs.map(({ fault }) => fault)).toContain('CAPS_LOCK');
  });

  it('does not take another reading that differs from the records in lot or expiry', () => {
    const scan = triage(invert(`01${GTIN}21Ab345678${GS}1728123110OTHER`));
    expect(chooseReading(scan, only('Ab345678')).reading?.serial).not.toBe('Ab345678');
  });

  it('does not take another reading that drops what the first one says', () => {
    const first = { gtin: GTIN, serial: 'X', lot: 'L2', others: {} };
    const other = { gtin: GTIN, serial: 'X', expiry: '2028-12-31', others: {} };
    const scan: ScanResult = {
      raw: '',
      status: 'clean',
      form: 'element_string',
      reading: first,
      repairs: [],
      notices: [],
      alternatives: [{ form: 'element_string', reading: other, repairs: [], notices: [], confidence: 0.1 }],
    };
    expect(chooseReading(scan, only('X'))).toMatchObject({ fault: null, reading: { lot: 'L2' } });
  });

  it('blames the scan, not the pack, where a guess fits nothing', () => {
    const scan: ScanResult = {
      raw: '',
      status: 'repaired',
      form: 'element_string',
      reading: { gtin: GTIN, serial: 'X', lot: 'L2', others: {} },
      repairs: [{ fault: 'SEPARATOR_LOST', done: '', confidence: 0.8 }],
      notices: [],
      alternatives: [],
    };
    expect(chooseReading(scan, only('X')).fault).toBe('scan_unreliable');
    expect(chooseReading(scan, nobody).fault).toBe('scan_unreliable');
    const sure = { ...scan, repairs: [{ ...scan.repairs[0]!, confidence: 0.97 }] };
    expect(chooseReading(sure, only('X'))).toMatchObject({ fault: null, status: 'repaired' });
  });

  it('cannot read what is no code, and does not choose between guesses', () => {
    expect(chooseReading(triage('hello'), nobody)).toMatchObject({ fault: 'scan_unreadable', status: 'unreadable' });
    const guess = (serial: string) => ({
      form: 'element_string' as const,
      reading: { gtin: GTIN, serial, others: {} },
      repairs: [{ fault: 'SEPARATOR_LOST' as const, done: '', confidence: 0.8 }],
      notices: [],
      confidence: 0.5,
    });
    const scan: ScanResult = {
      raw: '',
      status: 'ambiguous',
      repairs: [],
      notices: [],
      alternatives: [guess('A'), guess('AB')],
    };
    expect(chooseReading(scan, only('AB'))).toMatchObject({ fault: 'scan_ambiguous', status: 'ambiguous' });
    expect(packsToLookUp(scan)).toEqual([
      { gtin: GTIN, serial: 'A' },
      { gtin: GTIN, serial: 'AB' },
    ]);
  });
});

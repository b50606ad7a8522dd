import fc from 'fast-check';
import { triageScan } from '../scan.js';

const GS = '\u001d';
const LETTERS = 'ABCXYZabcxyz';
const value = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength });
const alphabet = fc.constantFrom(LETTERS + '0189', 'XYZ01', 'xyz01', '0123456789', LETTERS + '01-./_');
const pack = alphabet.chain((letters) => fc.record({ serial: value(letters, 20), lot: value(letters, 20) }));
const context = { currentYear: 2026 };

const FORMS: Record<string, (serial: string, lot: string) => string> = {
  'with symbology identifier': (serial, lot) => `]d201095060001343521728123110${lot}${GS}21${serial}`,
  'without identifier': (serial, lot) => `010950600013435221${serial}${GS}1728123110${lot}`,
  'in parentheses': (serial, lot) => `(01)09506000134352(21)${serial}(17)281231(10)${lot}`,
};

describe('a scan that is certainly clean', () => {
  it.each(Object.keys(FORMS))('reads as if every keyboard had been tried at once: %s', (form) => {
    fc.assert(
      fc.property(pack, ({ serial, lot }) => {
        const raw = FORMS[form]!(serial, lot);
        // A list of lots makes triage try everything at once. An empty one takes the same off every reading with a lot.
        expect(triageScan(raw, context)).toEqual(triageScan(raw, { ...context, lots: [] }));
      }),
      { numRuns: 500 },
    );
  });

  it('is not what small letters alone make, for CAPS LOCK may have made them', () => {
    expect(triageScan(FORMS['without identifier']!('ab345678', 'lot7'), context).status).toBe('ambiguous');
    expect(triageScan(FORMS['without identifier']!('Ab345678', 'lot7'), context).status).toBe('clean');
  });

  it('works the other readings out once, when they are asked for', () => {
    const result = triageScan(FORMS['without identifier']!('AZ345678', 'LOT7'), context);
    const { alternatives } = result;
    expect(alternatives.map(({ reading }) => reading.serial)).toEqual(['AY345678', 'az345678', 'ay345678']);
    expect(result.alternatives).toBe(alternatives);
  });
});

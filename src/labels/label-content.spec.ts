import fc from 'fast-check';
import { type LabelIdentity, labelContent } from './label-content.js';

const pack = { kind: 'pack', gtin: '09506000134352', serial: 'A(1)b', lot: 'L/1', expiry: '2028-12-31' } as const;

describe('what a label says', () => {
  it('is the four elements of a pack, with one separator, behind the serial number', () => {
    expect(labelContent(pack).elementString).toBe('010950600013435221A(1)b\u001d1728123110L/1');
  });

  it('is interpreted one element a line, in the order that is encoded', () => {
    expect(labelContent(pack).hri).toEqual(['(01)09506000134352', '(21)A(1)b', '(17)281231', '(10)L/1']);
  });

  it('is a Digital Link with lot and serial number in the path and the expiry in the query', () => {
    expect(labelContent(pack).digitalLink).toBe('https://id.gs1.org/01/09506000134352/10/L%2F1/21/A%281%29b?17=281231');
    expect(labelContent(pack, 'https://halisi.example').digitalLink).toMatch(/^https:\/\/halisi\.example\/01\//);
  });

  it('needs no separator for a lot or a container', () => {
    const lot: LabelIdentity = { kind: 'lot', gtin: '9506000134352', lot: '7', expiry: '2030-02-28' };
    expect(labelContent(lot).elementString).toBe('0109506000134352' + '17300228' + '107');
    expect(labelContent({ kind: 'container', sscc: '195060001343520007' })).toMatchObject({
      elementString: '00195060001343520007',
      digitalLink: 'https://id.gs1.org/00/195060001343520007',
      hri: ['(00)195060001343520007'],
    });
    expect(labelContent({ kind: 'product', gtin: '9506000134352' }).elementString).toBe('0109506000134352');
  });

  it('is refused with a code when a part of it is not GS1', () => {
    const refused = (part: Partial<typeof pack> | { [K in keyof typeof pack]?: string }): string | undefined => {
      try {
        labelContent({ ...pack, ...part } as LabelIdentity);
      } catch (error) {
        return (error as { code?: string }).code;
      }
      return undefined;
    };
    expect(refused({ gtin: '09506000134353' })).toBe('GTIN_INVALID');
    expect(refused({ serial: 'a b' })).toBe('SERIAL_INVALID');
    expect(refused({ serial: 'a\u001d10b' })).toBe('SERIAL_INVALID');
    expect(refused({ serial: '^FNC1' })).toBe('SERIAL_INVALID');
    expect(refused({ lot: '' })).toBe('LOT_INVALID');
    expect(refused({ expiry: '2028-02-30' })).toBe('EXPIRY_INVALID');
    expect(refused({ expiry: '28-02-03' })).toBe('EXPIRY_INVALID');
    expect(refused({})).toBeUndefined();
  });

  it('keeps every expiry that a calendar has', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString().slice(0, 10);
          expect(labelContent({ ...pack, expiry: iso }).hri[2]).toBe('(17)' + iso.slice(2).replaceAll('-', ''));
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { checkDigit } from './check-digit.js';
import { epcUri, parseEpc, sglnUri, sgtinUri, ssccUri } from './epc.js';

const CSET82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const serial = fc.string({ unit: fc.constantFrom(...CSET82), minLength: 1, maxLength: 20 });
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const withCheckDigit = (length: number) => digits(length - 1).map((body) => body + checkDigit(body));

describe('EPC helpers', () => {
  it('reads back every pack identifier that they write', () => {
    fc.assert(
      fc.property(withCheckDigit(14), serial, (gtin, s) => {
        expect(parseEpc(sgtinUri(gtin, s))).toEqual({ kind: 'sgtin', gtin, serial: s });
      }),
    );
  });

  it('escape everything that a URI segment must not carry', () => {
    expect(sgtinUri('80614141123458', '6789/&%"!?()')).toBe(
      'https://id.gs1.org/01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29',
    );
  });

  it.each([
    ['urn:epc:id:sgtin:4012345.011111.98%22', 'https://id.gs1.org/01/04012345111118/21/98%22'],
    ['urn:epc:class:lgtin:4012345.012345.Lot987', 'https://id.gs1.org/01/04012345123456/10/Lot987'],
    ['urn:epc:idpat:sgtin:4012345.012345.*', 'https://id.gs1.org/01/04012345123456'],
    ['urn:epc:id:sscc:4012345.3111111111', 'https://id.gs1.org/00/340123451111111111'],
    ['urn:epc:id:sgln:785783.438478.0394903', 'https://id.gs1.org/414/7857834384782/254/0394903'],
    ['urn:epc:id:sgln:785783.438478.0', 'https://id.gs1.org/414/7857834384782'],
    ['urn:epc:id:pgln:123456.789012', 'https://id.gs1.org/417/1234567890128'],
    [
      'http://a.example/x/01/9780345418913/22/344/10/1223/21/765tz?17=261231#f',
      'https://id.gs1.org/01/09780345418913/21/765tz',
    ],
  ])('bring %s to its canonical form', (from, to) => {
    expect(epcUri(parseEpc(from))).toBe(to);
  });

  it.each([
    'https://id.gs1.org/01/09506000134353/21/A',
    'https://id.gs1.org/01/09506000134352/21/',
    'https://id.gs1.org/01/09506000134352/21',
    'https://id.gs1.org/00/106141412345678900',
    'urn:epc:id:sgtin:4012345.0111.98',
    'urn:epc:id:sgtin:4012345.011111.',
    'urn:epc:id:giai:4012345.1',
    'hello',
    '',
  ])('leave %s as something else', (uri) => {
    expect(parseEpc(uri)).toEqual({ kind: 'other', uri });
  });

  it('carry containers and places', () => {
    expect(parseEpc(ssccUri('106141412345678908'))).toEqual({ kind: 'sscc', sscc: '106141412345678908' });
    expect(parseEpc(sglnUri('9506000134352', 'a/b'))).toEqual({ kind: 'sgln', gln: '9506000134352', extension: 'a/b' });
  });
});

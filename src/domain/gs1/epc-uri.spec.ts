import { toCbvForm, toCbvFormOfField } from './cbv-name.js';
import { canonicalDigitalLink } from './canonical.js';
import { expandConvenienceAlphas } from './convenience-alphas.js';
import { digitalLinkToUrn, isEpcUri, urnToDigitalLink } from './epc-uri.js';

const TWINS: readonly (readonly [urn: string, path: string, prefixLength: number])[] = [
  ['urn:epc:id:sgtin:9506000.013435.ABC', '/01/09506000134352/21/ABC', 7],
  ['urn:epc:class:lgtin:9506000.013435.LOT-7', '/01/09506000134352/10/LOT-7', 7],
  ['urn:epc:idpat:sgtin:9506000.013435.*', '/01/09506000134352', 7],
  ['urn:epc:id:upui:234567.1890123.1111ANC', '/01/12345678901231/235/1111ANC', 6],
  ['urn:epc:id:sscc:0614141.1234567890', '/00/106141412345678908', 7],
  ['urn:epc:id:sgln:123456.789012.1234', '/414/1234567890128/254/1234', 6],
  ['urn:epc:id:sgln:123456.789012.0', '/414/1234567890128', 6],
  ['urn:epc:id:pgln:534536435643.', '/417/5345364356437', 12],
  ['urn:epc:id:grai:1234567890.12.4', '/8003/012345678901284', 10],
  ['urn:epc:idpat:grai:1234567890.12.*', '/8003/01234567890128', 10],
  ['urn:epc:id:giai:1234567890.12123', '/8004/123456789012123', 10],
  ['urn:epc:id:gsrn:1234567890.1234567', '/8018/123456789012345675', 10],
  ['urn:epc:id:gsrnp:1234567890.1234567', '/8017/123456789012345675', 10],
  ['urn:epc:id:gdti:1234567890.12.A', '/253/1234567890128A', 10],
  ['urn:epc:id:sgcn:123456789012..4', '/255/12345678901284', 12],
  ['urn:epc:id:cpi:0614141.123ABC.123456789', '/8010/0614141123ABC/8011/123456789', 7],
  ['urn:epc:id:ginc:1234567890.1234A', '/401/12345678901234A', 10],
  ['urn:epc:id:gsin:1234567890.512345', '/402/12345678905123457', 10],
  ['urn:epc:id:itip:234567.1890123.56.78.1111', '/8006/123456789012315678/21/1111', 6],
];

describe('EPC URNs', () => {
  it.each(TWINS)('%s is %s', (urn, path, prefixLength) => {
    const link = `https://id.gs1.org${path}`;
    expect(urnToDigitalLink(urn)).toBe(link);
    expect(digitalLinkToUrn(`https://a.example/x${path}`, prefixLength)).toBe(urn);
    expect([isEpcUri(urn), isEpcUri(link, prefixLength), isEpcUri(link)]).toEqual([true, true, false]);
    expect(canonicalDigitalLink(urn)).toBe(link);
  });

  it.each([
    'urn:epc:id:sgtin:9506000.013435',
    'urn:epc:id:sgtin:9506000.0134350.A',
    'urn:epc:id:sgtin:95060.01343500.A',
    'urn:epc:id:sgtin:9506000.013435.' + 'A'.repeat(21),
    'urn:epc:id:nosuch:1234567.1.1',
    'urn:epc:idpat:sscc:0614141.*',
  ])('%s is none', (urn) => {
    expect(() => urnToDigitalLink(urn)).toThrow(expect.objectContaining({ code: 'EPC_URI_INVALID' }));
    expect(isEpcUri(urn)).toBe(false);
  });

  it('are not made with a company prefix of impossible length', () => {
    for (const length of [5, 13])
      expect(() => digitalLinkToUrn('https://id.gs1.org/417/5345364356437', length)).toThrow();
  });

  // A pattern that backtracks over the escapes would not end before the test's time does.
  it.each([...['ginc', 'giai', 'sgtin'].map((name) => [`urn:epc:id:${name}:1234567.`]), ['https://a/401/1234567']])(
    'are refused at the end of many escapes: %s',
    (start) => {
      expect(isEpcUri(`${start}${'%25'.repeat(500)}\n`)).toBe(false);
    },
  );
});

describe('the canonical form', () => {
  it.each([
    [
      'http://a.example/gtin/9506000134352/cpv/2/lot/L/ser/a(b)?17=261231',
      'https://id.gs1.org/01/09506000134352/21/a%28b%29',
    ],
    ['urn:epc:id:sgtin:9506000.013435.a%2Fb!', 'https://id.gs1.org/01/09506000134352/21/a%2Fb%21'],
    ['https://id.gs1.org/8006/040123451234560102/22/A/10/X', 'https://id.gs1.org/8006/040123451234560102/10/X'],
    ['https://id.gs1.org/01/9506000134352/99/x', undefined],
    ['https://id.gs1.org/99/9506000134352', undefined],
    ['https://id.gs1.org/01/97803', undefined],
    ['42', undefined],
  ])('of %s is %s', (uri, expected) => {
    expect(canonicalDigitalLink(uri)).toBe(expected);
  });

  it('writes application identifiers for convenience words', () => {
    expect(expandConvenienceAlphas('https://id.gs1.org/gtin/1/lot/2?exp=3&x=lot')).toBe(
      'https://id.gs1.org/01/1/10/2?17=3&x=lot',
    );
  });
});

describe('names of the CBV', () => {
  it('are one in three spellings', () => {
    const all = ['packing', 'urn:epcglobal:cbv:bizstep:packing', 'https://ref.gs1.org/cbv/BizStep-packing'];
    for (const one of [...all, 'cbv:BizStep-packing']) {
      const got = (['bare', 'urn', 'web'] as const).map((form) => toCbvFormOfField(one, 'bizStep', form));
      expect(got).toEqual(all);
    }
    expect(toCbvForm('urn:example:packing', 'web')).toBe('urn:example:packing');
  });
});

import fc from 'fast-check';
import { lookupsOf, matches, parseQuery } from './simple-event-query.js';
import { comparable, termsOf } from './terms.js';
import { parseEpc, epcUri } from '../../gs1/epc.js';
import { anyEvent, EPCS, HALL, PARAMETERS, PREFIXES, SITE, SMALL_VOCABULARY } from './samples.fixture.js';
import { converted } from './units.js';

const finds = (parameters: Record<string, unknown>, event: object): boolean =>
  matches(parseQuery(parameters, PREFIXES), event, SMALL_VOCABULARY);
const refusal = (parameters: Record<string, unknown>): unknown => {
  try {
    return parseQuery(parameters, PREFIXES);
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const CONTEXT = { '@context': { e: 'https://example.org/ns/' } };
const report = (value: number, uom: string, more = {}) => ({
  sensorElementList: [{ sensorReport: [{ type: 'Temperature', value, uom, ...more }] }],
});

describe('a SimpleEventQuery finds', () => {
  it.each<[string, Record<string, unknown>, object, object]>([
    ['events of a type', { eventType: ['ObjectEvent'] }, { type: 'ObjectEvent' }, { type: 'AggregationEvent' }],
    [
      'times from one on',
      { GE_eventTime: '2026-01-01T00:00:00Z' },
      { eventTime: '2026-01-01T03:00:00+03:00' },
      { eventTime: '2025-12-31T23:59:59.999Z' },
    ],
    [
      'times before one',
      { LT_recordTime: ['2026-01-01T00:00:00Z'] },
      { recordTime: '2025-12-31T23:59:59Z' },
      { recordTime: '2026-01-01T00:00:00Z' },
    ],
    [
      'a word in any spelling',
      { EQ_bizStep: ['shipping'] },
      { bizStep: 'urn:epcglobal:cbv:bizstep:shipping' },
      { bizStep: 'receiving' },
    ],
    [
      'an own word under any prefix',
      { EQ_bizStep: ['ex:mine'] },
      { ...CONTEXT, bizStep: 'e:mine' },
      { ...CONTEXT, bizStep: 'e:other' },
    ],
    [
      'a place in any form',
      { EQ_readPoint: ['urn:epc:id:sgln:9521001.00101.0'] },
      { readPoint: { id: SITE } },
      { readPoint: { id: HALL } },
    ],
    [
      'places within another',
      { WD_bizLocation: [SITE] },
      { bizLocation: { id: HALL } },
      { bizLocation: { id: 'https://id.gs1.org/414/9523001001018' } },
    ],
    [
      'an EPC as an object and as a child',
      { MATCH_epc: [EPCS[1]] },
      { childEPCs: ['https://id.gs1.org/01/09521001000017/21/A2'] },
      { parentID: EPCS[1] },
    ],
    ['an EPC wherever it stands', { MATCH_anyEPC: [EPCS[1]] }, { parentID: EPCS[1] }, { parentID: EPCS[0] }],
    [
      'packs of a product by a pattern',
      { MATCH_epc: ['urn:epc:idpat:sgtin:9521001.000001.*'] },
      { epcList: [EPCS[2]] },
      { epcList: [EPCS[3]] },
    ],
    [
      'packs of a product by its Digital Link',
      { MATCH_epc: ['https://id.gs1.org/01/09521001000017'] },
      { epcList: [EPCS[0]] },
      { epcList: ['https://id.gs1.org/01/09521001000024/21/A1'] },
    ],
    [
      'things of a company prefix',
      { MATCH_epc: ['urn:epc:idpat:sscc:9521001.*'] },
      { epcList: [EPCS[3]] },
      { epcList: [EPCS[0]] },
    ],
    [
      'a lot as a class',
      { MATCH_epcClass: ['urn:epc:class:lgtin:9521001.000001.L1'] },
      { quantityList: [{ epcClass: 'https://id.gs1.org/01/09521001000017/10/L1' }] },
      { quantityList: [{ epcClass: 'https://id.gs1.org/01/09521001000017/10/L2' }] },
    ],
    [
      'counts',
      { GE_quantity: 3 },
      { quantityList: [{ epcClass: 'x:1', quantity: 3 }] },
      { quantityList: [{ epcClass: 'x:1', quantity: 3, uom: 'KGM' }] },
    ],
    [
      'measured quantities in another unit',
      { LT_quantity_KGM: 1 },
      { quantityList: [{ epcClass: 'x:1', quantity: 999, uom: 'GRM' }] },
      { quantityList: [{ epcClass: 'x:1', quantity: 0.5, uom: 'LTR' }] },
    ],
    [
      'a business transaction of a type',
      { EQ_bizTransaction_po: ['urn:x:1'] },
      { bizTransactionList: [{ type: 'https://ref.gs1.org/cbv/BTT-po', bizTransaction: 'urn:x:1' }] },
      { bizTransactionList: [{ type: 'inv', bizTransaction: 'urn:x:1' }] },
    ],
    [
      'a destination of a type',
      { 'EQ_destination_urn:epcglobal:cbv:sdt:location': [SITE] },
      { destinationList: [{ type: 'location', destination: SITE }] },
      { destinationList: [{ type: 'owning_party', destination: SITE }] },
    ],
    [
      'declarations of an error',
      { EXISTS_errorDeclaration: null },
      { errorDeclaration: { declarationTime: '2026-01-01T00:00:00Z' } },
      {},
    ],
    ['readings in another unit', { GE_value_CEL: 8 }, report(46.4, 'FAH'), report(46.3, 'FAH')],
    [
      'readings of a measurement',
      { EQ_type: ['gs1:Temperature'] },
      report(1, 'CEL'),
      { sensorElementList: [{ sensorReport: [{ type: 'Humidity' }] }] },
    ],
    [
      'standard deviations without the zero of a scale',
      { LE_sDev_CEL: 5 },
      report(1, 'CEL', { sDev: 9, uom: 'FAH' }),
      report(1, 'CEL', { sDev: 10, uom: 'FAH' }),
    ],
    [
      'an extension under any prefix',
      { 'EQ_ex:field': ['x'] },
      { ...CONTEXT, 'e:field': ['w', 'x'] },
      { ...CONTEXT, 'f:field': 'x' },
    ],
    [
      'an extension by its size',
      { 'LE_ex:field': 7 },
      { ...CONTEXT, 'e:field': '7.0' },
      { ...CONTEXT, 'e:field': 'seven' },
    ],
    [
      'an extension by its time',
      { 'GT_ex:field': '2026-01-01T00:00:00Z' },
      { ...CONTEXT, 'e:field': '2026-01-01T02:00:00+01:00' },
      { ...CONTEXT, 'e:field': '2026-01-01T01:00:00+01:00' },
    ],
    [
      'a nested extension, and not the outermost',
      { 'EQ_INNER_ex:a': ['x'] },
      { ...CONTEXT, 'e:b': { 'e:c': [{ 'e:a': 'x' }] } },
      { ...CONTEXT, 'e:a': 'x' },
    ],
    [
      'master data of the instances',
      { 'EQ_ILMD_cbvmda:lotNumber': ['007'] },
      { ilmd: { 'cbvmda:lotNumber': '007' } },
      { ilmd: { 'cbvmda:lotNumber': '7' } },
    ],
    [
      'extensions of a sensor report',
      { 'EXISTS_SENSORREPORT_ex:field': '' },
      { ...CONTEXT, ...report(1, 'CEL', { 'e:field': 0 }) },
      { ...CONTEXT, ...report(1, 'CEL') },
    ],
    [
      'extensions of a place',
      { 'EQ_bizLocation_ex:hall': ['x'] },
      { ...CONTEXT, bizLocation: { id: SITE, 'e:hall': 'x' } },
      { ...CONTEXT, readPoint: { id: SITE, 'e:hall': 'x' } },
    ],
    [
      'places that have an attribute',
      { HASATTR_readPoint: ['urn:epcglobal:cbv:mda#countryCode'] },
      { readPoint: { id: SITE } },
      { readPoint: { id: HALL } },
    ],
    [
      'places by an attribute',
      { 'EQ_ATTR_readPoint_urn:epcglobal:cbv:mda#countryCode': ['KE'] },
      { readPoint: { id: SITE } },
      { readPoint: { id: HALL } },
    ],
  ])('%s', (_what, parameters, found, other) => {
    expect([finds(parameters, found), finds(parameters, other)]).toEqual([true, false]);
  });

  it('what fits all of its parameters, and any value of each', () => {
    const query = { EQ_bizStep: ['shipping', 'receiving'], EQ_action: ['OBSERVE'] };
    expect(finds(query, { bizStep: 'receiving', action: 'OBSERVE' })).toBe(true);
    expect(finds(query, { bizStep: 'receiving', action: 'ADD' })).toBe(false);
  });
});

describe('a SimpleEventQuery is refused with', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a parameter that is none', { EQ_nothing: ['x'] }, 'PARAMETER_UNKNOWN'],
    ['a name of the language', { constructor: ['x'] }, 'PARAMETER_UNKNOWN'],
    ['a prefix that nobody declared', { 'EQ_other:field': ['x'] }, 'PREFIX_UNKNOWN'],
    ['a time without a zone', { GE_eventTime: '2026-01-01T00:00:00' }, 'PARAMETER_INVALID'],
    ['no number', { GT_quantity: 'many' }, 'PARAMETER_INVALID'],
    ['a number too large to be one', { GT_quantity: '1e999' }, 'PARAMETER_INVALID'],
    ['an object as a value', { EQ_bizStep: [{}] }, 'PARAMETER_INVALID'],
    ['no value', { EQ_bizStep: [] }, 'PARAMETER_INVALID'],
    ['a type that is none', { eventType: ['Event'] }, 'PARAMETER_INVALID'],
    ['a pattern of no scheme', { MATCH_epc: ['urn:epc:idpat:nothing:1.*'] }, 'PARAMETER_INVALID'],
    ['both counts', { eventCountLimit: 1, maxEventCount: 1 }, 'PARAMETERS_CONTRADICT'],
    ['a direction that is none', { orderDirection: 'UP' }, 'PARAMETER_INVALID'],
  ])('%s', (_what, parameters, code) => {
    expect(refusal(parameters)).toBe(code);
  });
});

describe('units', () => {
  it.each([
    [41, 'FAH', 'CEL', 5],
    [0, 'CEL', 'KEL', 273.15],
    [-40, 'CEL', 'FAH', -40],
    [1, 'LBR', 'GRM', 453.59237],
    [1, 'ATM', 'MBR', 1013.25],
    [90, 'KMH', 'MTS', 25],
  ])('%d %s in %s are %d', (value, from, to, expected) => {
    expect(converted(value, from, to)).toBe(expected);
  });

  it('of different measurements do not convert, nor do unknown ones but to themselves', () => {
    expect([converted(1, 'KGM', 'MTR'), converted(1, 'QQQ', 'KGM'), converted(1, 'QQQ', 'QQQ')]).toEqual([
      undefined,
      undefined,
      1,
    ]);
  });
});

/** Whether an index that has the event's terms and EPCs would have found it. */
function isLookedUp(parameters: Record<string, unknown>, event: Record<string, unknown>): boolean {
  const terms = new Set(termsOf(event));
  const named = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList', 'parentID'].flatMap(
    (name) => event[name] ?? [],
  ) as string[];
  const epcs = new Set(named.map((uri) => (parseEpc(uri).kind === 'other' ? comparable(uri) : epcUri(parseEpc(uri)))));
  return lookupsOf(parseQuery(parameters, PREFIXES), SMALL_VOCABULARY).every((lookup) => {
    if (lookup.by === 'terms') return lookup.any.some((each) => terms.has(each));
    if (lookup.by === 'epcs') return lookup.any.some((each) => epcs.has(each));
    if (lookup.by === 'eventIDs') return lookup.any.includes(event['eventID'] as string);
    const time = Date.parse(event[lookup.by] as string);
    return time >= (lookup.from ?? -Infinity) && time < (lookup.until ?? Infinity);
  });
}

describe('the index', () => {
  it('never loses an event that a query finds, whatever the parameters', () => {
    const query = fc
      .uniqueArray(fc.constantFrom(...Object.keys(PARAMETERS)), { minLength: 1, maxLength: 3 })
      .map((names) => Object.fromEntries(names.map((name) => [name, PARAMETERS[name]])));
    let found = 0;
    fc.assert(
      fc.property(query, anyEvent, (parameters, event) => {
        if (!finds(parameters, event)) return;
        found += 1;
        expect(isLookedUp(parameters, event)).toBe(true);
      }),
      { numRuns: 4000 },
    );
    expect(found).toBeGreaterThan(200);
  });

  it('is never asked for what no event of the sample has: every parameter finds something', () => {
    const events = fc.sample(anyEvent, { numRuns: 1500, seed: 7 });
    const idle = Object.keys(PARAMETERS).filter(
      (name) => !events.some((event) => finds({ [name]: PARAMETERS[name] }, event)),
    );
    expect(idle).toEqual([]);
  });
});

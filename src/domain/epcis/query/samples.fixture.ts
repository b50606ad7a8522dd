import fc from 'fast-check';
import type { Vocabulary } from './condition.js';

/** Master data in which one place lies in another, and has an attribute. */
export const HALL = 'https://id.gs1.org/414/9521001001014/254/HALL';
export const SITE = 'https://id.gs1.org/414/9521001001014';
export const SMALL_VOCABULARY: Vocabulary = {
  descendantsOf: (id) => new Set(id === SITE ? [SITE, HALL] : [id]),
  attributesOf: (id) =>
    new Map(id === SITE ? [['urn:epcglobal:cbv:mda#countryCode', ['KE']]] : []) as ReadonlyMap<
      string,
      readonly string[]
    >,
};

const GTIN = '09521001000017';
export const EPCS = [
  `https://id.gs1.org/01/${GTIN}/21/A1`,
  'urn:epc:id:sgtin:9521001.000001.A2',
  `https://example.org/01/${GTIN}/21/A3?17=301231`,
  'https://id.gs1.org/00/095210010000000014',
  'urn:epc:id:grai:9521001.00001.7',
  'urn:example:thing:1',
];
const CLASSES = [`https://id.gs1.org/01/${GTIN}`, `https://id.gs1.org/01/${GTIN}/10/L1`, 'urn:example:class:1'];

const some = <T>(of: readonly T[]) => fc.constantFrom(...of);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const list = <T>(of: fc.Arbitrary<T>) => maybe(fc.array(of, { minLength: 1, maxLength: 3 }));
const time = fc.integer({ min: 0, max: 999 }).map((ms) => new Date(Date.UTC(2026, 0, 1) + ms * 60_000).toISOString());
const quantity = fc.record(
  { epcClass: some(CLASSES), quantity: fc.integer({ min: 0, max: 9 }), uom: some(['KGM', 'GRM']) },
  { requiredKeys: ['epcClass'] },
);
const extension = fc.oneof(
  some(['x', 'y', '7', '2026-01-01T00:00:00Z']),
  fc.integer({ min: 0, max: 9 }),
  fc.constant({ 'ex:inner': ['x', { 'ex:deep': 3 }] }),
);

/** Events of few values, so that queries find some of them; not all are valid, and none needs to be. */
export const anyEvent = fc
  .record({
    type: some(['ObjectEvent', 'AggregationEvent', 'TransformationEvent']),
    action: maybe(some(['ADD', 'OBSERVE', 'DELETE'])),
    eventTime: time,
    recordTime: time,
    eventID: maybe(some(['urn:uuid:1', 'ni:///sha-256;00?ver=CBV2.0'])),
    bizStep: maybe(
      some(['shipping', 'urn:epcglobal:cbv:bizstep:receiving', 'https://ref.gs1.org/cbv/BizStep-shipping', 'ex:own']),
    ),
    disposition: maybe(some(['in_transit', 'active'])),
    persistentDisposition: maybe(
      fc.record({ set: list(some(['completeness_verified'])), unset: list(some(['damaged'])) }),
    ),
    readPoint: maybe(
      fc.record({ id: some([SITE, HALL, 'urn:epc:id:sgln:9521001.00101.0']), 'ex:dock': some(['x', 'y']) }),
    ),
    bizLocation: maybe(fc.record({ id: some([SITE, HALL]) })),
    epcList: list(some(EPCS)),
    childEPCs: list(some(EPCS)),
    parentID: maybe(some(EPCS)),
    inputEPCList: list(some(EPCS)),
    quantityList: list(quantity),
    childQuantityList: list(quantity),
    transformationID: maybe(some(['urn:example:t:1'])),
    bizTransactionList: list(
      fc.record({
        type: some(['po', 'urn:epcglobal:cbv:btt:po', 'inv']),
        bizTransaction: some(['urn:example:po:1', 'urn:example:po:2']),
      }),
    ),
    sourceList: list(
      fc.record({ type: some(['owning_party', 'location']), source: some([SITE, 'urn:epc:id:pgln:9521001.00000']) }),
    ),
    errorDeclaration: maybe(
      fc.record({
        declarationTime: time,
        reason: some(['did_not_occur']),
        correctiveEventIDs: list(some(['urn:uuid:2'])),
        'ex:why': extension,
      }),
    ),
    sensorElementList: list(
      fc.record({
        sensorMetadata: fc.record({ time, deviceID: some(['urn:example:device:1']), 'ex:meta': extension }),
        sensorReport: fc.array(
          fc.record({
            type: some(['Temperature', 'gs1:Humidity', 'https://gs1.org/voc/Temperature']),
            value: fc.integer({ min: -40, max: 120 }),
            uom: some(['CEL', 'FAH', 'P1']),
            stringValue: some(['x', 'y']),
            booleanValue: fc.boolean(),
          }),
          { minLength: 1, maxLength: 2 },
        ),
        'ex:element': extension,
      }),
    ),
    ilmd: maybe(fc.record({ 'ex:field': extension, 'cbvmda:lotNumber': some(['007', '7']) })),
    'ex:field': maybe(fc.oneof(extension, fc.array(extension, { maxLength: 2 }))),
  })
  .map((event) => ({
    '@context': { ex: 'https://example.org/ns/' },
    ...(JSON.parse(JSON.stringify(event)) as Record<string, unknown>),
  }));

/** Parameters of every kind, with values that `anyEvent` may have, as a URL has them. */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  eventType: ['ObjectEvent', 'AggregationEvent'],
  EQ_action: ['ADD', 'OBSERVE'],
  GE_eventTime: ['2026-01-01T08:00:00Z'],
  LT_eventTime: ['2026-01-01T08:00:00Z'],
  GE_recordTime: ['2026-01-01T11:00:00+03:00'],
  LT_recordTime: ['2026-01-01T08:00:00Z'],
  EQ_eventID: ['urn:uuid:1'],
  EQ_transformationID: ['urn:example:t:1'],
  EQ_bizStep: ['shipping', 'receiving', 'https://example.org/ns/own'],
  EQ_disposition: ['urn:epcglobal:cbv:disp:in_transit'],
  EQ_persistentDisposition_set: ['completeness_verified'],
  EQ_persistentDisposition_unset: ['damaged'],
  EQ_readPoint: [SITE],
  EQ_bizLocation: [HALL],
  WD_readPoint: [SITE],
  WD_bizLocation: [SITE],
  MATCH_epc: [
    EPCS[1]!,
    'urn:epc:idpat:sgtin:9521001.000001.*',
    'urn:epc:idpat:sscc:9521001.*',
    'urn:epc:id:grai:9521001.00001.7',
  ],
  MATCH_parentID: [EPCS[3]!, EPCS[4]!],
  MATCH_inputEPC: [EPCS[0]!],
  MATCH_anyEPC: [EPCS[2]!, EPCS[5]!, 'urn:epc:idpat:sgtin:*.*.*', 'urn:epc:idpat:grai:9521001.*.*'],
  MATCH_epcClass: [CLASSES[0]!, CLASSES[2]!],
  MATCH_anyEPCClass: [CLASSES[1]!],
  EQ_quantity: ['3', '4'],
  GT_quantity: ['3'],
  LE_quantity_KGM: ['0.005'],
  EQ_bizTransaction_po: ['urn:example:po:1'],
  EQ_source_owning_party: ['urn:epc:id:pgln:9521001.00000', SITE],
  EXISTS_errorDeclaration: [''],
  GE_errorDeclarationTime: ['2026-01-01T08:00:00Z'],
  LT_errorDeclaration_Time: ['2026-01-01T08:00:00Z'],
  EQ_errorReason: ['https://ref.gs1.org/cbv/ER-did_not_occur'],
  EQ_correctiveEventID: ['urn:uuid:2'],
  EXISTS_sensorElementList: [''],
  GE_time: ['2026-01-01T08:00:00Z'],
  EQ_type: ['Temperature'],
  EQ_deviceID: ['urn:example:device:1'],
  EQ_stringValue: ['x'],
  EQ_booleanValue: ['true'],
  GE_value_CEL: ['8'],
  LT_value_FAH: ['46.4'],
  'EQ_ex:field': ['x', '7'],
  'GT_ex:field': ['3'],
  'EXISTS_ex:field': [''],
  'EQ_INNER_ex:inner': ['x'],
  'GE_INNER_ex:deep': ['3'],
  'EQ_ILMD_ex:field': ['y'],
  'EQ_ILMD_cbvmda:lotNumber': ['007'],
  'EQ_ERROR_DECLARATION_ex:why': ['x'],
  'EQ_SENSORELEMENT_ex:element': ['x'],
  'EXISTS_SENSORMETADATA_ex:meta': [''],
  'EQ_readPoint_ex:dock': ['x'],
  HASATTR_readPoint: ['urn:epcglobal:cbv:mda#countryCode'],
  'EQATTR_bizLocation_urn:epcglobal:cbv:mda#countryCode': ['KE'],
};
export const PREFIXES = new Map([
  ['ex', 'https://example.org/ns/'],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
]);

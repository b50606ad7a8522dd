import fc from 'fast-check';
import { eventHash } from './event-hash.js';
import type { EventProblem } from './problems.js';
import { validateEvent } from './validate-event.js';

const GTIN = 'https://id.gs1.org/01/09506000134352';
const PACK = `${GTIN}/21/A1`;
const CASE = 'https://id.gs1.org/00/095060001343520000';
const when = { eventTime: '2026-03-01T08:00:00.000+03:00', eventTimeZoneOffset: '+03:00' };

const object = { type: 'ObjectEvent', ...when, action: 'ADD', epcList: [PACK] };
const aggregation = { type: 'AggregationEvent', ...when, action: 'ADD', parentID: CASE, childEPCs: [PACK] };
const association = { ...aggregation, type: 'AssociationEvent' };
const transaction = {
  type: 'TransactionEvent',
  ...when,
  action: 'ADD',
  epcList: [PACK],
  bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:9506000134352:7' }],
};
const transformation = { type: 'TransformationEvent', ...when, inputEPCList: [PACK], outputEPCList: [`${GTIN}/21/B1`] };
const full = {
  ...object,
  '@context': { x: 'https://x/' },
  eventID: 'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8',
  recordTime: when.eventTime,
  certificationInfo: ['https://example.com/c'],
  errorDeclaration: {
    declarationTime: when.eventTime,
    reason: 'incorrect_data',
    correctiveEventIDs: ['urn:x:1'],
    'x:y': 1,
  },
  quantityList: [{ epcClass: `${GTIN}/10/L`, quantity: 2.5, uom: 'KGM' }, { epcClass: GTIN }],
  bizStep: 'commissioning',
  disposition: 'https://example.com/dispositions/blessed',
  persistentDisposition: { set: ['completeness_verified'], unset: ['expired'] },
  readPoint: { id: 'https://id.gs1.org/414/9506000134352/254/7', 'x:shelf': 'B' },
  bizLocation: { id: 'geo:1,2' },
  bizTransactionList: [{ bizTransaction: 'urn:x:1' }],
  sourceList: [{ type: 'owning_party', source: 'https://id.gs1.org/417/9506000134352' }],
  destinationList: [{ type: 'cbv:SDT-location', destination: 'https://id.gs1.org/414/9506000134352' }],
  sensorElementList: [
    {
      sensorMetadata: { time: when.eventTime, bizRules: 'https://example.com/r' },
      sensorReport: [{ type: 'Temperature', value: 4, minValue: 2, maxValue: 8, uom: 'CEL', hexBinaryValue: 'f0' }],
    },
  ],
  ilmd: { 'cbvmda:lotNumber': 'L' },
  'x:anything': [{ deep: [null, true] }],
};

const problemsOf = (event: unknown): readonly EventProblem[] => {
  const result = validateEvent(event);
  return result.valid ? [] : result.problems;
};
/** The problems as `pointer CODE`. */
const found = (event: unknown): string[] => problemsOf(event).map(({ pointer, code }) => `${pointer} ${code}`);
const without = (event: object, name: string): object =>
  Object.fromEntries(Object.entries(event).filter(([other]) => other !== name));

describe('A valid event', () => {
  it.each([
    ['of objects', object],
    ['of objects with every field', full],
    ['of objects with an empty EPC list', { ...object, epcList: [] }],
    ['of a quantity', { ...without(object, 'epcList'), quantityList: [{ epcClass: GTIN }] }],
    [
      'of a reading at a place',
      {
        ...without(object, 'epcList'),
        readPoint: { id: 'geo:1,2' },
        sensorElementList: [{ sensorReport: [{ type: 'Speed' }] }],
      },
    ],
    ['of aggregation', aggregation],
    ['that unpacks everything', { ...without(aggregation, 'childEPCs'), action: 'DELETE' }],
    ['that sees children without knowing in what', { ...without(aggregation, 'parentID'), action: 'OBSERVE' }],
    ['of association', association],
    ['of a transaction', transaction],
    ['of a transformation', transformation],
    ['of a transformation in parts', { ...without(transformation, 'outputEPCList'), transformationID: 'urn:x:1' }],
  ])('%s comes back as it is, and can be hashed', (_, event) => {
    const result = validateEvent(event);
    expect(result).toEqual({ valid: true, event, warnings: [] });
    expect(result.valid && eventHash(result.event)).toMatch(/^ni:/);
  });
});

describe('An event is refused', () => {
  it.each([
    ['when it is no object', [], ' TYPE_WRONG'],
    ['without a type', without(object, 'type'), '/type FIELD_REQUIRED'],
    ['of a type of somebody else', { ...object, type: 'https://example.com/E' }, '/type EVENT_TYPE_UNKNOWN'],
    ['without a time', without(object, 'eventTime'), '/eventTime FIELD_REQUIRED'],
    ['without an offset', without(object, 'eventTimeZoneOffset'), '/eventTimeZoneOffset FIELD_REQUIRED'],
    ['without an action', without(object, 'action'), '/action FIELD_REQUIRED'],
    ['with a time without offset', { ...object, eventTime: '2026-03-01T08:00:00' }, '/eventTime TIME_INVALID'],
    ['with a time that is a number', { ...object, eventTime: 7 }, '/eventTime TYPE_WRONG'],
    ['with an offset of 14:30', { ...object, eventTimeZoneOffset: '+14:30' }, '/eventTimeZoneOffset FORMAT_INVALID'],
    ['with an action in small letters', { ...object, action: 'add' }, '/action VALUE_NOT_LISTED'],
    ['with null for a list', { ...object, epcList: null }, '/epcList TYPE_WRONG'],
    ['with a field of no standard', { ...object, lot: 'L' }, '/lot FIELD_UNKNOWN'],
    ['with a field that Object.prototype has', { ...object, toString: 'L' }, '/toString FIELD_UNKNOWN'],
    ['with a URI that is none', { ...object, eventID: 'a b' }, '/eventID URI_INVALID'],
    ['with a certificate that is an object', { ...object, certificationInfo: [{}] }, '/certificationInfo/0 TYPE_WRONG'],
    ['with a context 40 levels deep', { ...object, '@context': nested(40) }, '/@context NESTING_TOO_DEEP'],
    ['with an extension 40 levels deep', { ...object, 'a:b/c~': nested(40) }, '/a:b~1c~0 NESTING_TOO_DEEP'],
    ['with a place without id', { ...object, readPoint: {} }, '/readPoint/id FIELD_REQUIRED'],
    [
      'with a transaction without id',
      { ...object, bizTransactionList: [{ type: 'po' }] },
      '/bizTransactionList/0/bizTransaction FIELD_REQUIRED',
    ],
    [
      'with a source without type',
      { ...object, sourceList: [{ source: 'urn:x:1' }] },
      '/sourceList/0/type FIELD_REQUIRED',
    ],
    [
      'with an error declared at no time',
      { ...object, errorDeclaration: {} },
      '/errorDeclaration/declarationTime FIELD_REQUIRED',
    ],
    [
      'with a persistent disposition of nothing',
      { ...object, persistentDisposition: {} },
      '/persistentDisposition FIELD_REQUIRED',
    ],
    ['with an empty set', { ...object, persistentDisposition: { set: [] } }, '/persistentDisposition/set LIST_EMPTY'],
    [
      'with a disposition set twice',
      { ...object, persistentDisposition: { set: ['expired', 'expired'] } },
      '/persistentDisposition/set/1 DUPLICATE',
    ],
  ])('%s', (_, event, problem) => {
    expect(found(event)).toEqual([problem]);
  });

  it.each([
    ['quantity as text', { epcClass: GTIN, quantity: 'twenty' }, '/quantityList/0/quantity TYPE_WRONG'],
    ['less than nothing', { epcClass: GTIN, quantity: -1 }, '/quantityList/0/quantity FORMAT_INVALID'],
    ['an unknown field', { epcClass: GTIN, 'x:weight': 5 }, '/quantityList/0/x:weight FIELD_UNKNOWN'],
    ['a unit of one letter', { epcClass: GTIN, quantity: 1, uom: 'K' }, '/quantityList/0/uom FORMAT_INVALID'],
    ['no class', { quantity: 1 }, '/quantityList/0/epcClass FIELD_REQUIRED'],
  ])('with a quantity element of %s', (_, element, problem) => {
    expect(found({ ...object, quantityList: [element] })).toEqual([problem]);
  });

  it.each([
    ['transforming', 'a standard bizStep or a URI of your own'],
    ['Shipping', 'a standard bizStep or a URI of your own'],
    ['https://ref.gs1.org/cbv/BizStep-transforming', 'a standard bizStep or a URI of your own'],
    ['urn:epcglobal:cbv:bizstep:shipping', 'the bare word shipping'],
    ['https://ns.gs1.org/cbv/BizStep-shipping', 'the bare word https://ns.gs1.org/cbv/BizStep-shipping'],
  ])('with the business step %s', (bizStep, expected) => {
    expect(problemsOf({ ...object, bizStep })).toEqual([
      { pointer: '/bizStep', code: 'VALUE_NOT_LISTED', expected, got: JSON.stringify(bizStep) },
    ]);
  });

  it.each([
    ['a wrong check digit', 'https://id.gs1.org/01/09506000134353/21/A', 'CHECK_DIGIT_WRONG'],
    ['a wrong check digit on another host', 'https://example.com/x/01/09506000134353/21/A?17=1', 'CHECK_DIGIT_WRONG'],
    ['a wrong GRAI', 'https://id.gs1.org/8003/09506000134353A', 'CHECK_DIGIT_WRONG'],
    ['a wrong SSCC', 'https://id.gs1.org/00/095060001343520008', 'CHECK_DIGIT_WRONG'],
    ['a serial with a bare slash', `${PACK}/B`, 'EPC_INVALID'],
    ['a URN of 12 digits', 'urn:epc:id:sgtin:4012345.0111.98', 'EPC_INVALID'],
    ['an unescaped space', `${PACK} B`, 'URI_INVALID'],
    ['a bare GTIN', '09506000134352', 'URI_INVALID'],
    ['a number', 7, 'TYPE_WRONG'],
  ])('with an EPC that has or is %s', (_, epc, code) => {
    expect(found({ ...object, epcList: [PACK, epc] })).toEqual([`/epcList/1 ${code}`]);
    expect(found({ ...aggregation, parentID: epc })).toEqual([`/parentID ${code}`]);
  });

  it.each([
    'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8',
    'https://example.com/things/1',
    'https://example.com/8003/09506000134353A',
    'https://id.gs1.org/8003/09506000134352A',
    'https://id.gs1.org/8004/4000001111',
    'urn:epc:id:giai:4000001.111',
    `${GTIN}/21/A%2FB`,
  ])('not for the EPC %s', (epc) => {
    expect(found({ ...object, epcList: [epc] })).toEqual([]);
  });

  it('when an EPC is listed twice, in the same form or another', () => {
    const urn = 'urn:epc:id:sgtin:0614141.107346.2017';
    const link = 'https://example.com/01/10614141073464/21/2017';
    expect(found({ ...object, epcList: [PACK, PACK] })).toEqual(['/epcList/1 DUPLICATE']);
    expect(found({ ...object, epcList: [urn, PACK, link] })).toEqual(['/epcList/2 DUPLICATE']);
    expect(found({ ...transformation, inputEPCList: [PACK, PACK] })).toEqual(['/inputEPCList/1 DUPLICATE']);
    expect(found({ ...aggregation, childEPCs: [PACK, PACK] })).toEqual(['/childEPCs/1 DUPLICATE']);
  });

  it('when a container is inside itself', () => {
    const urn = 'urn:epc:id:sscc:4012345.1112223334';
    const link = 'https://id.gs1.org/00/140123451122233341';
    expect(found({ ...aggregation, childEPCs: [PACK, CASE] })).toEqual(['/childEPCs/1 PARENT_AMONG_CHILDREN']);
    expect(found({ ...association, parentID: link, childEPCs: [urn] })).toEqual(['/childEPCs/0 PARENT_AMONG_CHILDREN']);
    expect(found({ ...transaction, parentID: PACK })).toEqual(['/epcList/0 PARENT_AMONG_CHILDREN']);
  });

  it.each([
    ['objects', without(object, 'epcList')],
    [
      'objects, with a reading but no place',
      { ...without(object, 'epcList'), sensorElementList: [{ sensorReport: [{ type: 'Speed' }] }] },
    ],
    ['no quantities', { ...without(object, 'epcList'), quantityList: [] }],
    ['no children', { ...aggregation, childEPCs: [] }],
    ['no children to associate', { ...without(association, 'childEPCs'), action: 'OBSERVE' }],
    ['no objects of a transaction', without(transaction, 'epcList')],
    ['no outputs', without(transformation, 'outputEPCList')],
    ['a transformationID alone', { type: 'TransformationEvent', ...when, transformationID: 'urn:x:1' }],
  ])('when it is about nothing: %s', (_, event) => {
    expect(found(event)).toEqual([' WHAT_MISSING']);
  });

  it('when packing or unpacking names no container, and associating never may leave it out', () => {
    expect(found(without(aggregation, 'parentID'))).toEqual(['/parentID FIELD_REQUIRED']);
    expect(found({ ...without(aggregation, 'parentID'), action: 'DELETE' })).toEqual(['/parentID FIELD_REQUIRED']);
    expect(found({ ...without(association, 'parentID'), action: 'OBSERVE' })).toEqual(['/parentID FIELD_REQUIRED']);
  });

  it('when a transaction event names no transaction', () => {
    expect(found(without(transaction, 'bizTransactionList'))).toEqual(['/bizTransactionList FIELD_REQUIRED']);
    expect(found({ ...transaction, bizTransactionList: [] })).toEqual(['/bizTransactionList LIST_EMPTY']);
  });

  it('when it has a field of another type of event', () => {
    expect(found({ ...transformation, action: 'ADD' })).toEqual(['/action FIELD_NOT_ALLOWED']);
    expect(found({ ...aggregation, ilmd: { 'x:y': 1 } })).toEqual(['/ilmd FIELD_NOT_ALLOWED']);
    expect(found({ ...object, childEPCs: [] })).toEqual(['/childEPCs FIELD_NOT_ALLOWED']);
  });

  it('when master data comes with any action but ADD, or has a bare name', () => {
    const ilmd = { 'cbvmda:lotNumber': 'L' };
    expect(found({ ...object, ilmd, action: 'OBSERVE' })).toEqual(['/ilmd FIELD_NOT_ALLOWED']);
    expect(found({ ...object, ilmd, action: 'DELETE' })).toEqual(['/ilmd FIELD_NOT_ALLOWED']);
    expect(found({ ...object, ilmd: { lotNumber: 'L' } })).toEqual(['/ilmd/lotNumber FIELD_UNKNOWN']);
    expect(found({ ...transformation, ilmd })).toEqual([]);
  });

  it.each([
    ['no report', { sensorMetadata: {} }, '/sensorReport FIELD_REQUIRED'],
    ['an empty list of reports', { sensorReport: [] }, '/sensorReport LIST_EMPTY'],
    ['a report without type', { sensorReport: [{ value: 1 }] }, '/sensorReport/0/type FIELD_REQUIRED'],
    ['an unknown measurement', { sensorReport: [{ type: 'Warmth' }] }, '/sensorReport/0/type VALUE_NOT_LISTED'],
    ['a value as text', { sensorReport: [{ type: 'Speed', value: '1' }] }, '/sensorReport/0/value TYPE_WRONG'],
    [
      'odd hexadecimal',
      { sensorReport: [{ type: 'Speed', hexBinaryValue: 'xy' }] },
      '/sensorReport/0/hexBinaryValue FORMAT_INVALID',
    ],
    [
      'a truth as text',
      { sensorReport: [{ type: 'Speed', booleanValue: 'true' }] },
      '/sensorReport/0/booleanValue TYPE_WRONG',
    ],
  ])('with a sensor element of %s', (_, element, problem) => {
    expect(found({ ...object, sensorElementList: [element] })).toEqual([`/sensorElementList/0${problem}`]);
  });
});

describe('A report of problems', () => {
  it('says where in the document, what was expected and what came', () => {
    const result = validateEvent({ ...object, action: 'CREATE' }, '/epcisBody/eventList/3');
    expect(result).toEqual({
      valid: false,
      problems: [
        {
          pointer: '/epcisBody/eventList/3/action',
          code: 'VALUE_NOT_LISTED',
          expected: 'one of ADD, OBSERVE, DELETE',
          got: '"CREATE"',
        },
      ],
    });
  });

  it('names every problem, cuts long values, and stops at a hundred', () => {
    const many = { ...object, epcList: Array.from({ length: 500 }, (_, i) => `no uri ${i} ${'x'.repeat(200)}`) };
    const problems = problemsOf({ ...many, bizStep: undefined });
    expect(problems).toHaveLength(100);
    expect(Math.max(...problems.map(({ got }) => got.length))).toBe(120);
    expect(found({ type: 'ObjectEvent' })).toEqual([
      '/eventTime FIELD_REQUIRED',
      '/eventTimeZoneOffset FIELD_REQUIRED',
      '/action FIELD_REQUIRED',
      ' WHAT_MISSING',
    ]);
  });

  it('is made of any JSON value whatever, without a throw', () => {
    const names = fc.constantFrom(...Object.keys(full), 'parentID', 'childEPCs', 'type', 'x:y');
    const types = fc.constantFrom(
      'ObjectEvent',
      'AggregationEvent',
      'TransactionEvent',
      'TransformationEvent',
      'AssociationEvent',
    );
    const events = fc.tuple(types, fc.dictionary(names, fc.jsonValue())).map(([type, fields]) => ({ ...fields, type }));
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), events), (value) => void validateEvent(value)));
  });

  it('passes only events that can be hashed', () => {
    const names = fc.constantFrom(...Object.keys(full).filter((name) => name !== 'type'));
    const values = fc.oneof(fc.constantFrom(...Object.values(full)), fc.jsonValue());
    fc.assert(
      fc.property(names, values, (name, value) => {
        const result = validateEvent({ ...full, [name]: value });
        if (result.valid) expect(eventHash(result.event)).toMatch(/^ni:/);
      }),
    );
  });
});

describe('A reading that contradicts itself is a warning', () => {
  const warningsOf = (element: object): string[] => {
    const result = validateEvent({ ...object, sensorElementList: [element] });
    return result.valid ? result.warnings.map(({ pointer, code }) => `${pointer.slice(20)} ${code}`) : ['refused'];
  };
  const late = '2026-03-01T08:00:00.001+03:00';

  it('when it was taken after the event', () => {
    expect(warningsOf({ sensorMetadata: { endTime: late }, sensorReport: [{ type: 'Speed', time: late }] })).toEqual([
      '/sensorMetadata/endTime SENSOR_TIME_AFTER_EVENT',
      '/sensorReport/0/time SENSOR_TIME_AFTER_EVENT',
    ]);
  });

  it('when metadata and report both name the device', () => {
    const deviceID = 'urn:x:1';
    expect(warningsOf({ sensorMetadata: { deviceID }, sensorReport: [{ type: 'Speed', deviceID }] })).toEqual([
      '/sensorReport/0/deviceID SENSOR_FIELD_REPEATED',
    ]);
  });

  it.each([
    [{ minValue: 3, maxValue: 2 }, ['maxValue']],
    [{ minValue: 3, meanValue: 2, maxValue: 4 }, ['meanValue']],
    [{ meanValue: 5, maxValue: 4 }, ['maxValue']],
    [{ minValue: 2, meanValue: 2, maxValue: 2 }, []],
  ])('when its range is %j', (range, names) => {
    expect(warningsOf({ sensorReport: [{ type: 'Speed', ...range }] })).toEqual(
      names.map((name) => `/sensorReport/0/${name} SENSOR_RANGE_INVALID`),
    );
  });
});

function nested(levels: number): unknown {
  return levels === 0 ? 'x' : [nested(levels - 1)];
}

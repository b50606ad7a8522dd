import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { eventHash, eventHashInput } from './event-hash.js';
import type { AggregationEvent, ObjectEvent } from './event.js';

const shipping: ObjectEvent = {
  type: 'ObjectEvent',
  eventTime: '2022-02-16T20:33:31.116000-06:00',
  eventTimeZoneOffset: '-06:00',
  action: 'OBSERVE',
  bizStep: 'shipping',
  disposition: 'in_transit',
  epcList: ['urn:epc:id:sgtin:0614141.107346.2017', 'urn:epc:id:sgtin:0614141.107346.2018'],
  readPoint: { id: 'urn:epc:id:sgln:0614141.07346.1234' },
  bizTransactionList: [{ type: 'po', bizTransaction: 'http://transaction.acme.com/po/12345678' }],
};

const departing: ObjectEvent = {
  type: 'ObjectEvent',
  eventTime: '2022-02-16T12:50:00.000+01:00',
  eventTimeZoneOffset: '+01:00',
  epcList: ['urn:epc:id:sscc:4012345.1112223334'],
  action: 'OBSERVE',
  bizStep: 'departing',
  readPoint: { id: 'urn:epc:id:sgln:4012345.00022.0' },
  bizTransactionList: [{ type: 'desadv', bizTransaction: 'urn:epcglobal:cbv:bt:4012345000009:ASN1099' }],
  sourceList: [{ type: 'possessing_party', source: 'urn:epc:id:pgln:4012345.00000' }],
  destinationList: [{ type: 'possessing_party', destination: 'urn:epc:id:pgln:4023333.00000' }],
};

const minimal = { type: 'ObjectEvent', eventTime: '2026-03-01T05:00:00.000Z', eventTimeZoneOffset: '+03:00' } as const;
const HEAD = 'eventType=ObjectEventeventTime=2026-03-01T05:00:00.000ZeventTimeZoneOffset=+03:00';
/** What an event with only `fields` beside the required ones adds to the pre-hash string. */
const added = (fields: object, options = {}): string =>
  eventHashInput({ ...minimal, ...fields }, options).slice(HEAD.length);

describe('The event hash', () => {
  it('of a published shipment is the published one', () => {
    expect(eventHash(shipping)).toBe(
      'ni:///sha-256;ffa491b16867e34a7791a8d5389d826afc24e63a121026b6a4004ace38631b4b?ver=CBV2.0',
    );
  });

  it('of a published event with source and destination is, in each profile, the published one', () => {
    expect(eventHash(departing)).toBe(
      'ni:///sha-256;2919bf0587534fef0e25eea97b5dda68f345e6bbf2c6b4cb27b2a52e0039272b?ver=CBV2.0',
    );
    expect(eventHash(departing, { profile: 'reference-impl' })).toBe(
      'ni:///sha-256;7a82a68b0f9c78bebb1c729d950edbf1fd40c56f3351906020d2d67d5dffbc72?ver=CBV2.0',
    );
  });

  it('takes the digest that it is given', () => {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(eventHash(shipping, { sha256 })).toBe(eventHash(shipping));
    expect(eventHash(shipping, { sha256: () => '00' })).toBe('ni:///sha-256;00?ver=CBV2.0');
  });

  it('does not depend on what a repository adds or on an error declaration', () => {
    const stored = {
      ...shipping,
      eventID: 'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8',
      recordTime: '2022-02-17T00:00:00Z',
      errorDeclaration: { declarationTime: '2022-02-18T00:00:00Z', reason: 'incorrect_data' },
      '@context': { ext: 'https://ext.example/' },
      'rdfs:comment': 'seen',
    };
    expect(eventHash(stored)).toBe(eventHash(shipping));
  });
});

const OWN = 'https://id.gs1.org/01/09506000134352/21/';
const serials = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9]{1,12}$/), { minLength: 2, maxLength: 30 });
const packs = (list: readonly string[]): AggregationEvent => ({
  ...minimal,
  type: 'AggregationEvent',
  action: 'ADD',
  parentID: 'https://id.gs1.org/00/095060001343520000',
  childEPCs: list.map((serial) => OWN + serial),
});

describe('The event hash, for any event,', () => {
  it('does not depend on the order of a list', () => {
    const shuffled = serials.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(fc.property(shuffled, ([a, b]) => expect(eventHash(packs(b))).toBe(eventHash(packs(a)))));
  });

  it('does not depend on the order of names', () => {
    const names = Object.keys(departing);
    const orders = fc.shuffledSubarray(names, { minLength: names.length });
    fc.assert(
      fc.property(orders, (order) => {
        const jumbled = Object.fromEntries(order.map((name) => [name, Reflect.get(departing, name)])) as ObjectEvent;
        expect(eventHash(jumbled)).toBe(eventHash(departing));
      }),
    );
  });

  it('changes when one EPC changes or is missing', () => {
    fc.assert(
      fc.property(serials, fc.nat(), (list, at) => {
        const i = at % list.length;
        const original = eventHash(packs(list));
        expect(eventHash(packs(list.with(i, `${list[i]!}-`)))).not.toBe(original);
        expect(eventHash(packs(list.toSpliced(i, 1)))).not.toBe(original);
      }),
    );
  });
});

describe('The pre-hash string', () => {
  it('starts with type, time in UTC and offset as given', () => {
    expect(eventHashInput({ ...minimal, eventTime: '2026-03-01T08:00:00+03:00' } as object as typeof minimal)).toBe(
      HEAD,
    );
  });

  it('leaves out what is absent, empty or null, and its name', () => {
    const empty = {
      epcList: [],
      bizStep: '',
      disposition: null,
      ilmd: {},
      quantityList: null,
      readPoint: null,
      'x:y': [''],
    };
    expect(added({ ...empty, sensorElementList: [], parentID: ' ', eventID: '' })).toBe('');
  });

  it('keeps the documented order whatever the order of the names', () => {
    const fields = {
      'halisi:b': '2',
      'halisi:a': '1',
      ilmd: { 'cbvmda:lotNumber': '007' },
      disposition: 'active',
      bizStep: 'commissioning',
      action: 'ADD',
      parentID: 'urn:x:p',
      epcList: ['urn:x:b', 'urn:x:a'],
      quantityList: [{ uom: 'KGM', quantity: 10.5, epcClass: 'urn:x:c' }],
    };
    expect(added(fields)).toBe(
      'epcListepc=urn:x:aepc=urn:x:bparentID=urn:x:p' +
        'quantityListquantityElementepcClass=urn:x:cquantity=10.5uom=KGMaction=ADD' +
        'bizStep=https://ref.gs1.org/cbv/BizStep-commissioningdisposition=https://ref.gs1.org/cbv/Disp-active' +
        'ilmd{urn:epcglobal:cbv:mda:}lotNumber=007' +
        '{https://halisi.org/epcis/v1/}a=1{https://halisi.org/epcis/v1/}b=2',
    );
  });

  it('trims white space', () => {
    expect(added({ action: ' ADD\n', epcList: [' urn:x:a '] })).toBe('epcListepc=urn:x:aaction=ADD');
  });

  it('writes transactions, sources and destinations with their type first', () => {
    const fields = {
      bizTransactionList: [{ bizTransaction: 'urn:x:1', type: 'po' }, { bizTransaction: 'urn:x:0' }],
      sourceList: [{ source: 'urn:x:s', type: 'location' }],
      destinationList: [{ destination: 'urn:x:d', type: 'https://example.com/own' }],
    };
    expect(added(fields)).toBe(
      'bizTransactionListbizTransaction=urn:x:0type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:1' +
        'sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource=urn:x:s' +
        'destinationListtype=https://example.com/owndestination=urn:x:d',
    );
  });

  it('writes persistent dispositions sorted, set before unset', () => {
    expect(added({ persistentDisposition: { unset: ['expired'], set: ['recalled', 'damaged'] } })).toBe(
      'persistentDispositionset=https://ref.gs1.org/cbv/Disp-damagedset=https://ref.gs1.org/cbv/Disp-recalled' +
        'unset=https://ref.gs1.org/cbv/Disp-expired',
    );
  });

  it('writes certificates, one or several', () => {
    expect(added({ certificationInfo: 'urn:x:c' })).toBe('certificationInfo=urn:x:c');
    expect(added({ certificationInfo: ['urn:x:d', 'urn:x:c'] })).toBe(
      'certificationInfo=urn:x:ccertificationInfo=urn:x:d',
    );
  });

  it('puts extensions of a place at its end', () => {
    expect(added({ readPoint: { 'halisi:shelf': 'B', id: 'urn:x:p' } })).toBe(
      'readPointid=urn:x:p{https://halisi.org/epcis/v1/}shelf=B',
    );
  });

  it('writes sensor reports sorted, their times in UTC and their numbers plain', () => {
    const element = {
      sensorReport: [
        { type: 'Temperature', value: 26.0, sDev: 0.1, uom: 'CEL', booleanValue: false },
        { value: 1e-7, type: 'gs1:Speed', component: 'x', exception: 'ALARM_CONDITION' },
      ],
      sensorMetadata: { endTime: '2026-03-01T08:00:00+03:00', time: '2026-03-01T08:00:00Z', deviceID: '' },
      'halisi:q': true,
    };
    expect(added({ sensorElementList: [element] })).toBe(
      'sensorElementListsensorElementsensorMetadatatime=2026-03-01T08:00:00.000ZendTime=2026-03-01T05:00:00.000Z' +
        'sensorReporttype=https://gs1.org/voc/Speedexception=https://gs1.org/voc/ALARM_CONDITIONvalue=0.0000001' +
        'component=https://ref.gs1.org/cbv/Comp-x' +
        'sensorReporttype=https://gs1.org/voc/Temperaturevalue=26booleanValue=falsesDev=0.1uom=CEL' +
        '{https://halisi.org/epcis/v1/}q=true',
    );
  });

  it('writes an extension list as a repeated element, and nested ones sorted at each level', () => {
    const context = { e: 'https://e/' };
    expect(added({ 'e:o': { 'e:z': ['3', 1], 'e:a': { 'e:b': 'x' } } }, { context })).toBe(
      '{https://e/}o{https://e/}a{https://e/}b=x{https://e/}z=1{https://e/}z=3',
    );
  });

  it('does not depend on the prefix that the sender chose, in names or in values', () => {
    const one = added({ 'a:x': '1', bizStep: 'a:polishing' }, { context: { a: 'https://e/' } });
    const two = added({ 'b:x': '1', bizStep: 'b:polishing', '@context': [{ b: 'https://e/' }] });
    const full = added({ 'https://e/x': '1', bizStep: 'https://e/polishing' });
    expect(one).toBe('bizStep=https://e/polishing{https://e/}x=1');
    expect([two, full]).toEqual([one, one]);
  });

  it('writes names of unknown prefixes and URNs with what stands before the last colon', () => {
    expect(added({ 'urn:own:x': '1', 'who:y': '2', plain: '3' })).toBe('plain=3{urn:own:}x=1{who:}y=2');
  });

  it('leaves out extensions that it is told to ignore', () => {
    expect(added({ 'r:hash': 'abc', 'r:x': '1' }, { ignoredExtensions: ['r:hash'] })).toBe('{r:}x=1');
  });

  it('keeps extension text as it is, but in the reference profile writes decimals plainly', () => {
    expect(added({ 'halisi:n': '007' })).toBe('{https://halisi.org/epcis/v1/}n=007');
    expect(added({ 'halisi:n': '007' }, { profile: 'reference-impl' })).toBe('{https://halisi.org/epcis/v1/}n=7');
    expect(added({ 'halisi:n': 0.5 })).toBe('{https://halisi.org/epcis/v1/}n=0.5');
  });

  it.each([
    ['epcList', 'x'],
    ['epcList', [{}]],
    ['readPoint', 'x'],
    ['quantityList', [7]],
    ['quantityList', [{ quantity: {} }]],
    ['eventTime', 7],
    ['bizStep', ['x']],
  ])('cannot be made where %s is %j', (name, value) => {
    expect(() => added({ [name]: value })).toThrow(expect.objectContaining({ code: 'EVENT_NOT_HASHABLE' }));
  });
});

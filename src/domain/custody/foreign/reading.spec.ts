import type { EpcisEvent } from '../../epcis/event.js';
import { contentOf } from '../../epcis/content.js';
import { GTIN, ssccOf } from '../testing/small-world.js';
import { epcUrnOf } from '../testing/foreign-events.js';
import { readForeign } from './reading.js';

const base = { eventTime: '2026-11-22T05:00:00Z', eventTimeZoneOffset: '+00:00' };
const read = (event: object) => readForeign({ ...base, ...event } as unknown as EpcisEvent);
const commissioning = { type: 'ObjectEvent', action: 'ADD', bizStep: 'commissioning', epcList: [epcUrnOf('S1')] };

describe('what an event of another system does to custody', () => {
  it.each([
    [{ type: 'ObjectEvent', action: 'ADD', bizStep: 'commissioning' }, 'commissioning'],
    [{ type: 'ObjectEvent', action: 'ADD', bizStep: 'https://ref.gs1.org/cbv/BizStep-commissioning' }, 'commissioning'],
    [{ type: 'AggregationEvent', action: 'ADD', bizStep: 'loading' }, 'packing'],
    [{ type: 'AggregationEvent', action: 'DELETE' }, 'unpacking'],
    [{ type: 'AggregationEvent', action: 'OBSERVE', bizStep: 'shipping' }, 'shipping'],
    [{ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'receiving' }, 'receiving'],
    [{ type: 'ObjectEvent', action: 'DELETE', bizStep: 'retail_selling' }, 'dispensing'],
    [{ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'holding', disposition: 'recalled' }, 'recalling'],
    [{ type: 'TransformationEvent', bizStep: 'repackaging' }, 'repacking'],
    [{ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'storing' }, undefined],
    [{ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'https://example.com/shipping' }, undefined],
    [{ type: 'TransactionEvent', action: 'ADD', bizStep: 'shipping' }, undefined],
    [{ type: 'AssociationEvent', action: 'ADD', bizStep: 'packing' }, undefined],
  ])('%j is %s', (event, step) => {
    expect(read(event).step).toBe(step);
  });

  it.each([
    ['stolen', 'OBSERVE', 'inspecting', 'stolen'],
    ['destroyed', 'DELETE', 'destroying', undefined],
    ['sampled', 'OBSERVE', 'sampling', undefined],
    ['damaged', 'DELETE', 'decommissioning', 'damaged'],
    ['inactive', 'DELETE', 'decommissioning', 'inactive'],
  ])('takes packs out of supply as %s', (reason, action, bizStep, disposition) => {
    expect(read({ type: 'ObjectEvent', action, bizStep, disposition })).toMatchObject({
      step: 'decommissioning',
      reason,
    });
  });
});

describe('lot and expiry', () => {
  it.each([
    [{ 'cbvmda:lotNumber': 'A1', 'cbvmda:itemExpirationDate': '2028-02-29' }, 'A1', '2028-02-29'],
    [{ 'gs1:hasBatchLotNumber': 'A1', 'gs1:expirationDate': '2028-02-28T00:00:00Z' }, 'A1', '2028-02-28'],
    [{ 'x:lotNumber': 'A1', 'x:itemExpirationDate': '2028-02-28' }, 'A1', '2028-02-28'],
    [{ 'urn:epcglobal:cbv:mda#lotNumber': 'A1' }, 'A1', null],
    [
      { 'cbvmda:lotNumber': ['A1'], 'gs1:expirationDate': { '@value': '2028-02-28', '@type': 'xsd:date' } },
      'A1',
      '2028-02-28',
    ],
    [{ 'cbvmda:lotNumber': 'A1', 'cbvmda:itemExpirationDate': '2027-02-29' }, 'A1', null],
    [{ 'y:lotNumber': 'A1' }, null, null],
  ])('%j are %s and %s', (ilmd, lot, expiry) => {
    const context = [{ x: 'urn:epcglobal:cbv:mda', y: 'https://example.com/' }];
    expect(read({ ...commissioning, '@context': context, ilmd })).toMatchObject({ lot, expiry });
  });
});

it('names packs and containers in any spelling, and keeps what custody does not know apart', () => {
  const parentID = `https://example.com/00/${ssccOf(0)}`;
  const childEPCs = [
    epcUrnOf('S1'),
    `https://example.com/01/${GTIN}/10/L/21/S2?17=280101`,
    'urn:epc:id:grai:1234567.12345.1',
  ];
  expect(read({ type: 'AggregationEvent', action: 'ADD', parentID, childEPCs })).toMatchObject({
    parent: { sscc: ssccOf(0) },
    named: {
      packs: [
        { gtin: GTIN, serial: 'S1' },
        { gtin: GTIN, serial: 'S2' },
      ],
      containers: [],
    },
  });
});

describe('the content of an event', () => {
  const event = { ...base, ...commissioning, ilmd: { 'cbvmda:lotNumber': '007' } };
  const link = `https://id.gs1.org/01/${GTIN}/21/S1`;

  it.each([
    ['an eventID', { ...event, eventID: 'urn:uuid:1', recordTime: '2026-11-22T06:00:00Z' }],
    ['an EPC as a link', { ...event, epcList: [link] }],
    ['a time in another notation', { ...event, eventTime: '2026-11-22T08:00:00.000+03:00' }],
    ['another prefix', { ...event, '@context': [{ m: 'urn:epcglobal:cbv:mda:' }], ilmd: { 'm:lotNumber': '007' } }],
  ])('is the same with %s', (_, other) => {
    expect(contentOf(other)).toBe(contentOf(event));
  });

  it.each([
    ['a lot without its zeros', { ...event, ilmd: { 'cbvmda:lotNumber': '7' } }],
    ['an expiry in the query of a link', { ...event, epcList: [`${link}?17=280101`] }],
    ['a lot in a link with a serial number', { ...event, epcList: [`https://id.gs1.org/01/${GTIN}/10/L/21/S1`] }],
    ['a declaration of its error', { ...event, errorDeclaration: { declarationTime: '2026-11-22T06:00:00Z' } }],
    ['another offset', { ...event, eventTimeZoneOffset: '+03:00' }],
  ])('differs by %s', (_, other) => {
    expect(contentOf(other)).not.toBe(contentOf(event));
  });
});

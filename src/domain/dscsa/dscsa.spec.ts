import type { DocumentHeader } from '../epcis/document.js';
import type { EpcisEvent } from '../epcis/event.js';
import { placements } from './contents.js';
import { checkShipmentFile, type ProfileRule } from './profile.js';
import { transactionInformation } from './transaction-information.js';

const PACK = 'urn:epc:id:sgtin:030001.0012345.11';
const PALLET = 'urn:epc:id:sscc:030001.41234567890';
const SELLER = 'urn:epc:id:sgln:030001.111111.0';
const BUYER = 'urn:epc:id:sgln:039999.999999.0';
const CBV = 'urn:epcglobal:cbv:mda#';
const attributes = (values: Record<string, string>) =>
  Object.entries(values).map(([name, attribute]) => ({ id: CBV + name, attribute }));
const address = { streetAddressOne: '1 Way', city: 'A', state: 'CA', postalCode: '1', countryCode: 'US' };

const header = {
  '@context': [{ x: 'http://epcis.gs1us.org/hc/ns' }],
  type: 'EPCISDocument',
  ...{ sender: SELLER, receiver: BUYER, instanceIdentifier: '1' },
  epcisHeader: {
    epcisMasterData: {
      vocabularyList: [
        {
          type: 'urn:epcglobal:epcis:vtype:EPCClass',
          vocabularyElementList: [
            {
              id: 'urn:epc:idpat:sgtin:030001.0012345.*',
              attributes: attributes({
                additionalTradeItemIdentification: '00010123450',
                additionalTradeItemIdentificationTypeCode: 'FDA_NDC_11',
                regulatedProductName: 'Epcistra',
                manufacturerOfTradeItemPartyName: 'GS1 Pharma',
                dosageFormType: 'PILL',
                strengthDescription: '100mg',
                netContentDescription: '500 pills',
              }),
            },
          ],
        },
        {
          type: 'urn:epcglobal:epcis:vtype:Location',
          vocabularyElementList: [
            { id: SELLER, attributes: attributes({ name: 'Seller', ...address }) },
            { id: 'https://id.gs1.org/414/0399999999991', attributes: attributes({ name: 'Buyer', ...address }) },
          ],
        },
      ],
    },
    'x:dscsaTransactionStatement': { 'x:affirmTransactionStatement': 'true', 'x:legalNotice': 'It is so.' },
  },
} as unknown as DocumentHeader;

const when = { eventTime: '2023-04-01T02:48:16Z', eventTimeZoneOffset: '-05:00', readPoint: { id: SELLER } };
const make = (epc: string, ilmd: object): EpcisEvent =>
  ({
    ...{ type: 'ObjectEvent', action: 'ADD', ...when, bizStep: 'commissioning', disposition: 'active' },
    ...{ epcList: [epc], ilmd },
  }) as EpcisEvent;
const packing = (action: 'ADD' | 'DELETE', parentID: string, childEPCs: readonly string[]): EpcisEvent =>
  ({
    ...{ type: 'AggregationEvent', action, ...when, bizStep: 'packing', disposition: 'in_progress' },
    ...{ parentID, childEPCs },
  }) as EpcisEvent;
const events: readonly EpcisEvent[] = [
  make(PACK, { 'cbvmda:lotNumber': 'A123', 'cbvmda:itemExpirationDate': '2025-03-27' }),
  make(PALLET, {}),
  packing('ADD', PALLET, [PACK]),
  {
    ...{ type: 'ObjectEvent', action: 'OBSERVE', ...when, bizStep: 'shipping', disposition: 'in_transit' },
    epcList: [PALLET],
    bizTransactionList: [
      { type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:1:1' },
      { type: 'desadv', bizTransaction: 'urn:epcglobal:cbv:bt:1:2' },
    ],
    sourceList: ['owning_party', 'location'].map((type) => ({ type, source: SELLER })),
    destinationList: ['owning_party', 'location'].map((type) => ({ type, destination: BUYER })),
  } as EpcisEvent,
];
const without = (event: EpcisEvent, ...names: string[]): EpcisEvent =>
  Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name))) as EpcisEvent;
const changed = (at: number, event: EpcisEvent): EpcisEvent[] => events.with(at, event);

describe('a shipment file', () => {
  it('as the guideline has it has no findings, and nothing is missing of its transaction information', () => {
    expect(checkShipmentFile(header, events)).toEqual([]);
    expect(transactionInformation(header, events)).toMatchObject({
      seller: { name: 'Seller' },
      buyer: { name: 'Buyer' },
      // The evening before, at the place of the event.
      transactionDate: '2023-03-31',
      lines: [{ ndc: '00010123450', lot: 'A123', serials: ['11'] }],
      transactionStatement: { affirmed: true, legalNotice: 'It is so.' },
      missing: [],
    });
  });

  it.each<[ProfileRule, string, DocumentHeader, readonly EpcisEvent[]]>([
    ['SENDER_REQUIRED', '/sender', { ...header, sender: undefined } as unknown as DocumentHeader, events],
    [
      'STATEMENT_REQUIRED',
      '/epcisHeader/gs1ushc:dscsaTransactionStatement',
      { ...header, '@context': [{ x: 'http://example.org/' }] },
      events,
    ],
    [
      'LOT_REQUIRED',
      '/epcisBody/eventList/0/ilmd',
      header,
      changed(0, make(PACK, { 'cbvmda:itemExpirationDate': '2025-03-27' })),
    ],
    ['EXPIRY_REQUIRED', '/epcisBody/eventList/0/ilmd', header, changed(0, make(PACK, { 'cbvmda:lotNumber': 'A' }))],
    ['PARENT_REQUIRED', '/epcisBody/eventList/2/parentID', header, changed(2, without(events[2]!, 'parentID'))],
    ['EVENT_FORM', '/epcisBody/eventList/3', header, changed(3, { ...events[3]!, disposition: 'active' })],
    [
      'TRANSACTION_REQUIRED',
      '/epcisBody/eventList/3/bizTransactionList',
      header,
      changed(3, { ...events[3]!, bizTransactionList: events[3]!.bizTransactionList!.slice(1) }),
    ],
    [
      'PARTY_REQUIRED',
      '/epcisBody/eventList/3/sourceList',
      header,
      changed(3, { ...events[3]!, sourceList: events[3]!.sourceList!.slice(1) }),
    ],
  ])('that breaks %s is found at %s, and nothing else is', (rule, pointer, head, list) => {
    expect(checkShipmentFile(head, list).map((found) => [found.rule, found.pointer])).toEqual([[rule, pointer]]);
  });

  it('of packs that nobody commissioned, or that ships nothing, is found', () => {
    expect(checkShipmentFile(header, events.slice(1)).map(({ rule }) => rule)).toEqual(['NOT_COMMISSIONED']);
    expect(checkShipmentFile(header, events.slice(0, 3)).map(({ rule }) => rule)).toContain('SHIPPING_REQUIRED');
    expect(transactionInformation(header, events.slice(0, 3))).toBeUndefined();
    expect(transactionInformation(header, events.slice(1))?.missing.map(({ field }) => field)).toEqual([
      'lot',
      'expiry',
    ]);
  });

  it('without master data names every field that is missing, and where it should come from', () => {
    const bare = { ...header, epcisHeader: {} } as DocumentHeader;
    const fields = transactionInformation(bare, events)!.missing.map(({ field }) => field);
    expect(fields).toEqual(
      expect.arrayContaining([
        'productName',
        'strength',
        'dosageForm',
        'ndc',
        'containerSize',
        'seller.name',
        'buyer.city',
      ]),
    );
    expect(fields).toContain('transactionStatement');
  });
});

it('what is in a container follows its packings and unpackings, as far as they are believed', () => {
  const [one, two] = ['a', 'b'].map((serial) => `https://id.gs1.org/01/00300010123455/21/${serial}`) as [
    string,
    string,
  ];
  const pallet = 'https://id.gs1.org/00/403000112345678901';
  const inside = (...list: [EpcisEvent, ...string[]][]) => [
    ...placements(list.map(([event, ...not], position) => ({ event, position, without: new Set(not) }))).keys(),
  ];
  const add = packing('ADD', PALLET, [one, two]);
  expect(inside([add])).toEqual([one, two]);
  expect(inside([add, two])).toEqual([one]);
  expect(inside([add], [packing('DELETE', PALLET, [one])])).toEqual([two]);
  expect(inside([add], [packing('DELETE', PALLET, [one]), one])).toEqual([one, two]);
  expect(inside([add], [packing('DELETE', PALLET, [])])).toEqual([]);
  expect(inside([add], [packing('DELETE', PALLET, []), pallet])).toEqual([one, two]);
});

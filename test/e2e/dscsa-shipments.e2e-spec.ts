import fc from 'fast-check';
import type { ProfileFinding } from '../../src/domain/dscsa/profile.js';
import type { TransactionInformation } from '../../src/domain/dscsa/transaction-information.js';
import { canonicalEpc } from '../../src/domain/dscsa/contents.js';
import { documentOf, EpcisClient, type Json } from '../support/epcis-client.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { readText, sameEvent, textOf, through, type WholeDocument } from '../vectors/kinds/epcis-files.js';

type Information = TransactionInformation & { readonly findings: readonly ProfileFinding[] };

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const DEPOT = '9522001001011';
const epc = (serial: string): string => `https://id.gs1.org/01/${GTIN}/21/${serial}`;

let app: TestApp;
let maker: EpcisClient;
let depot: EpcisClient;
let clinic: EpcisClient;
let regulator: EpcisClient;
let auditor: EpcisClient;
let clock = Date.now() - 3_600_000;
const tick = (): string => new Date((clock += 1000)).toISOString();

beforeAll(async () => {
  app = await startApp({ demo: true });
  [maker, depot, clinic, regulator, auditor] = await Promise.all(
    ['operator@kilimani', 'operator@pwani', 'pharmacist@kibera', 'inspector@authority', 'auditor@uwazi'].map((who) =>
      EpcisClient.as(app, `${who}.example`),
    ) as [Promise<EpcisClient>, Promise<EpcisClient>, Promise<EpcisClient>, Promise<EpcisClient>, Promise<EpcisClient>],
  );
  const input = { gtin: GTIN, number: 'DSCSA', expiry: '2099-12-31', quantity: 100_000 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input },
    maker.token,
  );
});
afterAll(() => app?.close());

interface Made {
  readonly eventID: string;
  readonly position: number;
  readonly epcs: string[];
}

async function step(who: EpcisClient, name: string, input: object, site = FACTORY): Promise<Made> {
  const query = `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
    step: ${name}(input: $input) { event { eventID position epcs } } }`;
  const variables = { input: { site, eventTime: tick(), ...input } };
  return (await app.ask<{ step: { event: Made } }>(query, variables, who.token)).step.event;
}

let made = 0;
async function commission(count: number): Promise<string[]> {
  const serials = Array.from({ length: count }, () => `D${made++}`);
  await step(maker, 'commission', { gtin: GTIN, lot: 'DSCSA', serials });
  return serials.map(epc);
}

const pathOf = (eventID: string, what = 'epcis') => `/dscsa/shipments/${encodeURIComponent(eventID)}/${what}`;

async function fileOf(who: EpcisClient, eventID: string, accept = 'application/json'): Promise<WholeDocument> {
  const answer = await who.ask(pathOf(eventID), { accept });
  const text = await answer.text();
  expect([answer.status, answer.status === 200 ? '' : text]).toEqual([200, '']);
  return readText(text, accept, 'schema');
}

async function informationOf(who: EpcisClient, eventID: string, query = ''): Promise<Information> {
  const answer = await who.ask(pathOf(eventID, 'transaction-information') + query);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Information;
}

/** Every pack and container that a document names, canonical. */
const named = ({ events }: WholeDocument): Set<string> =>
  new Set(
    events.flatMap(({ event }) => {
      const { epcList = [], childEPCs = [], parentID } = event as Record<string, string[]> & { parentID?: string };
      return [...epcList, ...childEPCs, ...(parentID === undefined ? [] : [parentID])].map(canonicalEpc);
    }),
  );
const eventsText = ({ events }: WholeDocument): string => events.map(({ event }) => sameEvent(event)).join('\n');

describe('a shipment file', () => {
  let packs: string[];
  let pallet: string;
  let shipping: Made;

  beforeAll(async () => {
    packs = await commission(12);
    const [carton] = (await step(maker, 'pack', { epcs: packs.slice(0, 5) })).epcs;
    await step(maker, 'unpack', { sscc: carton!.slice(-18), epcs: [packs[4]] });
    pallet = (await step(maker, 'pack', { epcs: [carton, packs[5]] })).epcs[0]!;
    const documents = { purchaseOrder: 'PO 1', despatchAdvice: 'DA/1' };
    shipping = await step(maker, 'ship', { epcs: [pallet, packs[6]], consignee: DEPOT, ...documents });
  });

  it('holds exactly what was shipped, in the words of the events', async () => {
    const file = await fileOf(maker, shipping.eventID);
    const packed = [...packs.slice(0, 4), ...packs.slice(5, 7)];
    expect([...named(file)].filter((each) => each.includes('/21/')).sort()).toEqual([...packed].sort());
    expect(named(file).size).toBe(packed.length + 2);
    expect(file.events.map(({ event }) => (event as { bizStep: string }).bizStep)).toEqual([
      'commissioning',
      'packing',
      'packing',
      'shipping',
    ]);
    expect(file.header).toMatchObject({
      sender: 'https://id.gs1.org/417/9521001000000',
      receiver: 'https://id.gs1.org/417/9522001000007',
      instanceIdentifier: shipping.eventID,
      epcisHeader: { 'gs1ushc:dscsaTransactionStatement': { 'gs1ushc:affirmTransactionStatement': 'true' } },
    });
    const groups = file.header.epcisHeader!.epcisMasterData!.vocabularyList!.map(({ type }) => type.split(':').at(-1));
    expect(groups).toEqual(expect.arrayContaining(['EPCClass', 'Location']));
  });

  it('keeps the eventID of a whole event alone; what is cut refers to its event', async () => {
    const { events } = await fileOf(maker, shipping.eventID);
    const [commissioned, carton, whole, ship] = events.map(({ event }) => event as Record<string, unknown>);
    for (const cut of [commissioned!, carton!]) {
      expect(cut['eventID']).toBeUndefined();
      expect(cut['halisi:partOf']).toMatch(/^ni:/);
    }
    expect(whole).toMatchObject({ eventID: expect.stringMatching(/^ni:/) as string, parentID: pallet });
    expect(ship!['eventID']).toBe(shipping.eventID);
  });

  it('is the same for both sides and the regulator, and the same when asked again', async () => {
    const files = await Promise.all(
      [maker, depot, regulator, maker].map(async (who) => (await who.ask(pathOf(shipping.eventID))).text()),
    );
    expect(new Set(files).size).toBe(1);
  });

  it('as XML is of version 1.2 with EPC URNs, and says the same as in JSON', async () => {
    const answer = await depot.ask(pathOf(shipping.eventID), { accept: 'application/xml' });
    expect([answer.headers.get('content-type'), answer.headers.get('gs1-epcis-version')]).toEqual([
      'application/xml; charset=utf-8',
      '1.2',
    ]);
    const text = await answer.text();
    expect(text).toContain('schemaVersion="1.2"');
    expect(text).toContain(`<epc>urn:epc:id:sgtin:9521001.000001.${packs[6]!.split('/').at(-1)}</epc>`);
    expect(text).toContain('<VocabularyElement id="urn:epc:idpat:sgtin:9521001.000001.*">');
    expect(text).toContain('<gs1ushc:affirmTransactionStatement>true<');
    const xml = await readText(text, 'application/xml', 'schema');
    const answered = await depot.ask(pathOf(shipping.eventID), { 'gs1-epc-format': 'Always_EPC_URN' });
    const json = await readText(await answered.text(), 'application/json', 'schema');
    expect(eventsText(xml)).toBe(eventsText(json));
    expect(textOf(xml.header.epcisHeader)).toBe(textOf(json.header.epcisHeader));
    for (const document of [xml, json]) {
      expect(eventsText(await through(document, 'xml-1.2'))).toBe(eventsText(document));
      expect(eventsText(await through(document, 'json'))).toBe(eventsText(document));
    }
  });

  it('is not there for anybody else, and not for what is no shipment', async () => {
    for (const who of [clinic, auditor]) {
      for (const what of ['epcis', 'transaction-information']) {
        const answer = await who.ask(pathOf(shipping.eventID, what));
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'NOT_FOUND']);
      }
    }
    const { eventID } = await step(maker, 'commission', { gtin: GTIN, lot: 'DSCSA', serials: ['NOSHIP'] });
    for (const id of [eventID, 'ni:///none', '%00', 'x'.repeat(1000)]) {
      expect((await maker.ask(pathOf(id))).status).toBe(404);
    }
    expect((await maker.ask(pathOf(shipping.eventID), { accept: 'text/html' })).status).toBe(406);
    expect((await fetch(`${app.url}${pathOf(shipping.eventID)}`)).status).toBe(401);
  });

  it('is recorded where others read it', async () => {
    await depot.ask(pathOf(shipping.eventID), { 'halisi-purpose': 'audit' });
    const rows = await app.database.query<{ operation: string; subject: string }>(
      'test-reads',
      `select operation, subject from access_trail where purpose = 'audit'`,
      [],
    );
    expect(rows).toContainEqual({
      operation: 'GET /dscsa/shipments/epcis',
      subject: `event ${shipping.position}`,
    });
  });

  it('stays as it is when the goods are received, unpacked and shipped on', async () => {
    const before = eventsText(await fileOf(maker, shipping.eventID));
    await step(depot, 'receive', { shipment: shipping.eventID, missing: [packs[5]] }, DEPOT);
    const onward = await step(depot, 'ship', { epcs: [pallet], consignee: '9523001001018' }, DEPOT);
    expect(eventsText(await fileOf(maker, shipping.eventID))).toBe(before);
    const file = await fileOf(clinic, onward.eventID);
    expect([...named(file)].filter((each) => each.includes('/21/')).sort()).toEqual(packs.slice(0, 4).sort());
    expect((await maker.ask(pathOf(onward.eventID))).status).toBe(404);
  });
});

describe('transaction information', () => {
  it('has lots, serial numbers, parties and dates, and names what is missing', async () => {
    const packs = await commission(3);
    const [carton] = (await step(maker, 'pack', { epcs: packs.slice(0, 2) })).epcs;
    const { eventID } = await step(maker, 'ship', { epcs: [carton, packs[2]], consignee: DEPOT });
    const told = await informationOf(depot, eventID);
    expect(told).toMatchObject({
      seller: { id: 'https://id.gs1.org/417/9521001000000', name: 'Kilimani Pharma (demo)' },
      shipFrom: { name: 'Factory, Athi River', address: { countryCode: 'KE' } },
      lines: [
        {
          gtin: GTIN,
          productName: 'Kilimox 500',
          strength: '500 mg',
          dosageForm: 'capsule',
          containerSize: '21',
          ndc: null,
          lot: 'DSCSA',
          expiry: '2099-12-31',
          numberOfContainers: 3,
        },
      ],
      containers: [{ epc: carton, in: null, contains: 2 }],
      transactionStatement: { affirmed: true },
    });
    expect(told.missing).toContainEqual({
      field: 'ndc',
      of: `https://id.gs1.org/01/${GTIN}`,
      from: 'additionalTradeItemIdentification in its EPCClass master data',
    });
    expect(told.findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['TRANSACTION_REQUIRED', 'PARTY_REQUIRED', 'NOT_COMMISSIONED', 'MASTER_DATA_REQUIRED']),
    );
    const serialsOf = async (asked: string) =>
      (await informationOf(depot, eventID, `?epc=${encodeURIComponent(asked)}`)).lines.flatMap(
        ({ serials }) => serials,
      );
    const serials = packs.map((each) => each.split('/').at(-1));
    expect(await serialsOf(packs[1]!)).toEqual([serials[1]]);
    expect(await serialsOf(carton!)).toEqual(serials.slice(0, 2));
    const stranger = await depot.ask(
      `${pathOf(eventID, 'transaction-information')}?epc=${encodeURIComponent(epc('NO'))}`,
    );
    expect(stranger.status).toBe(404);
  });
});

it('a shipment of any of the packs, packed in any way, is in its file exactly', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('left', 'loose', 'carton', 'pallet', 'taken out', 'other carton'), {
        minLength: 1,
        maxLength: 12,
      }),
      async (fates) => {
        const packs = await commission(fates.length);
        const of = (...names: string[]) => packs.filter((_, at) => names.includes(fates[at]!));
        const shipped = of('loose');
        const inCarton = of('carton', 'taken out');
        let carton: string | undefined;
        if (inCarton.length > 0) [carton] = (await step(maker, 'pack', { epcs: inCarton })).epcs;
        const out = of('taken out');
        if (out.length > 0) await step(maker, 'unpack', { sscc: carton!.slice(-18), epcs: out });
        const elsewhere = of('other carton');
        if (elsewhere.length > 0) await step(maker, 'pack', { epcs: [...elsewhere, ...out] });
        const onPallet = [...of('pallet'), ...(of('carton').length > 0 ? [carton!] : [])];
        if (onPallet.length > 0) shipped.push((await step(maker, 'pack', { epcs: onPallet })).epcs[0]!);
        if (shipped.length === 0) return;
        const { eventID } = await step(maker, 'ship', { epcs: shipped, consignee: DEPOT });
        const file = await fileOf(depot, eventID, 'application/xml');
        const expected = [...of('loose', 'carton', 'pallet'), ...shipped.filter((each) => each.includes('/00/'))];
        if (of('carton').length > 0) expected.push(carton!);
        expect([...named(file)].sort()).toEqual([...new Set(expected)].sort());
      },
    ),
    { numRuns: 15 },
  );
});

it('nobody gets to read how another’s pack was made by saying that it was packed or shipped', async () => {
  const rival = await EpcisClient.as(app, 'operator@usambara.example');
  const [packed, shipped] = await commission(2);
  const own = (serial: string): string => `https://id.gs1.org/01/09521002000016/21/${serial}`;
  const when = (): Json => ({ eventTime: tick(), eventTimeZoneOffset: '+00:00' });
  const readPoint = { id: 'https://id.gs1.org/414/9521002001013' };
  const object = (bizStep: string, action: string, epcList: unknown[], beside: Json): Json => ({
    ...{ type: 'ObjectEvent', action, bizStep, epcList, readPoint, ...when(), ...beside },
  });
  const ilmd = { 'cbvmda:lotNumber': 'R1', 'cbvmda:itemExpirationDate': '2099-11-30' };
  const aggregation: Json = {
    ...{ type: 'AggregationEvent', action: 'ADD', bizStep: 'packing', readPoint, ...when() },
    ...{ parentID: own('CASE'), childEPCs: [own('R1'), packed] },
  };
  const destinationList = [{ type: 'location', destination: `https://id.gs1.org/414/${DEPOT}` }];
  const eventID = 'urn:uuid:5a1c1c8e-61a4-4a56-8a52-3f6d0e2b9999';
  const job = await rival.capture(
    documentOf([
      object('commissioning', 'ADD', [own('R1'), own('CASE')], { disposition: 'active', ilmd }),
      aggregation,
      object('shipping', 'OBSERVE', [own('CASE'), shipped], { disposition: 'in_transit', destinationList, eventID }),
    ]),
  );
  expect(job).toMatchObject({ success: true, 'halisi:counts': { captured: 3 } });
  const { header, events } = await fileOf(rival, eventID);
  expect(named({ header, events: events.slice(0, -1) })).toEqual(new Set([own('R1'), own('CASE')]));
  expect(header.epcisHeader?.['gs1ushc:dscsaTransactionStatement']).toBeUndefined();
  const told = await informationOf(rival, eventID);
  expect(told.lines.find(({ gtin }) => gtin === GTIN)).toMatchObject({ lot: null, expiry: null });
  expect(told.missing.map(({ field }) => field)).toContain('transactionStatement');
});

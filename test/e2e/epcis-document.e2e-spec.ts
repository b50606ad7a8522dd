import { commissioning, documentOf, EpcisClient, type Json } from '../support/epcis-client.js';
import { startApp, type TestApp } from '../support/start-app.js';

let app: TestApp;
let maker: EpcisClient;
let depot: EpcisClient;

beforeAll(async () => {
  app = await startApp({ demo: true });
  maker = await EpcisClient.as(app, 'operator@kilimani.example');
  depot = await EpcisClient.as(app, 'operator@pwani.example');
});
afterAll(() => app.close());

const beside = {
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { ex: 'https://example.org/epcis/' }],
  id: 'https://example.org/documents/1',
  sender: 'urn:epc:id:sgln:9521001.00101.0',
  'ex:remark': { 'ex:deep': ['1', 'two', true] },
};
const own = (serial: string) => commissioning([serial], { 'ex:line': `line of ${serial}` });

async function outOf(client: EpcisClient, captureID: string, headers: Record<string, string> = {}) {
  return client.ask(`/epcis/capture/${captureID}/document`, headers);
}

describe('a captured document', () => {
  it('comes back as it came: header, extensions and events in their order, nothing added', async () => {
    const document = documentOf([own('BACK1'), own('BACK2'), own('BACK3')], beside);
    const { captureID } = await maker.capture(document);
    const answer = await outOf(maker, captureID);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('gs1-epcis-version')).toBe('2.0');
    expect(await answer.json()).toEqual(document);
  });

  it('comes back whole where some of its events had come before, and with the eventIDs that it had', async () => {
    await maker.capture(documentOf([own('AGAIN2')], beside));
    const named = (serial: string, at: number) => ({ ...own(serial), eventID: `urn:uuid:0000000${at}` });
    const first = documentOf([own('AGAIN1'), own('AGAIN2'), own('AGAIN3')], beside);
    const { captureID } = await maker.capture(first);
    expect(await (await outOf(maker, captureID)).json()).toEqual(first);
    const second = documentOf([named('NAMED1', 1), named('NAMED2', 2)], beside);
    expect(await (await outOf(maker, (await maker.capture(second)).captureID)).json()).toEqual(second);
  });

  it('of thousands of events comes as a stream', async () => {
    const events = Array.from({ length: 3000 }, (_, at) => own(`LONG${at}`));
    const job = await maker.capture(documentOf(events, beside));
    expect(job).toMatchObject({ success: true, 'halisi:counts': { captured: 3000 } });
    const document = (await (await outOf(maker, job.captureID)).json()) as { epcisBody: { eventList: Json[] } };
    expect(document.epcisBody.eventList).toEqual(events);
  });

  it('is shown to whoever captured it alone', async () => {
    const { captureID } = await maker.capture(documentOf([own('MINE')], beside));
    expect((await outOf(depot, captureID)).status).toBe(404);
    expect((await depot.ask(`/epcis/capture/${captureID}/document`, {}, 'OPTIONS')).status).toBe(404);
    expect((await maker.ask(`/epcis/capture/${captureID}/document`, {}, 'OPTIONS')).status).toBe(204);
  });

  it('is not there where nothing of it was stored', async () => {
    const { captureID } = await maker.capture(documentOf([{ ...own('NOT'), eventTime: 'never' }], beside));
    expect((await outOf(maker, captureID)).status).toBe(404);
  });

  it.each([{ accept: 'text/html' }, { accept: 'application/json', 'gs1-epcis-version': '1.2' }])(
    'is not written as %j asks',
    async (headers) => {
      const { captureID } = await maker.capture(documentOf([own('FORM')], beside));
      expect((await outOf(maker, captureID, headers as unknown as Record<string, string>)).status).toBe(406);
    },
  );
});

/** A shipment as an XML system writes it, with a header of SBDH, master data and an extension. */
const XML_1_2 = `<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:ex="https://example.org/epcis/"
  xmlns:cbvmda="urn:epcglobal:cbv:mda" schemaVersion="1.2" creationDate="2026-11-20T09:00:00Z">
  <EPCISHeader><extension><EPCISMasterData><VocabularyList>
    <Vocabulary type="urn:epcglobal:epcis:vtype:Location"><VocabularyElementList>
      <VocabularyElement id="urn:epc:id:sgln:9521001.00101.0">
        <attribute id="urn:epcglobal:cbv:mda#name">Kilimani factory</attribute>
      </VocabularyElement>
    </VocabularyElementList></Vocabulary>
  </VocabularyList></EPCISMasterData></extension></EPCISHeader>
  <EPCISBody><EventList>
    <ObjectEvent>
      <eventTime>2026-11-20T09:00:00.000+03:00</eventTime>
      <eventTimeZoneOffset>+03:00</eventTimeZoneOffset>
      <epcList><epc>urn:epc:id:sgtin:9521001.000001.XML12A</epc></epcList>
      <action>ADD</action>
      <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
      <disposition>urn:epcglobal:cbv:disp:active</disposition>
      <readPoint><id>urn:epc:id:sgln:9521001.00101.0</id></readPoint>
      <extension><ilmd>
        <cbvmda:lotNumber>EPCIS1</cbvmda:lotNumber>
        <cbvmda:itemExpirationDate>2028-11-30</cbvmda:itemExpirationDate>
      </ilmd></extension>
      <ex:line><ex:number>7</ex:number></ex:line>
    </ObjectEvent>
  </EventList></EPCISBody>
</epcis:EPCISDocument>`;

describe('an XML document', () => {
  const xml = { 'content-type': 'application/xml' };

  it('of version 1.2 is captured, and comes out as 1.2, as 2.0 and as JSON', async () => {
    const job = await maker.capture(XML_1_2, xml);
    expect(job).toMatchObject({ success: true, errors: [], 'halisi:counts': { captured: 1, reported: 0 } });
    const old = await outOf(maker, job.captureID, { accept: 'application/xml; version=1.2' });
    expect(old.headers.get('gs1-epcis-version')).toBe('1.2');
    const text = await old.text();
    expect(text).toContain('urn:epcglobal:epcis:xsd:1');
    expect(text).toContain('urn:epc:id:sgtin:9521001.000001.XML12A');
    expect(text).not.toContain('recordTime');
    const asked = await outOf(maker, job.captureID, { accept: 'text/xml', 'gs1-epcis-version': '1.2' });
    expect(await asked.text()).toBe(text);
    const newer = await (await outOf(maker, job.captureID, { accept: 'application/xml' })).text();
    expect(newer).toContain('urn:epcglobal:epcis:xsd:2');
    const document = (await (await outOf(maker, job.captureID)).json()) as Json;
    expect(document).toMatchObject({
      type: 'EPCISDocument',
      epcisHeader: { epcisMasterData: { vocabularyList: [{ type: 'urn:epcglobal:epcis:vtype:Location' }] } },
      epcisBody: { eventList: [{ type: 'ObjectEvent', action: 'ADD', 'ex:line': { 'ex:number': '7' } }] },
    });
    const again = await maker.capture(text, xml);
    expect(again).toMatchObject({ success: true, 'halisi:counts': { captured: 0, duplicates: 1 } });
    expect((await maker.capture(newer, xml))['halisi:counts']).toMatchObject({ captured: 0, duplicates: 1 });
  });

  it('puts its master data into the view of whoever captured it', async () => {
    const query = `{ masterDataOf(gln: "9521001001014") { statements { attributes { value } } } }`;
    const { masterDataOf } = await app.ask<{ masterDataOf: { statements: unknown[] }[] }>(query, {}, maker.token);
    expect(JSON.stringify(masterDataOf[0]!.statements)).toContain('Kilimani factory');
  });

  it('that is wrong is told by event, place and rule, in XML where that is asked', async () => {
    const wrong = XML_1_2.replace('2026-11-20T09:00:00.000+03:00', 'yesterday').replace('XML12A', 'XML12B');
    const job = await maker.capture(wrong, xml);
    expect(job).toMatchObject({ success: false, 'halisi:counts': { captured: 0, refused: 1 } });
    expect(job.errors[0]!.details).toMatchObject({ index: 0 });
    expect(job.errors[0]!.detail).toContain('eventTime');
    const refused = await maker.post(XML_1_2.slice(0, 500), xml);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toBe('application/problem+xml; charset=utf-8');
    expect(await refused.text()).toMatch(/<detail>[^<]*line \d+/);
  });

  it('of one event is stored at once', async () => {
    const answer = await maker.post(XML_1_2.replace('XML12A', 'XML12C'), xml, '/epcis/events');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toMatch(/^\/epcis\/events\/ni%3A/);
  });
});

describe('an answer with events', () => {
  const eventID = 'urn:uuid:7d3a4b2e-52b6-4b0b-9f0e-2f6f2f7a0b01';
  const ask = (headers: Record<string, string>) => maker.ask(`/epcis/events/${encodeURIComponent(eventID)}`, headers);

  beforeAll(async () => {
    const strange = ['https://id.gs1.org/01/09506000134352/21/STRANGE'];
    const seen = { type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'inspecting', ilmd: undefined };
    await maker.capture(documentOf([commissioning(['FORMS'], { eventID })]));
    await maker.capture(documentOf([commissioning([], { ...seen, epcList: strange, eventID: `${eventID}9` })]));
  });

  it.each([
    [{}, 'https://id.gs1.org/01/09521001000017/21/FORMS'],
    [{ 'gs1-epc-format': 'Never_Translates' }, 'https://id.gs1.org/01/09521001000017/21/FORMS'],
    [{ 'gs1-epc-format': 'Always_GS1_Digital_Link' }, 'https://id.gs1.org/01/09521001000017/21/FORMS'],
    [{ 'gs1-epc-format': 'Always_EPC_URN' }, 'urn:epc:id:sgtin:9521001.000001.FORMS'],
    [
      { 'gs1-epc-format': 'Always_EPC_URN', accept: 'application/xml' },
      '<epc>urn:epc:id:sgtin:9521001.000001.FORMS</epc>',
    ],
    [{ 'gs1-cbv-xml-format': 'Always_URN', accept: 'application/xml' }, 'urn:epcglobal:cbv:bizstep:commissioning'],
    [
      { 'gs1-cbv-xml-format': 'Always_Web_URI', accept: 'application/xml' },
      'https://ref.gs1.org/cbv/BizStep-commissioning',
    ],
  ])('is written as %j asks', async (headers, expected) => {
    const answer = await ask(headers as Record<string, string>);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(expected);
  });

  it('is refused where nobody knows how long the company prefix is', async () => {
    const path = `/epcis/events/${encodeURIComponent(`${eventID}9`)}`;
    expect((await maker.ask(path)).status).toBe(200);
    const answer = await maker.ask(path, { 'gs1-epc-format': 'Always_EPC_URN' });
    expect(answer.status).toBe(406);
    expect(await answer.json()).toMatchObject({
      type: 'epcisException:NotAcceptableException',
      code: 'NOT_TRANSLATABLE',
    });
  });
});

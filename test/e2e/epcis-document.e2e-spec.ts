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

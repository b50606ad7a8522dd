import { gzipSync } from 'node:zlib';
import { commissioning, documentOf, EpcisClient, type Job } from '../support/epcis-client.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';

let app: TestApp;
let maker: EpcisClient;
let depot: EpcisClient;

beforeAll(async () => {
  app = await startApp({
    demo: true,
    env: { EPCIS_CAPTURE_LIMIT: '1000', EPCIS_CAPTURE_FILE_SIZE_LIMIT: '2000000' },
  });
  maker = await EpcisClient.as(app, 'operator@kilimani.example');
  depot = await EpcisClient.as(app, 'operator@pwani.example');
});
afterAll(() => app.close());

const problem = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as object) });
const text = (value: unknown): string => JSON.stringify(value);
const wrong = (serial: string) => commissioning([serial], { eventTime: 'yesterday' });

describe('a document handed in', () => {
  it('is accepted with the URL of its job, whose end tells what was captured', async () => {
    const answer = await maker.post(text(documentOf([commissioning(['ONE1', 'ONE2'])])));
    expect(answer.status).toBe(202);
    const location = answer.headers.get('location')!;
    expect(location).toMatch(/^\/epcis\/capture\/[0-9a-f-]{36}$/);
    const job = await maker.ended(location);
    expect(job).toMatchObject({
      captureID: location.split('/').at(-1),
      running: false,
      success: true,
      captureErrorBehaviour: 'rollback',
      errors: [],
      'halisi:counts': { events: 1, captured: 1, duplicates: 0, reported: 0, refused: 0 },
    });
    expect(Date.parse(job.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(job.createdAt));
  });

  it('stores nothing twice when it comes again', async () => {
    const document = documentOf([commissioning(['TWICE'])]);
    expect((await maker.capture(document))['halisi:counts']).toMatchObject({ captured: 1, duplicates: 0 });
    const again = await maker.capture(document);
    expect(again).toMatchObject({ success: true, 'halisi:counts': { captured: 0, duplicates: 1 } });
  });

  it('may be a query document, unpacked from gzip, of any of the media types', async () => {
    const { epcisBody, ...rest } = documentOf([commissioning(['QUERY'])]);
    const query = {
      ...rest,
      type: 'EPCISQueryDocument',
      epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody: epcisBody } },
    };
    const answer = await maker.post(gzipSync(text(query)), {
      'content-encoding': 'gzip',
      'content-type': 'application/ld+json; charset=utf-8',
    });
    expect(answer.status).toBe(202);
    expect(await maker.ended(answer.headers.get('location')!)).toMatchObject({ success: true });
  });

  it('is refused whole for one invalid event, naming event, place and rule; with proceed the others are stored', async () => {
    const document = documentOf([commissioning(['RULE1']), { ...wrong('RULE2'), eventID: 'urn:uuid:1' }]);
    const refused = await maker.capture(document);
    expect(refused).toMatchObject({ success: false, 'halisi:counts': { events: 2, captured: 0, refused: 1 } });
    expect(refused.errors[0]).toMatchObject({
      type: 'epcisException:ValidationException',
      status: 400,
      details: { index: 1, eventID: 'urn:uuid:1', pointer: '/epcisBody/eventList/1/eventTime' },
    });
    expect(refused.errors[0]!.code).toMatch(/^[A-Z_]+$/);
    const partly = await maker.capture(document, { 'GS1-Capture-Error-Behaviour': 'proceed' });
    expect(partly).toMatchObject({ success: false, captureErrorBehaviour: 'proceed' });
    expect(partly['halisi:counts']).toMatchObject({ events: 2, captured: 1, refused: 1 });
  });

  it('is refused whole for one event that the custody rules refuse, and says where that is', async () => {
    const elsewhere = commissioning(['OWN1'], { epcList: ['https://id.gs1.org/01/09521002000016/21/OWN1'] });
    const document = documentOf([commissioning(['CUST1']), elsewhere]);
    const refused = await maker.capture(document);
    expect(refused.success).toBe(false);
    expect(refused.errors[0]).toMatchObject({ details: { index: 1, pointer: '/epcisBody/eventList/1' } });
    const counts = { captured: 1, refused: 1 };
    expect(await maker.capture(document, { 'GS1-Capture-Error-Behaviour': 'proceed' })).toMatchObject({
      success: false,
      'halisi:counts': counts,
    });
  });

  it('with a thousand wrong events tells of the first hundred, and counts all', async () => {
    const job = await maker.capture(documentOf(Array.from({ length: 1000 }, (_, at) => wrong(`MANY${at}`))));
    expect(job.errors).toHaveLength(100);
    expect(job['halisi:counts']).toMatchObject({ events: 1000, refused: 1000 });
  });

  it('larger than memory would be kept for comes back from the spool', async () => {
    const serials = Array.from({ length: 20_000 }, (_, at) => `SPOOL${at}`);
    const job = await maker.capture(documentOf([commissioning(serials)]));
    expect(job).toMatchObject({ success: true, 'halisi:counts': { events: 1, captured: 1 } });
    // It goes when the job has ended, and not before: a job that ends without its document could not be taken up.
    await eventually('the spool is empty', async () => {
      const [row] = await app.database.query<{ count: number }>(
        'test-spool',
        'select count(*)::int from capture_spool',
      );
      return row?.count === 0;
    });
  });
});

describe('a document that is refused at the door', () => {
  it.each([
    ['no JSON', 'not json', {}, 400, 'ValidationException'],
    ['half of it', text(documentOf([commissioning(['HALF'])])).slice(0, -5), {}, 400, 'ValidationException'],
    ['no document', '{"type":"Parcel"}', {}, 400, 'ValidationException'],
    ['another encoding', Buffer.from([0xff, 0xfe, 0x7b]), {}, 400, 'ValidationException'],
    ['an unknown media type', '{}', { 'content-type': 'text/csv' }, 415, 'UnsupportedMediaTypeException'],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'UnsupportedMediaTypeException',
    ],
    ['an unknown packing', '{}', { 'content-encoding': 'br' }, 415, 'UnsupportedMediaTypeException'],
    ['no gzip', '{}', { 'content-encoding': 'gzip' }, 400, 'ValidationException'],
    ['an unknown behaviour', '{}', { 'gs1-capture-error-behaviour': 'perhaps' }, 406, 'NotAcceptableException'],
    ['too many bytes', ' '.repeat(2_000_001), {}, 413, 'CaptureLimitExceededException'],
    [
      'a gzip bomb',
      gzipSync(' '.repeat(50_000_000)),
      { 'content-encoding': 'gzip' },
      413,
      'CaptureLimitExceededException',
    ],
    [
      'too many events',
      text(documentOf(Array.from({ length: 1001 }, () => ({})))),
      {},
      413,
      'CaptureLimitExceededException',
    ],
  ] as const)('for %s', async (_, body, headers, status, exception) => {
    const answer = await maker.post(body, headers as Record<string, string>);
    expect(await problem(answer)).toMatchObject({ status, type: `epcisException:${exception}` });
    // It goes when the job has ended, and not before: a job that ends without its document could not be taken up.
    await eventually('the spool is empty', async () => {
      const [row] = await app.database.query<{ count: number }>(
        'test-spool',
        'select count(*)::int from capture_spool',
      );
      return row?.count === 0;
    });
  });

  it('says what the limits are', async () => {
    const answer = await maker.post(' '.repeat(2_000_001));
    expect(answer.headers.get('gs1-epcis-capture-limit')).toBe('1000');
    expect(answer.headers.get('gs1-epcis-capture-file-size-limit')).toBe('2000000');
  });

  it('for who may not capture, whoever that is', async () => {
    const viewer = await EpcisClient.as(app, 'viewer@kibera.example');
    expect(await problem(await viewer.post('{}'))).toMatchObject({
      status: 403,
      type: 'epcisException:SecurityException',
    });
    const stranger = new EpcisClient(app.url, 'none');
    expect(await problem(await stranger.post('{}'))).toMatchObject({ status: 401 });
  });
});

describe('/epcis/capture', () => {
  it('announces its limits and behaviours', async () => {
    const { status, headers } = await maker.ask('/epcis/capture', {}, 'OPTIONS');
    expect(status).toBe(204);
    expect(headers.get('allow')).toBe('OPTIONS, POST, GET');
    expect(headers.get('gs1-epcis-capture-limit')).toBe('1000');
    expect(headers.get('gs1-epcis-capture-file-size-limit')).toBe('2000000');
    expect(headers.get('gs1-capture-error-behaviour')).toBe('all');
  });

  it('lists the jobs of one organisation, newest first, page by page', async () => {
    await depot.capture(documentOf([]));
    const last = await depot.capture(documentOf([]));
    const first = await depot.ask('/epcis/capture?perPage=1');
    expect((await first.json()) as Job[]).toEqual([last]);
    const next = /^<(.*)>; rel="next"$/.exec(first.headers.get('link')!)![1]!;
    expect(Date.parse(first.headers.get('gs1-next-page-token-expires')!)).toBeGreaterThan(Date.now());
    const second = await depot.ask(next);
    const older = (await second.json()) as Job[];
    expect(older).toHaveLength(1);
    expect(older[0]!.captureID).not.toBe(last.captureID);
    expect(second.headers.get('link')).toBeNull();
  });

  it.each(['perPage=0', 'perPage=x', 'nextPageToken=x', 'nextPageToken=WzEsIjIiXQ'])('refuses %s', async (query) => {
    const answer = await maker.ask(`/epcis/capture?${query}`);
    expect(await problem(answer)).toMatchObject({ status: 400, type: 'epcisException:QueryParameterException' });
  });

  it('hides the job of another organisation, and its options', async () => {
    const { captureID } = await maker.capture(documentOf([]));
    for (const method of ['GET', 'OPTIONS']) {
      expect((await depot.ask(`/epcis/capture/${captureID}`, {}, method)).status).toBe(404);
      expect((await maker.ask(`/epcis/capture/${captureID}`, {}, method)).ok).toBe(true);
    }
    expect(await problem(await maker.ask('/epcis/capture/1'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('tells jobs in XML too', async () => {
    const { captureID } = await maker.capture(documentOf([wrong('XML')]));
    const xml = await (await maker.ask(`/epcis/capture/${captureID}`, { accept: 'application/xml' })).text();
    expect(xml).toMatch(/<epcis:EPCISCaptureJob [^>]*running="false" success="false" captureID="/);
    expect(xml).toContain('<captureErrorBehaviour>rollback</captureErrorBehaviour><createdAt>');
    expect(xml).toContain('<errors><error><type>epcisException:ValidationException</type>');
    const list = await (await maker.ask('/epcis/capture?perPage=1', { accept: 'text/xml' })).text();
    expect(list).toContain(`captureID="${captureID}"`);
  });
});

describe('documents of one organisation', () => {
  it('are captured in the order in which they were accepted', async () => {
    const pallet = (serial: string, action: string, at: number) => ({
      ...commissioning([]),
      ilmd: undefined,
      eventTime: `2026-11-21T09:00:0${at}.000+03:00`,
      type: 'AggregationEvent',
      action,
      bizStep: action === 'ADD' ? 'packing' : 'unpacking',
      epcList: undefined,
      parentID: 'https://id.gs1.org/00/095210010000000123',
      childEPCs: [`https://id.gs1.org/01/09521001000017/21/${serial}`],
    });
    await maker.capture(documentOf([commissioning(['ORDER'])]));
    const answers: Promise<Job>[] = [];
    for (let at = 0; at < 8; at++) {
      const event = pallet('ORDER', at % 2 === 0 ? 'ADD' : 'DELETE', at);
      const answer = await maker.post(text(documentOf([event])));
      answers.push(maker.ended(answer.headers.get('location')!));
    }
    for (const job of await Promise.all(answers)) {
      expect(job).toMatchObject({ success: true, errors: [], 'halisi:counts': { captured: 1, reported: 0 } });
    }
  });
});

describe('POST /epcis/events', () => {
  const post = (event: unknown) => maker.post(text(event), {}, '/epcis/events');

  it('stores one event and answers it with its place', async () => {
    const answer = await post(commissioning(['SINGLE1']));
    expect(answer.status).toBe(201);
    const event = (await answer.json()) as { eventID: string; recordTime: string };
    expect(event).toMatchObject({ type: 'ObjectEvent', eventID: expect.stringMatching(/^ni:/) });
    expect(answer.headers.get('location')).toBe(`/epcis/events/${encodeURIComponent(event.eventID)}`);
    const again = await post(commissioning(['SINGLE1']));
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(event);
  });

  it('refuses another event under the same eventID', async () => {
    const eventID = 'urn:uuid:6f4e17cc-8ae9-4f0c-9fd4-3e51f2a0a001';
    expect((await post(commissioning(['SINGLE2'], { eventID }))).status).toBe(201);
    expect(await problem(await post(commissioning(['SINGLE3'], { eventID })))).toMatchObject({
      status: 409,
      type: 'epcisException:ResourceAlreadyExistsException',
      code: 'EVENT_ID_TAKEN',
    });
  });

  it.each([
    ['an event that is none', wrong('SINGLE4'), 400],
    ['two events', documentOf([commissioning(['A']), commissioning(['B'])]), 413],
    ['no event', documentOf([]), 400],
  ])('refuses %s', async (_, body, status) => {
    expect(await problem(await post(body))).toMatchObject({ status });
  });
});

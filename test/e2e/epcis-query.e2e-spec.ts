import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { eventually } from '../support/eventually.js';
import { eventsIn } from '../support/webhook-receiver.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const FACTORY_LINK = `https://id.gs1.org/414/${FACTORY}`;
const epc = (serial: string) => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
const encoded = encodeURIComponent;

let app: TestApp;
const tokens: Record<string, string> = {};
let clock = Date.now() - 3_600_000;
const made: string[] = [];

async function rest(
  method: string,
  path: string,
  { as = 'maker', body, headers = {} }: Partial<{ as: string; body: unknown; headers: Record<string, string> }> = {},
) {
  const response = await app.rest(path, {
    method,
    headers: {
      authorization: `Bearer ${tokens[as]}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (json ? JSON.parse(text) : null) as Record<string, unknown>,
  };
}

const idsOf = (text: string) => eventsIn(text).map(({ eventID }) => eventID);

async function step(name: string, input: Record<string, unknown>, as = 'maker') {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { step: ${name}(input: $input) { event { eventID position document } } }`;
  const eventTime = new Date((clock += 1000)).toISOString();
  type Step = { step: { event: { eventID: string; position: number; document: Record<string, unknown> } } };
  return (await app.ask<Step>(query, { input: { eventTime, site: FACTORY, ...input } }, tokens[as])).step.event;
}

/** Every page of a list, by the links that its answers give. */
async function pages(path: string, as = 'maker') {
  const found: { headers: Headers; text: string; body: Record<string, unknown> }[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page: Awaited<ReturnType<typeof rest>> = await rest('GET', next, { as });
    expect(page.status).toBe(200);
    found.push(page);
    next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    if (next !== undefined)
      expect(Date.parse(page.headers.get('gs1-next-page-token-expires')!)).toBeGreaterThan(Date.now());
  }
  return found;
}

beforeAll(async () => {
  app = await startApp({ demo: true });
  const people = {
    maker: 'operator@kilimani.example',
    admin: 'admin@kilimani.example',
    stranger: 'operator@ziwa.example',
    regulator: 'inspector@authority.example',
    auditor: 'auditor@uwazi.example',
  };
  for (const [name, email] of Object.entries(people)) tokens[name] = await tokenOf(app, email);
  const lot = { gtin: GTIN, number: 'QUERY-1', expiry: '2030-06-30', quantity: 1000 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: lot },
    tokens['maker'],
  );
  for (let index = 0; index < 7; index++) {
    made.push((await step('commission', { gtin: GTIN, lot: 'QUERY-1', serials: [`Q${index}`] })).eventID);
  }
  const packed = await step('pack', { epcs: [epc('Q0'), epc('Q1')] });
  made.push(packed.eventID);
}, 180_000);
afterAll(() => app.close());

describe('/epcis', () => {
  it('names its resources, and every one of them says what it understands', async () => {
    const { body } = await rest('GET', '/epcis');
    const names = body['member'] as string[];
    expect(names).toHaveLength(9);
    const value = encoded(epc('Q0'));
    await rest('POST', '/epcis/queries', { body: { name: 'discovered', query: {} } });
    const lists = names.filter((name) => !['capture', 'queries', 'events'].includes(name));
    const paths = [
      ...names,
      ...lists.flatMap((name) => [`${name}/${value}`, `${name}/${value}/events`]),
      ...['events/x', 'queries/discovered', 'queries/discovered/events', 'queries/discovered/subscriptions'],
      'nextPageToken/x',
    ].filter((path) => path !== 'capture');
    for (const path of paths) {
      const answer = await rest('OPTIONS', `/epcis/${path}`);
      expect([path, answer.status]).toEqual([path, 204]);
      expect(answer.headers.get('allow')).toMatch(/^OPTIONS, /);
      expect(answer.headers.get('gs1-epcis-version')).toBe('2.0');
    }
  });

  it.each([
    '/epcis/unknown',
    '/epcis/unknown/x',
    '/epcis/unknown/x/events',
    '/epcis/bizSteps/nothing',
    `/epcis/epcs/${encoded(epc('none'))}`,
  ])('has no %s', async (path) => {
    expect((await rest('GET', path)).body).toMatchObject({ status: 404, type: 'epcisException:NoSuchNameException' });
  });

  it('is closed to strangers', async () => {
    for (const path of ['events', 'queries', 'epcs', 'bizSteps', 'queries/x/subscriptions']) {
      const response = await app.rest(`/epcis/${path}`);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ type: 'epcisException:SecurityException' });
    }
  });
});

describe('events', () => {
  it('are listed the newest first, page by page, and stay in their places while others arrive', async () => {
    const first = await rest('GET', '/epcis/events?perPage=3');
    const last = await step('commission', { gtin: GTIN, lot: 'QUERY-1', serials: ['LATE'] });
    const rest1 = await pages(/<([^>]+)>/.exec(first.headers.get('link')!)![1]!);
    const ids = [first, ...rest1].flatMap(({ text }) => idsOf(text));
    expect(ids).toEqual([...made].reverse());
    expect((await pages('/epcis/events?perPage=100')).flatMap(({ text }) => idsOf(text))).toEqual([
      last.eventID,
      ...[...made].reverse(),
    ]);
    made.push(last.eventID);
  });

  it('are found by parameters, and by resources that stand for one', async () => {
    const packing = [made[7]];
    const found = async (path: string) => (await pages(path)).flatMap(({ text }) => idsOf(text));
    expect(await found('/epcis/events?EQ_bizStep=packing|shipping')).toEqual(packing);
    expect(await found('/epcis/events?EQ_bizStep=urn%3Aepcglobal%3Acbv%3Abizstep%3Apacking')).toEqual(packing);
    expect(await found('/epcis/bizSteps/packing/events')).toEqual(packing);
    expect(await found('/epcis/eventTypes/AggregationEvent/events')).toEqual(packing);
    expect(await found(`/epcis/epcs/${encoded(epc('Q0'))}/events`)).toEqual([made[7], made[0]]);
    expect(await found(`/epcis/epcs/${encoded(epc('Q0'))}/events?EQ_bizStep=commissioning`)).toEqual([made[0]]);
    expect(await found(`/epcis/readPoints/${encoded(FACTORY_LINK)}/events`)).toHaveLength(made.length);
    expect(await found('/epcis/events?eventCountLimit=2&perPage=1')).toHaveLength(2);
    expect(await found(`/epcis/events?GE_eventTime=${new Date(clock).toISOString()}`)).toEqual([made.at(-1)]);
  });

  it('have an address each', async () => {
    const { text, status } = await rest('GET', `/epcis/events/${encoded(made[0]!)}`);
    expect(status).toBe(200);
    expect(idsOf(text)).toEqual([made[0]]);
    expect((await rest('GET', `/epcis/events/${encoded(made[0]!)}`, { as: 'stranger' })).status).toBe(404);
    expect((await rest('GET', '/epcis/events/ni%3A%2F%2F%2Fsha-256%3Bxx')).status).toBe(404);
  });

  it('of others are read by those who oversee, and that is recorded', async () => {
    const { text } = await rest('GET', '/epcis/events?perPage=100', { as: 'regulator' });
    expect(idsOf(text)).toEqual(expect.arrayContaining(made));
    const trail = '{ accessTrail(first: 20) { nodes { operation } } }';
    const { accessTrail } = await app.ask<{ accessTrail: { nodes: { operation: string }[] } }>(
      trail,
      {},
      tokens['admin'],
    );
    expect(accessTrail.nodes.map(({ operation }) => operation)).toContain('GET /epcis/events');
    expect((await pages('/epcis/events', 'stranger')).flatMap(({ text: each }) => idsOf(each))).toEqual([]);
  });

  it.each([
    ['an unknown parameter', 'EQ_nothing=x', 'PARAMETER_UNKNOWN'],
    ['a bad time', 'GE_eventTime=yesterday', 'PARAMETER_INVALID'],
    ['a parameter twice', 'EQ_bizStep=packing&EQ_bizStep=shipping', 'PARAMETER_REPEATED'],
    ['both counts', 'eventCountLimit=1&maxEventCount=1', 'PARAMETERS_CONTRADICT'],
    ['a page of none', 'perPage=0', 'PER_PAGE_INVALID'],
    ['a token that never was', 'nextPageToken=x', 'PAGE_TOKEN_INVALID'],
    ['what nothing encodes', 'EQ_bizStep=%zz', 'URL_MALFORMED'],
  ])('are refused with %s', async (_what, query, code) => {
    expect((await rest('GET', `/epcis/events?${query}`)).body).toMatchObject({
      ...{ status: 400, type: 'epcisException:QueryParameterException', code },
    });
  });

  it('are refused with too long an address', async () => {
    const { body } = await rest('GET', `/epcis/events?EQ_eventID=${'x'.repeat(9000)}`);
    expect(body).toMatchObject({ status: 414, type: 'epcisException:URITooLongException' });
  });
});

describe('a page token', () => {
  const tokenIn = (headers: Headers) => /nextPageToken=([^&>]+)/.exec(headers.get('link')!)![1]!;

  it('belongs to one list, one organisation, and those who did not end it', async () => {
    const token = tokenIn((await rest('GET', '/epcis/events?perPage=2')).headers);
    const refused = { status: 400, code: 'PAGE_TOKEN_INVALID' };
    expect((await rest('GET', `/epcis/events?perPage=5&nextPageToken=${token}`)).status).toBe(200);
    expect((await rest('GET', `/epcis/events?EQ_action=ADD&nextPageToken=${token}`)).body).toMatchObject(refused);
    expect((await rest('GET', `/epcis/epcs?nextPageToken=${token}`)).body).toMatchObject(refused);
    expect((await rest('GET', `/epcis/events?nextPageToken=${token}`, { as: 'regulator' })).body).toMatchObject(
      refused,
    );
    expect((await rest('DELETE', `/epcis/nextPageToken/${token}`, { as: 'stranger' })).status).toBe(404);
    expect((await rest('DELETE', `/epcis/nextPageToken/${token}`)).status).toBe(204);
    expect((await rest('GET', `/epcis/events?nextPageToken=${token}`)).body).toMatchObject(refused);
    expect((await rest('DELETE', `/epcis/nextPageToken/${token}`)).status).toBe(404);
  });

  it('expires', async () => {
    const token = tokenIn((await rest('GET', '/epcis/events?perPage=2')).headers);
    await app.database.execute('test-expire', `update page_token set expires_at = now() - interval '1 second'`);
    expect((await rest('GET', `/epcis/events?nextPageToken=${token}`)).body).toMatchObject({
      code: 'PAGE_TOKEN_INVALID',
    });
  });
});

describe('what events use', () => {
  const members = async (path: string, as = 'maker') =>
    (await pages(path, as)).flatMap(({ body }) => body['member'] as string[]);

  it('is listed: words of the standard always, the rest as it is seen', async () => {
    expect(await members('/epcis/eventTypes')).toHaveLength(5);
    expect(await members('/epcis/bizSteps?perPage=10')).toHaveLength(41);
    expect(new Set(await members('/epcis/dispositions?perPage=7')).size).toBe(33);
    await eventually('the factory', async () => (await members('/epcis/readPoints')).includes(FACTORY_LINK));
    expect(await members('/epcis/bizLocations')).toEqual([FACTORY_LINK]);
    expect(await members('/epcis/readPoints', 'stranger')).toEqual([]);
    expect(await members('/epcis/readPoints', 'regulator')).toContain(FACTORY_LINK);
    expect((await rest('GET', `/epcis/readPoints/${encoded(FACTORY_LINK)}`)).body['member']).toEqual(['events']);
    expect((await rest('GET', `/epcis/readPoints/${encoded(FACTORY_LINK)}`, { as: 'stranger' })).status).toBe(404);
  });

  it('has every EPC once, whatever the size of a page', async () => {
    const one = await members('/epcis/epcs?perPage=1');
    expect(new Set(one).size).toBe(one.length);
    expect(one.filter((each) => each.includes('/01/')).sort()).toEqual(
      [...Array.from({ length: 7 }, (_, index) => epc(`Q${index}`)), epc('LATE')].sort(),
    );
    expect(await members('/epcis/epcs?perPage=4')).toEqual(one);
    expect(await members('/epcis/epcs', 'stranger')).toEqual([]);
    expect((await rest('GET', `/epcis/epcs/${encoded(epc('Q3'))}`)).body).toMatchObject({
      type: 'Collection',
      member: ['events'],
    });
  });

  it('is told in XML to who asks', async () => {
    const { text, headers } = await rest('GET', '/epcis/eventTypes', { headers: { accept: 'application/xml' } });
    expect(headers.get('content-type')).toContain('application/xml');
    expect(text).toContain('<member>ObjectEvent</member>');
  });
});

describe('named queries', () => {
  it('are kept for an organisation, found, and removed', async () => {
    const definition = {
      name: 'Ours & theirs'.replace('&', '+'),
      query: { EQ_bizStep: ['packing'], eventType: ['AggregationEvent'] },
    };
    const created = await rest('POST', '/epcis/queries', { body: definition });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/epcis/queries/${encoded(definition.name)}`);
    const path = created.headers.get('location')!;
    expect((await rest('GET', path)).body).toEqual(definition);
    expect((await rest('POST', '/epcis/queries', { body: definition })).body).toMatchObject({
      ...{ status: 409, type: 'epcisException:ResourceAlreadyExistsException' },
    });
    const { text } = await rest('GET', `${path}/events`);
    expect(idsOf(text)).toEqual([made[7]]);
    expect(text).toContain('"queryName":"Ours + theirs"');
    expect((await rest('GET', path, { as: 'stranger' })).status).toBe(404);
    expect((await rest('DELETE', path, { as: 'stranger' })).status).toBe(404);
    expect((await rest('DELETE', path, { as: 'auditor' })).status).toBe(403);
    expect((await rest('POST', '/epcis/queries', { as: 'stranger', body: definition })).status).toBe(201);
    expect((await rest('DELETE', path)).status).toBe(204);
    expect((await rest('GET', path)).status).toBe(404);
    expect((await rest('GET', path, { as: 'stranger' })).status).toBe(200);
  });

  it('are listed page by page', async () => {
    for (const name of ['b', 'a', 'c']) await rest('POST', '/epcis/queries', { body: { name, query: {} } });
    const listed = (await pages('/epcis/queries?perPage=2')).flatMap(
      ({ body }) => body as unknown as { name: string }[],
    );
    expect(listed.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'discovered']);
  });

  it('have results of more than one page', async () => {
    await rest('POST', '/epcis/queries', { body: { name: 'all', query: {} } });
    const found = (await pages('/epcis/queries/all/events?perPage=3')).flatMap(({ text }) => idsOf(text));
    expect(found).toEqual([...made].reverse());
    const { body } = await rest('GET', '/epcis/queries/all/events?stream=true');
    expect(body).toMatchObject({ status: 400, code: 'PARAMETER_UNKNOWN', details: { parameter: 'stream' } });
  });

  it.each<[string, unknown, string]>([
    ['no object', [], 'QUERY_DEFINITION_INVALID'],
    ['no query', { name: 'x' }, 'QUERY_DEFINITION_INVALID'],
    ['a name that is the standard’s', { name: 'SimpleEventQuery', query: {} }, 'QUERY_DEFINITION_INVALID'],
    ['a name with a slash', { name: 'a/b', query: {} }, 'QUERY_DEFINITION_INVALID'],
    ['another member', { name: 'x', query: {}, schedule: {} }, 'QUERY_DEFINITION_INVALID'],
    ['a parameter that is none', { name: 'x', query: { EQ_nothing: ['x'] } }, 'PARAMETER_UNKNOWN'],
    ['a value that is none', { name: 'x', query: { EQ_bizStep: [{}] } }, 'PARAMETER_INVALID'],
  ])('are refused with %s', async (_what, body, code) => {
    expect((await rest('POST', '/epcis/queries', { body })).body).toMatchObject({ status: 400, code });
    expect((await rest('GET', '/epcis/queries/x')).status).toBe(404);
  });

  it('are refused in another media type, and told in JSON alone', async () => {
    const xml = await rest('POST', '/epcis/queries', { body: {}, headers: { 'content-type': 'application/xml' } });
    expect(xml.status).toBe(415);
    expect((await rest('GET', '/epcis/queries', { headers: { accept: 'application/xml' } })).status).toBe(406);
  });
});

import { once } from 'node:events';
import WebSocket from 'ws';
import { eventually } from '../support/eventually.js';
import { subscribe } from '../support/graphql-subscription.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { eventsIn } from '../support/webhook-receiver.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';

let app: TestApp;
let maker: string;
let clock = Date.now() - 3_600_000;

async function commission(count: number): Promise<string[]> {
  const made: string[] = [];
  for (let at = 0; at < count; at++) {
    const eventTime = new Date((clock += 1000)).toISOString();
    const input = { eventTime, site: FACTORY, gtin: GTIN, lot: 'SOCKET-1', serials: [`W${clock}`] };
    const query = `mutation ($input: CommissionInput!) { step: commission(input: $input) { event { eventID } } }`;
    made.push((await app.ask<{ step: { event: { eventID: string } } }>(query, { input }, maker)).step.event.eventID);
  }
  return made;
}

const rest = (method: string, path: string, body?: unknown, token = maker) =>
  app.rest(path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

class Listener {
  readonly messages: string[] = [];
  minRecordTime: unknown;
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.messages.push(data.toString()));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
    socket.on('upgrade', ({ headers }) => (this.minRecordTime = headers['gs1-query-min-record-time']));
  }

  get eventIds(): readonly unknown[] {
    return this.messages.flatMap((message) => eventsIn(message).map(({ eventID }) => eventID));
  }
}

const address = (path: string): string => `${app.url.replace('http', 'ws')}${path}`;

async function listen(path: string, token = maker): Promise<Listener> {
  const listener = new Listener(new WebSocket(address(path), { headers: { authorization: `Bearer ${token}` } }));
  await once(listener.socket, 'open');
  return listener;
}

/** The answer to a request that was not upgraded. */
async function refusal(path: string, token: string | null = maker) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(address(path), { headers });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  let text = '';
  for await (const chunk of response) text += chunk.toString();
  return JSON.parse(text) as Record<string, unknown>;
}

beforeAll(async () => {
  app = await startApp({ demo: true });
  maker = await tokenOf(app, 'operator@kilimani.example');
  const lot = { gtin: GTIN, number: 'SOCKET-1', expiry: '2030-06-30', quantity: 1000 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: lot },
    maker,
  );
  for (const [name, query] of Object.entries({ all: {}, packing: { EQ_bizStep: ['packing'] } }))
    expect((await rest('POST', '/epcis/queries', { name, query })).status).toBe(201);
}, 180_000);
afterAll(() => app.close());

describe('a WebSocket to the events of a named query', () => {
  it('gets what is captured from then on, each event once and in order', async () => {
    await commission(1);
    const all = await listen('/epcis/queries/all/events?stream=true');
    const packing = await listen('/epcis/queries/packing/events?stream=true');
    const made = await commission(4);
    await eventually('four events', () => all.eventIds.length === 4);
    expect(all.eventIds).toEqual(made);
    expect(packing.messages).toEqual([]);
    [all, packing].forEach(({ socket }) => socket.close());
  });

  it('begins where it is asked to', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const all = await listen(`/epcis/queries/all/events?stream=true&initialRecordTime=${encodeURIComponent(since)}`);
    await eventually('the events before', () => all.eventIds.length >= 5);
    expect(all.minRecordTime).toBe(since);
    all.socket.close();
  });

  it('reports by a schedule, also that there is nothing', async () => {
    const all = await listen('/epcis/queries/all/events?second=0/1&reportIfEmpty=true');
    await eventually('an empty report', () => all.messages.length >= 1);
    expect(eventsIn(all.messages[0]!)).toEqual([]);
    const made = await commission(1);
    await eventually('the event', () => all.eventIds.length === 1);
    expect(all.eventIds).toEqual(made);
    all.socket.close();
  });

  it('is open to browsers, which can set no header', async () => {
    const socket = new WebSocket(address('/epcis/queries/all/events?stream=true'), ['epcis', `bearer.${maker}`]);
    await once(socket, 'open');
    expect(socket.protocol).toBe('epcis');
    socket.close();
  });

  it('stands beside the subscriptions of GraphQL', async () => {
    const all = await listen('/epcis/queries/all/events?stream=true');
    const live = await subscribe<unknown>(app.url, 'subscription { eventCaptured { position } }', {}, maker);
    await commission(1);
    await eventually('both', () => all.eventIds.length === 1 && live.received.length === 1);
    await live.close();
    all.socket.close();
  });

  it('is closed with its query, with its token and with too much that it says', async () => {
    await rest('POST', '/epcis/queries', { name: 'short', query: {} });
    const short = await listen('/epcis/queries/short/events?stream=true');
    const talker = await listen('/epcis/queries/all/events?stream=true');
    await rest('DELETE', '/epcis/queries/short');
    talker.socket.send('x'.repeat(2000));
    await eventually('the end of both', () => short.closed && talker.closed);
    expect([short.closed!.code, talker.closed!.code]).toEqual([1008, 1009]);
    const signIn =
      'mutation { signIn(email: "admin@kilimani.example", password: "genuine-medicine") { accessToken refreshToken } }';
    const session = (await app.ask<{ signIn: { accessToken: string } }>(signIn)).signIn.accessToken;
    const ending = await listen('/epcis/queries/all/events?stream=true', session);
    await app.ask('mutation { signOut }', {}, session);
    await eventually('the end', () => ending.closed);
    expect(ending.closed!.code).toBe(1008);
  });

  it.each<[string, string, number, string]>([
    ['neither a stream nor a schedule', '/epcis/queries/all/events', 400, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['both', '/epcis/queries/all/events?stream=true&hour=1', 400, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['a bad schedule', '/epcis/queries/all/events?hour=99', 400, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['parameters of a query', '/epcis/queries/all/events?stream=true&EQ_bizStep=packing', 400, 'PARAMETER_UNKNOWN'],
    ['an unknown query', '/epcis/queries/none/events?stream=true', 404, 'NOT_FOUND'],
    ['a name that nothing encodes', '/epcis/queries/%zz/events?stream=true', 400, 'URL_MALFORMED'],
    ['too long an address', `/epcis/events?stream=true&x=${'y'.repeat(9000)}`, 414, 'URI_TOO_LONG'],
  ])('is refused with %s', async (_what, path, status, code) => {
    expect(await refusal(path)).toMatchObject({ status, code });
  });

  it('is refused to strangers, and to other organisations as if the query were not there', async () => {
    const path = '/epcis/queries/all/events?stream=true';
    expect(await refusal(path, null)).toMatchObject({ status: 401 });
    expect(await refusal(path, 'x.y.z')).toMatchObject({ status: 401 });
    expect(await refusal(path, await tokenOf(app, 'operator@ziwa.example'))).toMatchObject({ status: 404 });
  });
});

describe('a WebSocket to events', () => {
  it('has its query in its address', async () => {
    const packing = await listen('/epcis/events?stream=true&EQ_bizStep=packing');
    const commissioning = await listen('/epcis/events?stream=true&EQ_bizStep=commissioning');
    const made = await commission(2);
    await eventually('two events', () => commissioning.eventIds.length === 2);
    expect(commissioning.eventIds).toEqual(made);
    expect(packing.messages).toEqual([]);
    [packing, commissioning].forEach(({ socket }) => socket.close());
  });
});

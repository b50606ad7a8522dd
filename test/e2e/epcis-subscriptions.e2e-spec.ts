import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type Behaviour, documentIn, eventsIn, isSigned, WebhookReceiver } from '../support/webhook-receiver.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const epc = (serial: string) => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
const WEBHOOKS = {
  HALISI_WEBHOOK_ALLOW_PRIVATE: '1',
  HALISI_WEBHOOK_TIMEOUT_MS: '400',
  HALISI_WEBHOOK_RETRY_SECONDS: '60',
};

interface Subscription {
  readonly subscriptionID: string;
  readonly state: string;
  readonly deadLetters: number;
  readonly failing?: { readonly problem: string; readonly status: number | null };
  readonly [name: string]: unknown;
}

let app: TestApp;
let maker: string;
let admin: string;
let clock = Date.now() - 3_600_000;
let serial = 0;

async function rest(method: string, path: string, body?: unknown, token = maker, at: TestApp = app) {
  const response = await at.rest(path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as never };
}

/** Commissions packs, one an event; answers the eventIDs in their order. */
async function commission(
  count: number,
  first = `S${(serial += 1)}`,
  at: TestApp = app,
  token = maker,
): Promise<string[]> {
  const made: string[] = [];
  for (let index = 0; index < count; index++) {
    const input = {
      eventTime: new Date((clock += 1000)).toISOString(),
      site: FACTORY,
      gtin: GTIN,
      lot: 'HOOK-1',
      serials: [`${first}x${index}`],
    };
    const query = `mutation ($input: CommissionInput!) { step: commission(input: $input) { event { eventID } } }`;
    made.push((await at.ask<{ step: { event: { eventID: string } } }>(query, { input }, token)).step.event.eventID);
  }
  return made;
}

/** What happens to one pack, in order: it is packed and unpacked again and again. */
async function lifeOfPack(rounds: number): Promise<string[]> {
  const name = `L${(serial += 1)}`;
  const made = await commission(1, name);
  const step = async (what: string, input: Record<string, unknown>) => {
    const query = `mutation ($input: ${what[0]!.toUpperCase()}${what.slice(1)}Input!) {
      step: ${what}(input: $input) { event { eventID document } } }`;
    const eventTime = new Date((clock += 1000)).toISOString();
    type Step = { step: { event: { eventID: string; document: Record<string, unknown> } } };
    const { event } = (await app.ask<Step>(query, { input: { eventTime, site: FACTORY, ...input } }, maker)).step;
    made.push(event.eventID);
    return event.document;
  };
  for (let round = 0; round < rounds; round++) {
    const { parentID } = await step('pack', { epcs: [epc(`${name}x0`)] });
    await step('unpack', { sscc: String(parentID).split('/').at(-1)!, epcs: [epc(`${name}x0`)] });
  }
  return made;
}

let named = 0;
async function subscribed(receiver: WebhookReceiver, controls: Record<string, unknown>, query: unknown = {}) {
  const name = `query-${(named += 1)}`;
  expect((await rest('POST', '/epcis/queries', { name, query })).status).toBe(201);
  const path = `/epcis/queries/${name}/subscriptions`;
  const made = await rest('POST', path, { dest: receiver.url, ...controls });
  expect(made).toMatchObject({ status: 201 });
  const { subscriptionID } = made.body as Subscription;
  const of = `${path}/${subscriptionID}`;
  return { name, path: of, id: subscriptionID, look: async () => (await rest('GET', of)).body as Subscription };
}

const receivers: WebhookReceiver[] = [];
async function receiver(behaviour: WebhookReceiver['behaviour'] = 200): Promise<WebhookReceiver> {
  const made = new WebhookReceiver();
  made.behaviour = behaviour;
  receivers.push(made);
  return made.start();
}

beforeAll(async () => {
  app = await startApp({ demo: true, env: WEBHOOKS });
  maker = await tokenOf(app, 'operator@kilimani.example');
  admin = await tokenOf(app, 'admin@kilimani.example');
  const lot = { gtin: GTIN, number: 'HOOK-1', expiry: '2030-06-30', quantity: 1000 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: lot },
    maker,
  );
}, 180_000);
afterAll(async () => {
  await Promise.all(receivers.map((each) => each.stop()));
  await app.close();
});
afterEach(async () => {
  const { body } = await rest('GET', '/epcis/queries?perPage=1000');
  for (const { name } of body as { name: string }[]) await rest('DELETE', `/epcis/queries/${name}`);
});

describe('a subscription to a stream', () => {
  it('posts what is captured from then on, in a query document that is signed', async () => {
    await commission(1);
    const partner = await receiver();
    const { id, name, look } = await subscribed(partner, { stream: true, signatureToken: 'a secret of both' });
    const made = await commission(3);
    await eventually('three events', () => partner.eventIds.length === 3);
    expect(partner.eventIds).toEqual(made);
    for (const each of partner.taken) {
      expect(isSigned(each, 'a secret of both')).toBe(true);
      expect(isSigned(each, 'another')).toBe(false);
      expect(each.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(Date.parse(String(each.headers['gs1-query-min-record-time']))).not.toBeNaN();
      expect(documentIn(each.body)).toMatchObject({
        type: 'EPCISQueryDocument',
        epcisBody: { queryResults: { queryName: name, subscriptionID: id } },
      });
    }
    const shown = await look();
    expect(shown).toMatchObject({ stream: true, state: 'active', signed: true, deadLetters: 0 });
    expect(shown['lastNotifiedAt']).toBeDefined();
    expect(JSON.stringify(shown)).not.toContain('a secret of both');
  });

  it('begins where its initial record time says', async () => {
    const before = await commission(2);
    const middle = await commission(2);
    const partner = await receiver();
    const { body } = await rest('GET', `/epcis/events/${encodeURIComponent(middle[0]!)}`);
    const [event] = eventsIn(JSON.stringify(body));
    await subscribed(partner, { stream: true, initialRecordTime: event!['recordTime'] });
    await eventually('the last event', () => partner.eventIds.includes(middle[1]));
    expect(partner.eventIds).not.toContain(before[0]);
    expect(partner.eventIds.slice(-2)).toEqual(middle);
  });

  it('posts what its query finds alone', async () => {
    const partner = await receiver();
    await subscribed(partner, { stream: true }, { EQ_bizStep: ['packing'] });
    const life = await lifeOfPack(2);
    await eventually('two events', () => partner.eventIds.length === 2);
    expect(partner.eventIds).toEqual([life[1], life[3]]);
  });

  it('reaches a receiver that fails, hangs, is slow and restarts with every event, those of one pack in order', async () => {
    const troubles: readonly Behaviour[] = [
      500,
      'hang',
      { status: 200, afterMs: 300 },
      503,
      { status: 200, afterMs: 2000 },
    ];
    const partner = await receiver((index) => troubles[index % 7] ?? 200);
    const { look } = await subscribed(partner, { stream: true });
    const made = await lifeOfPack(3);
    await eventually('a failure that is told', async () => (await look()).failing);
    await partner.stop();
    made.push(...(await lifeOfPack(3)));
    await eventually('a refused connection', async () => /ECONN/.test((await look()).failing?.problem ?? ''));
    await partner.start();
    made.push(...(await lifeOfPack(2)));
    await eventually('every event', () => made.every((id) => partner.eventIds.includes(id)), 90_000);
    const order = partner.received.filter(({ status }) => status === 200).flatMap(({ body }) => eventsIn(body));
    const ids = [...new Set(order.map(({ eventID }) => eventID))];
    expect(ids).toEqual(made);
    const repeated = partner.received.map(({ headers }) => headers['halisi-delivery-id']);
    expect(new Set(repeated).size).toBeLessThan(repeated.length);
    await eventually('no failure any more', async () => (await look()).state === 'active');
  }, 120_000);

  it('sends less at once to a receiver that says 413', async () => {
    const partner = await receiver();
    partner.behaviour = () =>
      eventsIn(partner.received.at(-1)?.body ?? '{"epcisBody":{"queryResults":{"resultsBody":{"eventList":[]}}}}')
        .length > 2
        ? 413
        : 200;
    await partner.stop();
    const { look } = await subscribed(partner, { stream: true });
    const made = await commission(5);
    await eventually('a refused connection', async () => (await look()).failing);
    await partner.start();
    await eventually('every event', () => made.every((id) => partner.eventIds.includes(id)));
    expect(partner.eventIds).toEqual(made);
  }, 60_000);

  it('ends when its receiver says 410', async () => {
    const partner = await receiver(410);
    const { look } = await subscribed(partner, { stream: true });
    await commission(1);
    await eventually('its end', async () => (await look()).state === 'ended');
    await commission(1);
    expect(partner.received).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const partner = await receiver(307);
    const { look } = await subscribed(partner, { stream: true });
    await commission(1);
    const { failing } = await eventually('a failure', async () => ((await look()).failing ? look() : null));
    expect(failing).toMatchObject({ status: 307 });
    expect(partner.received.length).toBeLessThan(3);
  });

  it('is gone with its query, and with itself', async () => {
    const partner = await receiver();
    const first = await subscribed(partner, { stream: true });
    expect((await rest('DELETE', first.path)).status).toBe(204);
    expect((await rest('GET', first.path)).status).toBe(404);
    const second = await subscribed(partner, { stream: true });
    expect((await rest('DELETE', `/epcis/queries/${second.name}`)).status).toBe(204);
    expect((await rest('GET', second.path)).status).toBe(404);
    await commission(1);
    const third = await subscribed(partner, { stream: true });
    const [last] = await commission(1);
    await eventually('the event of the third', () => partner.eventIds.includes(last));
    expect(partner.eventIds).toEqual([last]);
    expect(documentIn(partner.taken[0]!.body).epcisBody.queryResults.subscriptionID).toBe(third.id);
  });
});

describe('a subscription with a schedule', () => {
  it('reports at its times what was captured since, and nothing else', async () => {
    const partner = await receiver();
    const { look } = await subscribed(partner, { schedule: { second: '0/1' } });
    const made = await commission(2);
    await eventually('both events', () => made.every((id) => partner.eventIds.includes(id)));
    expect(partner.eventIds).toEqual(made);
    expect(await look()).toMatchObject({ schedule: { second: '0/1' }, state: 'active' });
  });

  it('says that it found nothing where it is asked to', async () => {
    const partner = await receiver();
    await subscribed(partner, { schedule: { second: '[0-59]' }, reportIfEmpty: true });
    await eventually('two empty reports', () => partner.taken.length >= 2);
    expect(eventsIn(partner.taken[0]!.body)).toEqual([]);
    const times = partner.taken.map(({ headers }) => Date.parse(String(headers['gs1-query-min-record-time'])));
    expect(times[1]!).toBeGreaterThan(times[0]!);
  });

  it('is silent where it found nothing and is not asked to', async () => {
    const partner = await receiver();
    const { look } = await subscribed(partner, { schedule: { second: '[0-59]' } });
    const { minRecordTime } = await look();
    await eventually('a run', async () => (await look())['minRecordTime'] !== minRecordTime);
    expect(partner.received).toEqual([]);
  });
});

describe('a subscription is refused', () => {
  const dest = 'https://client.example.com/queryCallback';
  it.each<[string, Record<string, unknown>, string]>([
    ['with neither schedule nor stream', { dest }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['with both', { dest, stream: true, schedule: { hour: '1' } }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['with a stream that is none', { dest, stream: false }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['with an empty schedule', { dest, schedule: {} }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    [
      'with a schedule that never comes',
      { dest, schedule: { month: '2', dayOfMonth: '30' } },
      'SUBSCRIPTION_CONTROLS_INVALID',
    ],
    ['with an hour 24', { dest, schedule: { hour: '24' } }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['with an unknown member', { dest, stream: true, shedule: {} }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    ['without a destination', { stream: true }, 'SUBSCRIPTION_CONTROLS_INVALID'],
    [
      'with a time without zone',
      { dest, stream: true, initialRecordTime: '2026-01-01T00:00:00' },
      'SUBSCRIPTION_CONTROLS_INVALID',
    ],
    ['to another protocol', { dest: 'ftp://client.example.com/', stream: true }, 'DESTINATION_REFUSED'],
    [
      'with a password in its address',
      { dest: 'https://a:b@client.example.com/', stream: true },
      'DESTINATION_REFUSED',
    ],
  ])('%s', async (_what, body, code) => {
    await rest('POST', '/epcis/queries', { name: 'refused', query: {} });
    const answer = await rest('POST', '/epcis/queries/refused/subscriptions', body);
    expect(answer.body).toMatchObject({ status: 400, type: 'epcisException:SubscriptionControlsException', code });
    expect((await rest('GET', '/epcis/queries/refused/subscriptions')).body).toEqual([]);
  });

  it('to a query that nobody made, and by somebody else', async () => {
    const body = { dest, stream: true };
    expect((await rest('POST', '/epcis/queries/nobody/subscriptions', body)).status).toBe(404);
    await rest('POST', '/epcis/queries', { name: 'ours', query: {} });
    const stranger = await tokenOf(app, 'operator@ziwa.example');
    expect((await rest('POST', '/epcis/queries/ours/subscriptions', body, stranger)).status).toBe(404);
    expect((await rest('GET', '/epcis/queries/ours/subscriptions', undefined, stranger)).status).toBe(404);
    const auditor = await tokenOf(app, 'auditor@uwazi.example');
    expect((await rest('POST', '/epcis/queries', { name: 'x', query: {} }, auditor)).status).toBe(403);
  });

  it('to a private address, unless that is allowed', async () => {
    const strict = await startApp({ beside: app });
    try {
      await rest('POST', '/epcis/queries', { name: 'strict', query: {} });
      for (const host of ['127.0.0.1', 'localhost', '169.254.169.254', '[::1]', '[::ffff:10.0.0.1]']) {
        const body = { dest: `http://${host}:1/`, stream: true };
        const answer = await rest('POST', '/epcis/queries/strict/subscriptions', body, maker, strict);
        expect(answer.body).toMatchObject({ status: 400, code: 'DESTINATION_REFUSED' });
      }
    } finally {
      await strict.close();
    }
  });
});

describe('who made a subscription', () => {
  it('stops it by being disabled', async () => {
    const registered = await app.ask<{
      registerMachineClient: { client: { id: number; clientId: string }; clientSecret: string };
    }>(
      `mutation { registerMachineClient(input: { name: "Partner", roles: [OPERATOR] }) { client { id clientId } clientSecret } }`,
      {},
      admin,
    );
    const { client, clientSecret } = registered.registerMachineClient;
    const signedIn = await app.rest('/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${clientSecret}`,
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const partner = await receiver();
    await rest('POST', '/epcis/queries', { name: 'machine', query: {} }, token);
    const made = await rest('POST', '/epcis/queries/machine/subscriptions', { dest: partner.url, stream: true }, token);
    const { subscriptionID } = made.body as Subscription;
    const [first] = await commission(1);
    await eventually('the first event', () => partner.eventIds.includes(first));
    await app.ask(`mutation ($id: Int!) { disableMachineClient(id: $id) { id } }`, { id: client.id }, admin);
    const witness = await receiver();
    await subscribed(witness, { stream: true });
    const [second] = await commission(1);
    await eventually('the event elsewhere', () => witness.eventIds.includes(second));
    expect(partner.eventIds).toEqual([first]);
    const shown = await rest('GET', `/epcis/queries/machine/subscriptions/${subscriptionID}`);
    expect(shown.body).toMatchObject({ state: 'stopped' });
  });
});

describe('a delivery that is never taken', () => {
  let impatient: TestApp;
  beforeAll(async () => {
    impatient = await startApp({ demo: true, env: { ...WEBHOOKS, HALISI_WEBHOOK_RETRY_SECONDS: '1' } });
    const lot = { gtin: GTIN, number: 'HOOK-1', expiry: '2030-06-30', quantity: 1000 };
    const register = 'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }';
    await impatient.ask(register, { input: lot }, await tokenOf(impatient, 'operator@kilimani.example'));
  }, 180_000);
  afterAll(() => impatient.close());

  it('is a dead letter, which is listed, does not hold up the rest, and is replayed or discarded', async () => {
    const token = await tokenOf(impatient, 'operator@kilimani.example');
    const ask = (method: string, path: string, body?: unknown) => rest(method, path, body, token, impatient);
    const partner = await receiver(500);
    await ask('POST', '/epcis/queries', { name: 'dead', query: {} });
    const made = await ask('POST', '/epcis/queries/dead/subscriptions', { dest: partner.url, stream: true });
    const path = `/epcis/queries/dead/subscriptions/${(made.body as Subscription).subscriptionID}`;
    const [first] = await commission(1, undefined, impatient, token);
    interface Letter {
      readonly deliveryID: string;
      readonly [name: string]: unknown;
    }
    const letters = async () => (await ask('GET', `${path}/deadLetters`)).body as Letter[];
    const [letter] = await eventually('a dead letter', async () => ((await letters()).length > 0 ? letters() : null));
    expect(letter).toMatchObject({ events: 1, status: 500, problem: 'the receiver answered 500' });
    expect(partner.received.at(-1)!.headers['halisi-delivery-id']).toBe(letter!.deliveryID);
    expect((await ask('GET', path)).body).toMatchObject({ deadLetters: 1, state: 'active' });
    partner.behaviour = 200;
    const [second] = await commission(1, undefined, impatient, token);
    await eventually('the next event', () => partner.eventIds.includes(second));
    expect((await ask('POST', `${path}/deadLetters/${letter!.deliveryID}/replay`)).status).toBe(202);
    await eventually('the replayed event', () => partner.eventIds.includes(first));
    expect(partner.taken.at(-1)!.headers['halisi-delivery-id']).toBe(letter!.deliveryID);
    expect(await letters()).toEqual([]);
    expect((await ask('POST', `${path}/deadLetters/${letter!.deliveryID}/replay`)).status).toBe(404);
    partner.behaviour = 400;
    await commission(1, undefined, impatient, token);
    const [other] = await eventually('another one', async () => ((await letters()).length > 0 ? letters() : null));
    expect((await ask('DELETE', `${path}/deadLetters/${other!.deliveryID}`)).status).toBe(204);
    expect(await letters()).toEqual([]);
    const metrics = await (await impatient.rest('/metrics')).text();
    expect(metrics).toMatch(/halisi_subscription_dead_letters 0/);
    expect(metrics).toMatch(/halisi_subscription_attempts_total\{outcome="failed"\} \d/);
  }, 60_000);
});

describe('an event that was erased before it was taken', () => {
  it('is not delivered, and those beside it are', async () => {
    const partner = await receiver(500);
    const { look } = await subscribed(partner, { stream: true });
    const [first, second] = await commission(2);
    await eventually('an attempt', () => partner.received.length > 0 && look().then(({ failing }) => failing));
    const { event } = await app.ask<{ event: { position: number } }>(
      'query ($id: ID) { event(eventID: $id) { position } }',
      { id: first },
      maker,
    );
    const input = { position: event.position, reason: 'PERSONAL_DATA_BY_MISTAKE' };
    const erase = 'mutation ($input: EraseEventInput!) { eraseEvent(input: $input) { position } }';
    await app.ask(erase, { input }, admin);
    partner.behaviour = 200;
    await eventually('the second event', () => partner.eventIds.includes(second));
    expect(partner.eventIds).toEqual([second]);
  });
});

describe('two servers on one database', () => {
  /** Which processes hold subscriptions now. */
  const holders = async (): Promise<unknown[]> => {
    const held =
      'select lease_holder as holder from subscription where lease_holder is not null and leased_until > now()';
    return (await app.database.query('test-holders', held)).map(({ holder }) => holder);
  };

  it('deliver beside one another, and one goes on for the other when that is killed in the middle of it', async () => {
    const partners = await Promise.all(Array.from({ length: 6 }, () => receiver('hang')));
    for (const partner of partners) await subscribed(partner, { stream: true });
    const made = await lifeOfPack(2);
    const [own] = await eventually('this server at work', async () => {
      const found = await holders();
      return found.length > 0 ? found : null;
    });
    const { database, home, chains } = app.config;
    const signer = chains[0]!.signer;
    const other = await ServerProcess.start({
      home,
      env: {
        ...WEBHOOKS,
        NODE_ENV: 'test',
        DATABASE_URL: database.url!,
        DATABASE_MIGRATION_URL: database.migrationUrl!,
        CHAIN_RPC_URL: app.chainUrl,
        CHAIN_PRIVATE_KEY: signer.type === 'key' ? signer.key : '',
      },
    });
    await eventually('the other server at work', async () => (await holders()).some((holder) => holder !== own));
    await other.end('SIGKILL');
    made.push(...(await lifeOfPack(2)));
    for (const partner of partners) partner.behaviour = (index) => (index % 3 === 0 ? 500 : 200);
    for (const partner of partners) {
      await eventually('every event', () => made.every((id) => partner.eventIds.includes(id)), 60_000);
      expect(partner.eventIds).toEqual(made);
    }
  }, 180_000);
});

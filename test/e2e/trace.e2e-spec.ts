import { AccessTrail } from '../../src/access/access-trail.js';
import type { Database } from '../../src/platform/database/database.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { subscribe } from '../support/graphql-subscription.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const MOMBASA = '9522001001011';
const KIBERA = '9523001001018';
const epc = (serial: string) => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
const sscc = (link: string) => link.split('/').at(-1)!;

interface Made {
  readonly eventID: string;
  readonly position: number;
  readonly document: Record<string, unknown>;
}
interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface TrailEntry {
  readonly event: Made & { readonly bizStep: string };
  readonly through: string;
  readonly holder: { readonly gln: string };
  readonly site: { readonly gln: string } | null;
}
interface PackAnswer {
  readonly life: string;
  readonly lot: string;
  readonly expiry: string;
  readonly holder: { readonly gln: string };
  readonly site: { readonly gln: string };
  readonly containers: readonly string[];
  readonly holds: readonly unknown[];
  readonly trail: readonly TrailEntry[];
  readonly tenures: readonly { readonly organisation: { readonly gln: string }; readonly until: string | null }[];
}

const PACK = `query ($epc: String!) { pack(epc: $epc) {
  life lot expiry holder { gln } site { gln } containers holds { kind } product { name }
  trail { through holder { gln } site { gln } event { eventID position bizStep document } }
  tenures { organisation { gln } site { gln } since until } } }`;
const EVENTS = `query ($first: Int!, $after: String, $filter: EventFilterInput) {
  events(first: $first, after: $after, filter: $filter) { nodes { position bizStep } pageInfo { hasNextPage endCursor } } }`;

let app: TestApp;
const tokens: Record<string, string> = {};
let clock = Date.now() - 3_600_000;

/** One step by somebody, a second after the last. */
async function take(who: string, name: string, input: Record<string, unknown>): Promise<Made> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { step: ${name}(input: $input) { event { eventID position document } } }`;
  const eventTime = new Date((clock += 1000)).toISOString();
  const answer = await app.ask<{ step: { event: Made } }>(query, { input: { eventTime, ...input } }, tokens[who]);
  return answer.step.event;
}

const packOf = async (who: string, serial: string): Promise<PackAnswer | null> =>
  (await app.ask<{ pack: PackAnswer | null }>(PACK, { epc: epc(serial) }, tokens[who])).pack;

/** Everything that a page query has, page by page. */
async function all<T>(query: string, field: string, variables: Record<string, unknown>, token: string): Promise<T[]> {
  const found: T[] = [];
  let after: string | null = null;
  do {
    const answer: Record<string, Page<T>> = await app.ask(query, { ...variables, after }, token);
    const { nodes, pageInfo } = answer[field]!;
    found.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

let commissioning: Made;
let pallet: string;
let shipping: Made;
let clinicShipping: Made;

beforeAll(async () => {
  app = await startApp({ demo: true });
  const people = {
    maker: 'operator@kilimani.example',
    distributor: 'operator@pwani.example',
    clinic: 'pharmacist@kibera.example',
    stranger: 'operator@ziwa.example',
    regulator: 'inspector@authority.example',
    auditor: 'auditor@uwazi.example',
  };
  for (const [name, email] of Object.entries(people)) tokens[name] = await tokenOf(app, email);
  const lot = { gtin: GTIN, number: 'TRACE-1', expiry: '2030-06-30', quantity: 100 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: lot },
    tokens['maker'],
  );
  const serials = Array.from({ length: 20 }, (_, at) => `T${at}`);
  commissioning = await take('maker', 'commission', { site: FACTORY, gtin: GTIN, lot: 'TRACE-1', serials });
  const boxed = await take('maker', 'pack', { site: FACTORY, epcs: serials.slice(0, 10).map(epc) });
  const box = boxed.document['parentID'] as string;
  pallet = (await take('maker', 'pack', { site: FACTORY, epcs: [box] })).document['parentID'] as string;
  shipping = await take('maker', 'ship', { site: FACTORY, epcs: [pallet], consignee: MOMBASA, purchaseOrder: 'PO-77' });
  await take('distributor', 'receive', { site: MOMBASA, shipment: shipping.eventID });
  await take('distributor', 'unpack', { site: MOMBASA, sscc: sscc(pallet), epcs: [box] });
  await take('distributor', 'unpack', { site: MOMBASA, sscc: sscc(box), epcs: [epc('T0'), epc('T1')] });
  clinicShipping = await take('distributor', 'ship', {
    site: MOMBASA,
    epcs: [epc('T0'), epc('T1')],
    consignee: KIBERA,
    purchaseOrder: 'PO-88',
  });
  await take('clinic', 'receive', { site: KIBERA, shipment: clinicShipping.eventID, missing: [epc('T1')] });
  await take('clinic', 'dispense', { site: KIBERA, epcs: [epc('T0')] });
}, 180_000);
afterAll(() => app.close());

describe('the trail of a pack', () => {
  it('tells everything that happened to it, through its containers too, and who held it when', async () => {
    const pack = (await packOf('clinic', 'T0'))!;
    expect(pack).toMatchObject({
      life: 'DISPENSED',
      lot: 'TRACE-1',
      expiry: '2030-06-30',
      site: { gln: KIBERA },
      containers: [],
      holds: [],
    });
    expect(pack.trail.map(({ event, through }) => [event.bizStep, through === epc('T0') ? 'pack' : through])).toEqual([
      ['commissioning', 'pack'],
      ['packing', 'pack'],
      ['packing', pack.trail[2]!.through],
      ['shipping', pallet],
      ['receiving', pallet],
      ['unpacking', pack.trail[2]!.through],
      ['unpacking', 'pack'],
      ['shipping', 'pack'],
      ['receiving', 'pack'],
      ['dispensing', 'pack'],
    ]);
    expect(pack.tenures.map(({ organisation, until }) => [organisation.gln, until === null])).toEqual([
      ['9521001000000', false],
      ['9522001000007', false],
      ['9523001000004', true],
    ]);
  });

  it('keeps commercial fields from those who held it and were no party to the hand-off', async () => {
    const shippings = async (who: string) => {
      const pack = await packOf(who, 'T0');
      return pack!.trail.filter(({ event }) => event.bizStep === 'shipping').map(({ event }) => event.document);
    };
    const [first, second] = await shippings('maker');
    expect(JSON.stringify(first)).toContain('PO-77');
    expect(JSON.stringify(second)).not.toContain('PO-88');
    expect(second!['bizTransactionList']).toBeUndefined();
    expect(second!['epcList']).toEqual([epc('T0')]);
    const [early, late] = await shippings('clinic');
    expect(JSON.stringify(early)).not.toContain('PO-77');
    expect(JSON.stringify(late)).toContain('PO-88');
    const everything = JSON.stringify(await shippings('regulator'));
    expect(everything).toContain('PO-77');
    expect(everything).toContain('PO-88');
    expect(JSON.stringify(await shippings('auditor'))).not.toContain('PO-');
  });

  it('shows of long lists only what it is about', async () => {
    const pack = (await packOf('maker', 'T0'))!;
    expect(pack.trail[0]!.event.document['epcList']).toEqual([epc('T0')]);
    const whole = await app.ask<{ event: Made }>(
      'query ($position: Position!) { event(position: $position) { document } }',
      { position: commissioning.position },
      tokens['maker'],
    );
    expect(whole.event.document['epcList']).toHaveLength(20);
  });

  it('is, for a stranger, as if the pack did not exist', async () => {
    expect(await packOf('stranger', 'T0')).toBeNull();
    expect(await packOf('stranger', 'NEVER-MADE')).toBeNull();
    // What stayed at the maker was never held by the clinic.
    expect(await packOf('clinic', 'T15')).toBeNull();
    expect(await packOf('maker', 'T15')).toMatchObject({
      life: 'ACTIVE',
      trail: [{ event: { bizStep: 'commissioning' } }],
    });
  });

  it('says that what was missing at a receipt is on its way and on hold, and whose it is', async () => {
    expect(await packOf('distributor', 'T1')).toMatchObject({
      life: 'IN_TRANSIT',
      holder: { gln: '9522001000007' },
      holds: [{ kind: 'MISMATCH' }],
    });
    expect(await packOf('clinic', 'T1')).toBeNull();
  });

  it('is refused for what names no pack', async () => {
    const { extensions } = await app.refusal(PACK, { epc: 'https://id.gs1.org/01/123' }, tokens['maker']);
    expect(extensions.code).toBe('EPC_INVALID');
  });

  it('takes a handful of statements', async () => {
    const statements = await counting(app.database, () => packOf('regulator', 'T0'));
    expect(statements).toBeLessThanOrEqual(8);
  });
});

/** How many statements the pool runs while `work` does, those that record the read left out. */
async function counting(database: Database, work: () => Promise<unknown>): Promise<number> {
  const original = database.query;
  let count = 0;
  database.query = ((name: string, ...rest: [string]) => {
    if (name.startsWith('trace-') || name.startsWith('cases-') || name.startsWith('directory_')) count += 1;
    return original.call(database, name, ...rest);
  }) as typeof database.query;
  try {
    await work();
  } finally {
    database.query = original;
  }
  return count;
}

describe('reads of what belongs to others', () => {
  it('are recorded with who, whose, what and why, before the answer', async () => {
    await packOf('clinic', 'T0');
    const rows = await app.database.query<{ operation: string; purpose: string; owners: string[] }>(
      'spec-access-trail',
      `select operation, purpose, array(select gln from organisation where id = any(owner_ids) order by 1) as owners
       from access_trail where subject = $1 and organisation_id = (select id from organisation where gln = '9523001000004')
       order by id desc limit 3`,
      [epc('T0')],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { operation: 'Query.pack', purpose: 'status', owners: ['9521001000000'] },
        { operation: 'Pack.trail', purpose: 'status', owners: ['9521001000000', '9522001000007'] },
      ]),
    );
  });

  it('do not answer where they could not be recorded', async () => {
    const trail = app.get(AccessTrail);
    const record = trail.record;
    trail.record = () => Promise.reject(new Error('no room'));
    try {
      expect((await app.refusal(PACK, { epc: epc('T0') }, tokens['clinic'])).extensions.code).toBe('INTERNAL');
    } finally {
      trail.record = record;
    }
  });
});

describe('events', () => {
  const EVENT = `query ($position: Position, $eventID: ID) { event(position: $position, eventID: $eventID) { position } }`;
  const event = async (who: string, variables: Record<string, unknown>) =>
    (await app.ask<{ event: { position: number } | null }>(EVENT, variables, tokens[who])).event;

  it('are there for who captured them and who is named in them, and hidden is as non-existent', async () => {
    const { position, eventID } = shipping;
    for (const who of ['maker', 'distributor', 'regulator', 'auditor']) {
      expect(await event(who, { position })).toEqual({ position });
      expect(await event(who, { eventID })).toEqual({ position });
    }
    for (const who of ['clinic', 'stranger']) {
      expect(await event(who, { position })).toBeNull();
      expect(await event(who, { eventID })).toBeNull();
    }
    expect(await event('maker', { position: 999_999 })).toBeNull();
    const none = await app.refusal(EVENT, {}, tokens['maker']);
    expect(none.extensions.code).toBe('EVENT_REFERENCE_INVALID');
  });

  it('come in pages that join without a gap or a repeat, also while more are captured', async () => {
    const token = tokens['maker']!;
    const before = await all<{ position: number }>(EVENTS, 'events', { first: 100 }, token);
    expect(before.map(({ position }) => position)).toEqual(
      before.map(({ position }) => position).toSorted((a, b) => b - a),
    );
    const first = await app.ask<{ events: Page<{ position: number }> }>(EVENTS, { first: 2 }, token);
    await take('maker', 'pack', { site: FACTORY, epcs: [epc('T19')] });
    const rest = await all<{ position: number }>(EVENTS, 'events', { first: 1 }, token);
    expect(rest).toHaveLength(before.length + 1);
    const second = await app.ask<{ events: Page<{ position: number }> }>(
      EVENTS,
      { first: 100, after: first.events.pageInfo.endCursor },
      token,
    );
    expect([...first.events.nodes, ...second.events.nodes]).toEqual(before);
  });

  it('are found by step, by time and by what they name, the commissioning of a pack included', async () => {
    const steps = async (who: string, filter: Record<string, unknown>) =>
      (await all<{ bizStep: string }>(EVENTS, 'events', { first: 3, filter }, tokens[who]!)).map(
        ({ bizStep }) => bizStep,
      );
    expect(await steps('maker', { bizStep: 'shipping' })).toEqual(['shipping']);
    expect(await steps('maker', { epc: epc('T0') })).toEqual(['packing', 'commissioning']);
    expect(await steps('clinic', { epc: epc('T0') })).toEqual(['dispensing', 'receiving', 'shipping']);
    expect(await steps('stranger', { epc: epc('T0') })).toEqual([]);
    const { eventTime } = clinicShipping.document;
    expect(await steps('distributor', { since: eventTime })).toEqual(['receiving', 'shipping']);
    expect(await steps('distributor', { until: shipping.document['eventTime'] })).toEqual([]);
    const { extensions } = await app.refusal(EVENTS, { first: 1, filter: { bizStep: 'teleporting' } }, tokens['maker']);
    expect(extensions.code).toBe('BIZ_STEP_UNKNOWN');
  });
});

describe('containers', () => {
  const CONTAINER = `query ($sscc: String!, $after: String) { container(sscc: $sscc) {
    life holder { gln } packs contents { lot packs } children(first: 3, after: $after) { nodes { epc packs } pageInfo { hasNextPage endCursor } }
    trail { event { bizStep } } tenures { organisation { gln } } } }`;

  it('show their holder what is in them, and those who held them only what happened', async () => {
    const boxed = await app.ask<{ events: Page<{ position: number }> }>(
      EVENTS,
      { first: 50, filter: { epc: epc('T5') } },
      tokens['maker'],
    );
    const { event } = await app.ask<{ event: Made }>(
      'query ($p: Position!) { event(position: $p) { document } }',
      { p: boxed.events.nodes[0]!.position },
      tokens['maker'],
    );
    const box = sscc(event.document['parentID'] as string);
    const held = await app.ask<{ container: Record<string, unknown> }>(CONTAINER, { sscc: box }, tokens['distributor']);
    expect(held.container).toMatchObject({
      life: 'ACTIVE',
      packs: 8,
      contents: [{ lot: 'TRACE-1', packs: 8 }],
      tenures: [{ organisation: { gln: '9521001000000' } }, { organisation: { gln: '9522001000007' } }],
    });
    const once = await app.ask<{ container: Record<string, unknown> }>(CONTAINER, { sscc: box }, tokens['maker']);
    expect(once.container).toMatchObject({ packs: null, contents: null, children: null });
    expect(
      (once.container['trail'] as { event: { bizStep: string } }[]).map(({ event: { bizStep } }) => bizStep),
    ).toEqual(['packing', 'packing', 'shipping', 'receiving', 'unpacking', 'unpacking']);
    expect(await app.ask(CONTAINER, { sscc: box }, tokens['clinic'])).toEqual({ container: null });
    const children: string[] = [];
    for (let after: string | null = null; ;) {
      const page: { container: { children: Page<{ epc: string }> } } = await app.ask(
        CONTAINER,
        { sscc: box, after },
        tokens['distributor'],
      );
      children.push(...page.container.children.nodes.map((child) => child.epc));
      if (!page.container.children.pageInfo.hasNextPage) break;
      after = page.container.children.pageInfo.endCursor;
    }
    expect(children).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((at) => epc(`T${at}`)));
  });
});

describe('stock and shipments', () => {
  const STOCK = `query ($first: Int!, $after: String, $site: String) { stock(first: $first, after: $after, site: $site) {
    nodes { lot site { gln organisation { name } } life packs product { name } } pageInfo { hasNextPage endCursor } } }`;
  const SHIPMENTS = `query ($direction: ShipmentDirection!, $state: ShipmentState) { shipments(direction: $direction, state: $state) {
    nodes { eventID packs purchaseOrder from { gln } to { gln } receivedAt
      units { nodes { epc onItsWay packs lots { lot } } } event { document } } } }`;

  it('count by lot, site and life, page by page', async () => {
    const rows = await all<{ life: string; packs: number; lot: string }>(
      STOCK,
      'stock',
      { first: 1 },
      tokens['distributor']!,
    );
    expect(rows.filter(({ lot }) => lot === 'TRACE-1').map(({ life, packs }) => [life, packs])).toEqual([
      ['ACTIVE', 8],
      ['IN_TRANSIT', 1],
    ]);
    const { extensions } = await app.refusal(STOCK, { first: 1, site: FACTORY }, tokens['distributor']);
    expect(extensions.code).toBe('SITE_NOT_YOURS');
  });

  it('cost no statement more for a long page than for a short one', async () => {
    const page = (first: number) => counting(app.database, () => app.ask(STOCK, { first }, tokens['distributor']));
    expect(await page(2)).toBe(await page(1));
  });

  it('show a shipment to its two sides and the regulator alone', async () => {
    const list = async (who: string, direction: string, state: string) =>
      (await app.ask<{ shipments: Page<Record<string, unknown>> }>(SHIPMENTS, { direction, state }, tokens[who]))
        .shipments.nodes;
    expect(await list('clinic', 'INCOMING', 'OPEN')).toEqual([]);
    expect(await list('clinic', 'INCOMING', 'ALL')).toMatchObject([
      {
        eventID: clinicShipping.eventID,
        purchaseOrder: 'PO-88',
        packs: 2,
        from: { gln: MOMBASA },
        units: {
          nodes: [
            { epc: epc('T0'), onItsWay: false, packs: null },
            { epc: epc('T1'), onItsWay: true, packs: 1, lots: [{ lot: 'TRACE-1' }] },
          ],
        },
      },
    ]);
    expect(await list('distributor', 'OUTGOING', 'RECEIVED')).toHaveLength(1);
    expect(await list('maker', 'OUTGOING', 'ALL')).toHaveLength(1);
    expect(await list('stranger', 'INCOMING', 'ALL')).toEqual([]);
    expect(await list('regulator', 'INCOMING', 'ALL')).toHaveLength(2);
    const ONE = `query ($eventID: ID!) { shipment(eventID: $eventID) { packs } }`;
    for (const [who, packs] of [
      ['maker', 10],
      ['distributor', 10],
      ['regulator', 10],
      ['clinic', null],
      ['auditor', null],
    ] as const) {
      const { shipment } = await app.ask<{ shipment: { packs: number } | null }>(
        ONE,
        { eventID: shipping.eventID },
        tokens[who],
      );
      expect(shipment?.packs ?? null).toBe(packs);
    }
    expect(await app.ask(ONE, { eventID: commissioning.eventID }, tokens['maker'])).toEqual({ shipment: null });
  });
});

describe('subscriptions', () => {
  const CAPTURED = `subscription ($after: Position, $filter: LiveFilterInput) {
    eventCaptured(after: $after, filter: $filter) { position bizStep } }`;
  interface Captured {
    readonly eventCaptured: { readonly position: number; readonly bizStep: string };
  }
  const positions = (received: readonly Captured[]) => received.map(({ eventCaptured }) => eventCaptured.position);

  it('bring each event once and in order, to those who may see it', async () => {
    const mine = await subscribe<Captured>(app.url, CAPTURED, {}, tokens['maker']!);
    const others = await subscribe<Captured>(app.url, CAPTURED, {}, tokens['stranger']!);
    const made: number[] = [];
    const serials = Array.from({ length: 30 }, (_, at) => `S${at}`);
    made.push((await take('maker', 'commission', { site: FACTORY, gtin: GTIN, lot: 'TRACE-1', serials })).position);
    const packed = await Promise.all(
      serials.map((serial) => take('maker', 'pack', { site: FACTORY, epcs: [epc(serial)] })),
    );
    made.push(...packed.map(({ position }) => position).toSorted((a, b) => a - b));
    await eventually('all events arrived', () => mine.received.length >= made.length);
    expect(positions(mine.received)).toEqual(made);
    expect(others.received).toEqual([]);
    await Promise.all([mine.close(), others.close()]);
  });

  it('go on after the last position that arrived', async () => {
    const after = shipping.position;
    const live = await subscribe<Captured>(
      app.url,
      CAPTURED,
      { after, filter: { bizStep: 'shipping' } },
      tokens['distributor']!,
    );
    await eventually('the shipment since arrived', () => live.received.length > 0);
    expect(positions(live.received)).toEqual([clinicShipping.position]);
    await live.close();
  });

  it('tell of shipments that arrive, to their consignee alone', async () => {
    const query = `subscription { shipmentArriving { eventID packs to { gln } units { nodes { epc } } } }`;
    const clinic = await subscribe<{ shipmentArriving: { eventID: string } }>(app.url, query, {}, tokens['clinic']!);
    const maker = await subscribe<unknown>(app.url, query, {}, tokens['maker']!);
    const sent = await take('distributor', 'unpack', {
      site: MOMBASA,
      sscc: sscc((await packOf('distributor', 'T9'))!.containers[0]!),
      epcs: [epc('T9')],
    });
    expect(sent.position).toBeGreaterThan(0);
    const { eventID } = await take('distributor', 'ship', { site: MOMBASA, epcs: [epc('T9')], consignee: KIBERA });
    await eventually('the shipment is announced', () => clinic.received.length > 0);
    expect(clinic.received).toEqual([
      { shipmentArriving: { eventID, packs: 1, to: { gln: KIBERA }, units: { nodes: [{ epc: epc('T9') }] } } },
    ]);
    expect(maker.received).toEqual([]);
    await Promise.all([clinic.close(), maker.close()]);
  });

  it('are refused to strangers', async () => {
    await expect(subscribe(app.url, CAPTURED, {}, undefined)).rejects.toThrow('sign in first');
  });
});

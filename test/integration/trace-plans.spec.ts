import { WhereaboutsStore } from '../../src/cases/whereabouts.store.js';
import { Database } from '../../src/platform/database/database.js';
import { EventsStore } from '../../src/trace/events/events.store.js';
import { LogTailStore } from '../../src/trace/live/log-tail.store.js';
import { ShipmentsStore } from '../../src/trace/shipments/shipments.store.js';
import { StockStore } from '../../src/trace/stock/stock.store.js';
import { TrailsStore } from '../../src/trace/trails.store.js';
import { sharedServers, type SharedServers } from '../support/shared-servers.js';

/**
 * 50,000 packs of lot 1 in 5,000 cases on 50 pallets, two of them on the road among 2,000 other shipments. Every seventh of
 * 200,000 events is erased.
 */
const DATA = `
  insert into organisation (gln, name, role, country)
    select lpad(i::text, 13, '0'), 'o' || i, 'distributor', 'KE' from generate_series(1, 50) i;
  insert into site (organisation_id, gln, name, country)
    select i, lpad(i::text, 13, '0'), 's' || i, 'KE' from generate_series(1, 50) i;
  insert into product (gtin, organisation_id, name, form, strength, pack_size, market) values (1, 1, 'p', 'f', 's', 1, 'KE');
  insert into lot (gtin, quantity, expiry, number) select 1, 100000, '2030-01-01', 'L' || i from generate_series(1, 20) i;
  insert into container (sscc, created_in, changed_in, shipment, packs, holder, site, life)
    select i, 0, 0, case when i <= 2 then i end, 1000, i, i, case when i <= 2 then 2 else 1 end from generate_series(1, 50) i;
  insert into container (sscc, created_in, changed_in, parent, packs, life)
    select 10000 + i, 0, 0, i / 100 + 1, 10, 1 from generate_series(0, 4999) i;
  insert into container_lot (sscc, lot_id, packs) select sscc, 1, packs from container;
  insert into item (gtin, lot_id, commissioned_in, changed_in, parent, life, serial)
    select 1, 1, 0, 0, 10000 + i / 10, 1, 'S' || i from generate_series(0, 49999) i;
  insert into log (number, size, origin) values (0, 200000, 'plans') on conflict (number) do update set size = 200000;
  select grow_log(0::smallint, 200000);
  insert into event (position, recorded_at, event_time, captured_by, step, hash, secret, commitment, body)
    select i, now(), now(), i % 50 + 1, i % 30, decode(lpad(to_hex(i), 64, '0'), 'hex'), '\\x00', '\\x00', '{}'
    from generate_series(0, 199999) i;
  insert into erasure (position, logged_in, erased_at, event_time, captured_by, organisation_id, person, reason, secret, commitment, body)
    select i, 1000000 + i, now(), now(), i % 50 + 1, 1, 1, 'court_order', decode(repeat('00', 32), 'hex'),
      decode(repeat('00', 32), 'hex'), '{}' from generate_series(0, 199999, 7) i;
  update event set body = null, secret = null, hash = null where position % 7 = 0;
  insert into event_party (position, organisation_id) select i, (i + 7) % 50 + 1 from generate_series(0, 199999) i;
  insert into epc_event (epc, position, role) select i % 10000, i, 0 from generate_series(0, 199999) i;
  insert into shipment (id, from_site, to_site, packs, shipped_at, received_in)
    select i, i % 50 + 1, (i + 1) % 50 + 1, 1000, now(), case when i > 2 and i <= 20000 then i + 1 end
    from generate_series(1, 22000) i;
  insert into container (sscc, created_in, changed_in, shipment, packs, holder, site, life)
    select 900000 + i, 0, 0, i, 500, i % 50 + 1, i % 50 + 1, 2 from generate_series(20001, 22000) i;
  insert into container_lot (sscc, lot_id, packs) select sscc, sscc % 19 + 2, 500 from container where sscc > 900000;
  insert into lot_holding (lot_id, packs, site, life) values (1, 1000, 2, 2), (1, 1000, 3, 2);
  insert into lot_holding (lot_id, packs, site, life) select l, 960, s, 1 from generate_series(1, 20) l, generate_series(1, 50) s;
  insert into foreign_event (position, event_key, declares, profile, reference_hash, content)
    select i, i, case when i % 10 = 0 then i - 1 end, 1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
    from generate_series(1, 99999) i;
  insert into event_gap (position, event_time, opened_at, epc, code, details)
    select i, now(), now(), 'urn:example:' || i, 'NOT_COMMISSIONED', '' from generate_series(1, 99999) i;
  vacuum analyze`;

interface Sent {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

let shared: SharedServers;
let database: Database;

beforeAll(async () => {
  shared = await sharedServers();
  const { user, password, port, database: name } = shared.postgres.owner(await shared.newDatabase());
  database = new Database({ access: { user, password, port, host: '127.0.0.1', database: name }, poolSize: 2 });
  for (const statement of DATA.split(';\n')) await database.pool.query(statement);
}, 120_000);
afterAll(async () => {
  await database.close();
  await shared.detach();
});

/** What `work` sends to the database. */
async function sentBy(work: (sql: Database) => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const query = (name: string, text: string, values: readonly unknown[]) => {
    sent.push({ name, text, values });
    return database.query(name, text, values);
  };
  await work({ query } as unknown as Database);
  return sent;
}

/** Rows that the plan of a statement reads, and the tables that it reads from end to end. */
async function planOf({ text, values }: Sent): Promise<{ readonly rows: number; readonly whole: string[] }> {
  interface Node {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Actual Rows': number;
    readonly 'Actual Loops': number;
    readonly Plans?: readonly Node[];
  }
  const { rows } = await database.pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    `explain (analyze, format json) ${text}`,
    values as unknown[],
  );
  const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  const all = nodes(rows[0]!['QUERY PLAN'][0].Plan);
  const small = ['organisation', 'site', 'product', 'lot', 'log'];
  return {
    rows: all.reduce((sum, node) => sum + (node['Relation Name'] ? node['Actual Rows'] * node['Actual Loops'] : 0), 0),
    whole: all.flatMap(({ 'Node Type': type, 'Relation Name': name }) =>
      type === 'Seq Scan' && name !== undefined && !small.includes(name) ? [name] : [],
    ),
  };
}

const END = Number.MAX_SAFE_INTEGER;
const ANY = { step: null, since: null, until: null, epc: null, commissionedIn: null };
const mine = { organisation: 5, all: false };
const windows = [
  { epc: 'x', from: -1, to: Number.POSITIVE_INFINITY },
  { epc: 'y', from: 5, to: 40000 },
];

describe('the work of a question is bounded', () => {
  it.each<[string, number, (sql: Database) => Promise<unknown>]>([
    ['a page of own events', 200, (sql) => new EventsStore(sql).page(mine, ANY, END, 20)],
    ['a page of all events', 200, (sql) => new EventsStore(sql).page({ ...mine, all: true }, ANY, END, 20)],
    ['a filter that nothing fits', 12_000, (sql) => new EventsStore(sql).page(mine, { ...ANY, step: 99 }, END, 20)],
    ['events of one EPC', 100, (sql) => new EventsStore(sql).page(mine, { ...ANY, epc: '77' }, END, 20)],
    ['one event', 5, (sql) => new EventsStore(sql).at(77, 5)],
    ['a round of a trail', 100, (sql) => new TrailsStore(sql).windows(5, windows, [3], [])],
    ['the end of the log', 600, (sql) => new LogTailStore(sql).between(mine, 199000, 199999, 100)],
    [
      'stock of two sites',
      200,
      (sql) => new StockStore(sql).page([3, 4], { gtin: null, lot: null, lives: [1, 2] }, [0, 0, -1], 20),
    ],
    ['open shipments', 200, (sql) => new ShipmentsStore(sql).ofSites([3, 4], 'incoming', 'open', END, 20)],
    ['who has what of a lot', 100, (sql) => new WhereaboutsStore(sql).stock([1], null)],
    ['what of a lot is on the road', 5000, (sql) => new WhereaboutsStore(sql).inTransit(1, 2000)],
  ])('for %s: at most %d rows, from indexes', async (_, most, work) => {
    const sent = await sentBy(work);
    expect(sent).toHaveLength(1);
    const { rows, whole } = await planOf(sent[0]!);
    expect(whole).toEqual([]);
    expect(rows).toBeLessThanOrEqual(most);
  });

  it('and finds what is on the road by a received shipment too, the longer way', async () => {
    const store = new WhereaboutsStore(database);
    const usual = await store.inTransit(1, 2000);
    expect(usual.map(({ sscc, packs }) => [Number(sscc), packs])).toEqual([
      [2, 1000],
      [1, 1000],
    ]);
    await database.pool.query('update shipment set received_in = 3 where id = 2');
    expect(await store.inTransit(1, 2000)).toEqual(usual);
  });
});

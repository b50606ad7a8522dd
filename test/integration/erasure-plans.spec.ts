import type pg from 'pg';
import { GTIN } from '../../src/domain/custody/testing/small-world.js';
import { namedIn } from '../../src/cases/erasure/erasure.store.js';
import { WAITING } from '../../src/transparency/trail/trail.store.js';
import type { Queryable } from '../../src/platform/database/database.js';
import { TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

/** Rows of every table that an erasure looks into, so many that reading one from end to end is seen. */
const OTHERS = `
  insert into hold (lot_id, opened_in, opened_at, opened_by, kind, reason)
    select 1, 100000 + i, now(), 1, 'suspect', 'x' from generate_series(1, 5000) i;
  insert into shipment (id, from_site, to_site, packs, shipped_at)
    select 200000 + i, 1, 2, 1, now() from generate_series(1, 5000) i;
  insert into container (sscc, created_in, changed_in, packs, life) select i, 0, 0, 0, 1 from generate_series(1, 5000) i;
  insert into epc_event (epc, position, role) select i, 300000 + i, 0 from generate_series(1, 5000) i;
  insert into capture_request (request, position) select gen_random_uuid(), 300000 + i from generate_series(1, 5000) i;
  insert into log_entry (position, entry) select 300000 + i, decode(repeat('02', 33), 'hex') from generate_series(1, 5000) i;
  insert into event (position, recorded_at, event_time, captured_by, step, hash, secret, commitment, body)
    select 300000 + i, now(), now(), 1, 1, '', '', '', '{}' from generate_series(1, 5000) i`;

const ERASE = `select erase_event($1, now(), 1, 1, 'court_order', null, null, '{}', decode(repeat('00', 32), 'hex'),
  decode(repeat('01', 32), 'hex'), 0, $2, $3, '{1,2,3}', false) as outcome`;

const postgres = new TestPostgres();
let world: TwoProcesses;

beforeAll(async () => {
  await postgres.start();
  world = await TwoProcesses.on(postgres);
});
afterAll(async () => {
  await world.close();
  await postgres.stop();
});

it('an erasure finds everything by index: no large table is read from end to end', async () => {
  const serials = Array.from({ length: 5000 }, (_, at) => `M${at}`);
  const { position } = await world.commission(serials);
  await world.owner.query(OTHERS);
  await world.owner.query('vacuum analyze');
  const named = serials.slice(0, 50);
  const whole = await wholeReads(async (client) => {
    const { rows: outcome } = await client.query(ERASE, [position, named.map(() => GTIN), named]);
    expect(outcome).toEqual([{ outcome: 'erased' }]);
  });
  expect(whole).toEqual([]);
  // The measure sees it where an index is missing.
  const without = await wholeReads(async (client) => {
    await client.query('drop index hold_opened_in');
    await client.query(ERASE, [position, named.map(() => GTIN), named]);
  });
  expect(without).toEqual(['hold']);
});

/** The tables of which a transaction, rolled back at its end, reads more than a hundred rows without an index. */
async function wholeReads(work: (client: pg.PoolClient) => Promise<unknown>): Promise<string[]> {
  const client = await world.owner.connect();
  // Counts of this connection since they were last sent to the collector: the difference is the work's own.
  const read = async () => {
    const text = 'select relname, seq_tup_read::int as rows from pg_stat_xact_user_tables';
    const { rows } = await client.query<{ relname: string; rows: number }>(text);
    return new Map(rows.map((row) => [row.relname, row.rows]));
  };
  try {
    await client.query('begin');
    const before = await read();
    await work(client);
    return [...(await read())].flatMap(([name, rows]) => (rows - (before.get(name) ?? 0) > 100 ? [name] : []));
  } finally {
    await client.query('rollback');
    client.release();
  }
}

it('what names an erased event is found among the later events of its packs', async () => {
  const found = await wholeReads(async (client) => {
    const query = async (_: string, text: string, values: unknown[]) => (await client.query(text, values)).rows;
    const sql = { query } as unknown as Queryable;
    expect(await namedIn(sql, 1, 'urn:uuid:0', ['https://id.gs1.org/00/095060000000000011'])).toEqual([]);
  });
  expect(found).toEqual([]);
});

it('a batch of the access trail reads its own rows and no others', async () => {
  await world.owner.query(`
    insert into access_trail (at, organisation_id, owner_ids, purpose, operation, subject)
      select now(), 1, '{2}', 'status', 'x', 'x' from generate_series(1, 20000)`);
  await world.owner.query('vacuum analyze access_trail');
  const { rows } = await world.owner.query<{ xid: string; id: string }>(
    'select xid::text, id from access_trail order by xid, id offset 19000 limit 1',
  );
  const values = [rows[0]!.xid, rows[0]!.id, 100];
  expect(
    await wholeReads(async (client) => {
      expect((await client.query(WAITING, values)).rowCount).toBe(100);
    }),
  ).toEqual([]);
  const plan = await world.owner.query<{ 'QUERY PLAN': string }>(`explain ${WAITING}`, values);
  expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('access_trail_order');
});

import { GTIN } from '../../src/domain/custody/testing/small-world.js';
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
  const client = await world.owner.connect();
  try {
    await client.query('begin');
    const { rows: outcome } = await client.query(ERASE, [position, named.map(() => GTIN), named]);
    expect(outcome).toEqual([{ outcome: 'erased' }]);
    const { rows: whole } = await client.query(
      'select relname, seq_tup_read::int from pg_stat_xact_user_tables where seq_tup_read > 100',
    );
    expect(whole).toEqual([]);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

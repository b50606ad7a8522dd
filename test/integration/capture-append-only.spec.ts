import pg from 'pg';
import { GTIN } from '../../src/domain/custody/testing/small-world.js';
import { TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

const TABLES = [
  'event',
  'log_entry',
  'epc_event',
  'event_party',
  'capture_request',
  'scan',
  'access_trail',
  'erasure',
  'trail_batch',
  'foreign_event',
  'event_document',
  'checkpoint',
  'publication',
  'cosignature',
];
const PARTITIONS = ['event_0_0', 'log_entry_0_0'];
const postgres = new TestPostgres();
let world: TwoProcesses;
let columns: Map<string, string>;

beforeAll(async () => {
  await postgres.start();
  world = await TwoProcesses.on(postgres);
  await world.commission(['S1']);
  const shipped = { step: 'suspecting' as const, pack: { gtin: GTIN, serial: 'S1' }, reason: 'odd' };
  await world.take(0, 'depot', shipped);
  await world.owner.query(
    `insert into scan (at, verdict, purpose, raw) values (now(), 1, 'x', 'x');
     insert into access_trail (at, organisation_id, owner_ids, purpose, operation, subject) values (now(), 1, '{1}', 'x', 'x', 'x');
     insert into erasure (position, logged_in, erased_at, event_time, captured_by, organisation_id, person, reason, secret,
         commitment, body) values (900, 901, now(), now(), 1, 1, 1, 'court_order', decode(repeat('00', 32), 'hex'),
         decode(repeat('00', 32), 'hex'), '{}');
     insert into trail_batch (position, after_xid, after_id, upto_xid, upto_id, size, secret, commitment)
       values (902, '0', 0, '1', 1, 1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'));
     insert into checkpoint (size, log, root, note) values (1, 0, decode(repeat('00', 32), 'hex'), 'x');
     insert into foreign_event (position, event_key, profile, reference_hash, content)
       values (0, 1, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'));
     insert into event_document (position, document) values (0, 1);
     insert into publication (size, log) values (1, 0);
     insert into cosignature (size, key_id, cosigned_at, log, name, line) values (1, 1, now(), 0, 'w', '— w x')`,
  );
  const { rows } = await world.owner.query<{ name: string; column: string }>(
    `select c.relname as name, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
     where a.attnum > 0 and not a.attisdropped and a.attidentity = '' order by a.attnum desc`,
  );
  columns = new Map(rows.map(({ name, column }) => [name, column]));
});
afterAll(async () => {
  await world.close();
  await postgres.stop();
});

/** The SQLSTATE with which the database refuses a statement in a role; undefined when it obeys. */
async function refusal(role: string, text: string): Promise<string | undefined> {
  const client = await world.owner.connect();
  try {
    await client.query(`begin; set local role ${role}`);
    await client.query(text);
    return undefined;
  } catch (error) {
    return error instanceof pg.DatabaseError ? error.code : String(error);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const statements = (table: string): string[] => {
  const column = columns.get(table)!;
  return [`update ${table} set ${column} = ${column}`, `delete from ${table}`, `truncate ${table} cascade`];
};

describe.each([...TABLES, ...PARTITIONS])('%s', (table) => {
  it('is not empty, so that a row trigger has something to refuse', async () => {
    if (table === 'event_party')
      await world.owner.query('insert into event_party values (0, 1) on conflict do nothing');
    const { rows } = await world.owner.query(`select from ${table} limit 1`);
    expect(rows).toHaveLength(1);
  });

  it('refuses change, removal and truncation by the server’s role, which has no such right', async () => {
    for (const statement of statements(table))
      expect([statement, await refusal('halisi_server', statement)]).toEqual([statement, '42501']);
  });

  it('refuses them to the owner of the tables and to a superuser too, by trigger', async () => {
    for (const role of ['halisi_owner', 'postgres']) {
      for (const statement of statements(table))
        expect([statement, await refusal(role, statement)]).toEqual([statement, 'HL001']);
    }
  });
});

it('lets the server make partitions only through grow_log, and drop or detach none', async () => {
  for (const statement of [
    'drop table event_0_0',
    'alter table event detach partition event_0_0',
    'create table event_0_9 partition of event for values from (900) to (901)',
    'alter table event disable trigger all',
    'drop trigger append_only on event',
  ]) {
    expect([statement, await refusal('halisi_server', statement)]).toEqual([statement, '42501']);
  }
  expect(await refusal('halisi_server', 'select grow_log(0::smallint, 1)')).toBeUndefined();
});

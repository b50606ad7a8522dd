import pg from 'pg';
import type { Database } from '../../src/platform/database/database.js';
import { TrailBatcher } from '../../src/transparency/trail/trail-batcher.js';
import { inconsistencies } from '../crash/consistency.js';
import { append, TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

type World = Awaited<ReturnType<TestPostgres['database']>>;
let world: World;
beforeEach(async () => {
  world = await postgres.database();
});

const INSERT = `insert into access_trail (at, organisation_id, person, owner_ids, purpose, operation, subject)
  select now(), 1, 2, '{3,4}', 'status', 'Query.pack', $1 || i from generate_series(1, $2::int) i`;

const read = (database: Database | pg.ClientBase, subject: string, count = 1): Promise<unknown> =>
  'pool' in database
    ? database.pool.query(INSERT, [subject, count])
    : (database as pg.ClientBase).query(INSERT, [subject, count]);

const batches = async (): Promise<{ position: number; size: number }[]> =>
  world.database.query('test-batches', 'select position, size from trail_batch order by position');

const logSize = async (): Promise<number> =>
  (await world.database.query<{ size: number }>('test-size', 'select size from log where number = 0'))[0]!.size;

/** Reads that belong to no batch, and to more than one. */
async function unbatched(): Promise<{ none: number; more: number }> {
  const { rows } = await world.thief.query<{ none: number; more: number }>(`
    select count(*) filter (where n = 0)::int as none, count(*) filter (where n > 1)::int as more from (
      select (select count(*) from trail_batch b where row(t.xid, t.id) > row(b.after_xid, b.after_id)
        and row(t.xid, t.id) <= row(b.upto_xid, b.upto_id)) as n from access_trail t) x`);
  return rows[0]!;
}

describe('the access trail in the log', () => {
  it('makes one entry of what waits, and none where nothing does', async () => {
    const batcher = new TrailBatcher(world.database, 0);
    expect(await batcher.run()).toBe(0);
    expect(await logSize()).toBe(0);
    await read(world.database, 'a', 3);
    expect(await batcher.run()).toBe(3);
    expect(await batcher.run()).toBe(0);
    expect(await logSize()).toBe(1);
    const [row] = await world.database.query<{ entry: Buffer; commitment: Buffer }>(
      'test-entry',
      'select entry, commitment from log_entry join trail_batch using (position)',
    );
    expect(row!.entry.equals(Buffer.concat([Buffer.of(2), row!.commitment]))).toBe(true);
  });

  it('goes in batches of a bounded size', async () => {
    await read(world.database, 'a', 25);
    expect(await new TrailBatcher(world.database, 0, 10).run()).toBe(25);
    expect((await batches()).map(({ size }) => size)).toEqual([10, 10, 5]);
  });

  it('misses no read that was stored under a lower number and committed later', async () => {
    const batcher = new TrailBatcher(world.database, 0);
    const slow = await world.thief.connect();
    try {
      await slow.query('begin');
      await read(slow, 'slow ');
      await read(world.database, 'quick ');
      // The quick one waits for the slow one, which may still commit.
      expect(await batcher.run()).toBe(0);
      await slow.query('commit');
      expect(await batcher.run()).toBe(2);
    } finally {
      slow.release();
    }
    expect(await unbatched()).toEqual({ none: 0, more: 0 });
  });

  it('has every read in one batch, and positions without a gap, while many read, capture and batch at once', async () => {
    const databases = [world.database, world.another(), world.another()];
    const work = databases.flatMap((database, at) => [
      ...Array.from({ length: 20 }, (_, i) => async () => void (await read(database, `r${at}-${i}-`, 1 + (i % 7)))),
      ...Array.from({ length: 10 }, () => async () => void (await new TrailBatcher(database, 0, 16).run())),
      ...Array.from({ length: 10 }, () => () => append(database, 3)),
    ]);
    await Promise.all(
      work
        .toSorted(() => Math.random() - 0.5)
        .map(async (each, at) => {
          await new Promise((resolve) => setTimeout(resolve, at * 3));
          await each();
        }),
    );
    await new TrailBatcher(world.database, 0, 16).run();
    expect(await unbatched()).toEqual({ none: 0, more: 0 });
    const { rows } = await world.thief.query<{ n: number; last: number }>(
      'select count(*)::int as n, max(position)::int as last from log_entry',
    );
    expect(rows[0]).toEqual({ n: await logSize(), last: (await logSize()) - 1 });
  });

  it('is whole after a batch that was cut off', async () => {
    await read(world.database, 'a', 5);
    const stopped = world.database.transaction(async (tx) => {
      const inner = { transaction: (next: (each: typeof tx) => Promise<number>) => next(tx) };
      await new TrailBatcher(inner as unknown as Database, 0).run();
      throw new Error('killed');
    });
    await expect(stopped).rejects.toThrow('killed');
    expect([await logSize(), await batches()]).toEqual([0, []]);
    expect(await new TrailBatcher(world.database, 0).run()).toBe(5);
    expect(await inconsistencies(world.thief)).toEqual([]);
  });

  it('stops with an alarm on a server whose transactions are behind its rows', async () => {
    await read(world.database, 'a');
    await new TrailBatcher(world.database, 0).run();
    await world.thief.query(`alter table trail_batch disable trigger all;
      update trail_batch set upto_xid = '900000000'`);
    await expect(new TrailBatcher(world.database, 0).run()).rejects.toMatchObject({
      code: 'TRAIL_TRANSACTIONS_BEHIND',
    });
  });

  it('is forgotten by whole batches, by the owner of the tables alone', async () => {
    await read(world.database, 'a', 4);
    await new TrailBatcher(world.database, 0).run();
    await read(world.database, 'b', 4);
    await new TrailBatcher(world.database, 0).run();
    await read(world.database, 'c');
    const forget = (until: string) => `select forget_trail(${until}) as n`;
    await expect(world.database.pool.query(forget('now()'))).rejects.toMatchObject({ code: '42501' });
    await expect(world.thief.query(`delete from access_trail where subject = 'a1'`)).rejects.toMatchObject({
      code: 'HL001',
    });
    const counts = async () =>
      (
        await world.thief.query<{ reads: number; secrets: number }>(
          'select (select count(*)::int from access_trail) as reads, (select count(secret)::int from trail_batch) as secrets',
        )
      ).rows[0];
    expect((await world.thief.query<{ n: number }>(forget(`now() - interval '1 day'`))).rows[0]!.n).toBe(0);
    expect(await counts()).toEqual({ reads: 9, secrets: 2 });
    expect(
      (await world.thief.query<{ n: number }>(`select forget_trail(now() + interval '1 day', 1) as n`)).rows[0]!.n,
    ).toBe(1);
    expect(await counts()).toEqual({ reads: 5, secrets: 1 });
    expect((await world.thief.query<{ n: number }>(forget(`now() + interval '1 day'`))).rows[0]!.n).toBe(1);
    expect(await counts()).toEqual({ reads: 1, secrets: 0 });
    expect(await new TrailBatcher(world.database, 0).run()).toBe(1);
    expect(await inconsistencies(world.thief)).toEqual([]);
  });
});

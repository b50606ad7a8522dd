import pg from 'pg';
import { latestPublished } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { Transparency } from '../../src/transparency/transparency.service.js';
import { append } from '../integration/transparency-fixture.js';
import { eventually } from '../support/eventually.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type Fsck, fsck, fsckProgram } from './fsck.js';

const program = await fsckProgram();
const where = program === null ? describe.skip : describe;
const STEPS = [1, 254, 1, 1, 300, 5000, 67_000];
const SIZE = 72_557;

where('an implementation by others (Tessera fsck)', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    let size = 0;
    for (const count of STEPS) {
      await append(app.database, count);
      size += count;
      await eventually('a checkpoint', async () => (await latestPublished(app.database, 0))?.size === size);
    }
  });
  afterAll(() => app.close());

  /** Asks through a server that has read no tile yet: what is in its cache no thief can change. */
  async function check(): Promise<Fsck> {
    const fresh = await startApp({ beside: app });
    try {
      const { origin, keys } = app.get(Transparency).identity;
      return await fsck(program!, new URL('/log/', fresh.url).href, { origin, vkey: keys[0]! });
    } finally {
      await fresh.close();
    }
  }

  it('reads the log over HTTP: its checkpoint, every tile and every entry', async () => {
    expect(await check()).toMatchObject({ size: SIZE });
  });

  it.each([
    ['a leaf hash', 'tile', 'hashes', 'level = 0 and number = 3'],
    ['a hash further up', 'tile', 'hashes', 'level = 1 and number = 0'],
    ['the right edge', 'tile', 'hashes', 'level = 1 and number = 1'],
    ['an entry', 'log_entry', 'entry', 'position = 4242'],
  ])('notices that %s was changed in the database', async (_what, table, column, row) => {
    const thief = new pg.Client(app.superuser);
    await thief.connect();
    try {
      await thief.query('set session_replication_role = replica');
      const place = `overlay(${column} placing '\\x00ff00ff'::bytea from 9)`;
      const { rows } = await thief.query<{ old: Buffer }>(`select ${column} as old from ${table} where ${row}`);
      await thief.query(`update ${table} set ${column} = ${place} where ${row}`);
      expect((await check()).size).toBeNull();
      await thief.query(`update ${table} set ${column} = $1 where ${row}`, [rows[0]?.old]);
      expect((await check()).size).toBe(SIZE);
    } finally {
      await thief.end();
    }
  });
});

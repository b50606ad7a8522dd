import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { EmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { readMigrations } from '../../src/platform/database/migrations.js';
import { ensureLog, growLog } from '../../src/transparency/log/log.store.js';

export const ORIGIN = 'log.example.org/test';

/** A PostgreSQL server for one spec file, and databases in it. */
export class TestPostgres {
  readonly home = mkdtempSync(join(tmpdir(), 'halisi-transparency-'));
  private readonly server = new EmbeddedPostgres({ home: this.home, note: () => undefined, settings: ['fsync=off'] });
  private readonly open: { close(): Promise<void> }[] = [];

  async start(): Promise<void> {
    await this.server.start();
    const owner = new pg.Client(this.server.owner());
    await owner.connect();
    for (const { sql } of readMigrations()) await owner.query(sql);
    await owner.end();
  }

  async stop(): Promise<void> {
    await Promise.all(this.open.splice(0).map((each) => each.close()));
    await this.server.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** A database of its own with the whole schema and log 0, in the server's role; `thief` is the superuser in it. */
  async database(): Promise<{ database: Database; thief: pg.Pool; another: () => Database; url: string }> {
    const name = `t_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Client(this.server.admin());
    await admin.connect();
    await admin.query(`create database ${name} template halisi owner halisi_owner`);
    await admin.end();
    const another = (): Database => {
      const database = new Database({ access: this.server.server(name), poolSize: 4 });
      this.open.push(database);
      return database;
    };
    const access = this.server.admin(name);
    const thief = new pg.Pool({ ...access, max: 2 });
    thief.on('error', () => undefined);
    this.open.push({ close: () => thief.end() });
    const database = another();
    await ensureLog(database, 0, ORIGIN);
    await growLog(database, 0, 1);
    const host = encodeURIComponent(access.host);
    const url = `postgres://${access.user}:${access.password}@/${name}?host=${host}&port=${access.port}`;
    return { database, thief, another, url };
  }
}

/** The 33-byte entry that `append` gives to index `i`. */
export const entryOf = (i: number): Buffer =>
  Buffer.concat([Buffer.of(1), createHash('sha256').update(`entry ${i}`).digest()]);

/** Appends `count` entries to log 0 as capture does: the log's row first, the entries in the same transaction. */
export async function append(database: Database, count: number): Promise<void> {
  await database.transaction(async (tx) => {
    const text = 'update log set size = size + $1 where number = 0 returning size';
    const [row] = await tx.query<{ size: number }>('test-append', text, [count]);
    const first = row!.size - count;
    const indexes = Array.from({ length: count }, (_, i) => first + i);
    await tx.execute(
      'test-entries',
      'insert into log_entry (position, entry) select * from unnest($1::bigint[], $2::bytea[])',
      [indexes, indexes.map(entryOf)],
    );
  });
}

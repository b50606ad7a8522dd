import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { EmbeddedAnvil } from '../../src/platform/chain/embedded-anvil.js';
import { EmbeddedPostgres, type PostgresAccess } from '../../src/platform/database/embedded-postgres.js';
import { migrate, readMigrations } from '../../src/platform/database/migrations.js';

/** The database server and the chain of one test run; the specs of all workers use the same two. */
export interface SharedServers {
  readonly postgres: EmbeddedPostgres;
  readonly anvil: EmbeddedAnvil;
  /** A fresh, migrated database. */
  newDatabase(): Promise<string>;
  /** Lets go of both; the end of the run ends them. */
  detach(): Promise<void>;
}

const BLOCK_TIME_MS = 100;
/** Specs prove no durability; those that do start a server process of their own. */
const FAST = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=128MB',
  'max_connections=400',
];

export function testHome(): string {
  const home = process.env['HALISI_TEST_HOME'];
  if (home === undefined)
    throw new Error('HALISI_TEST_HOME is not set: run specs through jest with its global set-up.');
  return home;
}

export async function sharedServers(): Promise<SharedServers> {
  const home = testHome();
  const note = () => undefined;
  const postgres = new EmbeddedPostgres({ home, note, settings: FAST });
  const anvil = new EmbeddedAnvil({ home, blockTimeMs: BLOCK_TIME_MS, note });
  await Promise.all([postgres.start(), anvil.start()]);
  return {
    postgres,
    anvil,
    newDatabase: () => newDatabase(postgres),
    detach: async () => void (await Promise.all([postgres.detach(), anvil.detach()])),
  };
}

/** postgres://... over TCP, as an installation with its own database gives it. */
export function urlOf(access: PostgresAccess): string {
  const { user, password, port, database } = access;
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

async function newDatabase(postgres: EmbeddedPostgres): Promise<string> {
  const client = new pg.Client(postgres.admin());
  await client.connect();
  try {
    const template = await migratedTemplate(client, postgres);
    const name = `spec_${randomBytes(6).toString('hex')}`;
    await client.query(`create database ${name} template ${template} owner halisi_owner`);
    return name;
  } finally {
    await client.end();
  }
}

/** Migrated once a run, by whichever worker comes first. */
async function migratedTemplate(client: pg.Client, postgres: EmbeddedPostgres): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, checksum } of readMigrations()) hash.update(`${name} ${checksum}\n`);
  const template = `template_${hash.digest('hex').slice(0, 16)}`;
  await client.query(`select pg_advisory_lock(hashtext($1))`, [template]);
  try {
    const found = await client.query('select from pg_database where datname = $1 and datistemplate', [template]);
    if (found.rowCount === 0) {
      await client.query(`drop database if exists ${template}`);
      await client.query(`create database ${template} owner halisi_owner`);
      await migrate(postgres.owner(template));
      await client.query(`alter database ${template} is_template true`);
    }
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext($1))`, [template]);
  }
  return template;
}

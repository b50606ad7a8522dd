import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** One folder of prisma/migrations. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal, as Prisma keeps it in `_prisma_migrations`. */
  readonly checksum: string;
}

/** The key of the advisory lock that makes processes that start together migrate one after another ("halisi" in ASCII). */
const MIGRATION_LOCK = '114759812966249';

/** Folder prisma/migrations of this package, from source and from dist alike. */
export function migrationsFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'prisma/migrations');
    if (existsSync(join(candidate, 'migration_lock.toml'))) return candidate;
    if (folder === dirname(folder)) throw new Error('prisma/migrations was not found beside the server.');
  }
}

export function readMigrations(folder = migrationsFolder()): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => {
      const sql = readFileSync(join(folder, entry.name, 'migration.sql'), 'utf8');
      return { name: entry.name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Applies the migrations that the database does not have, as `prisma migrate deploy` would, with the engine compiled to
 * WebAssembly. `access` is the owner of the tables. Safe when several processes start at once.
 * With `becomesServer` the owner may take on the server's role, as a single DATABASE_URL for both needs.
 */
export async function migrate(access: pg.ClientConfig, becomesServer = false): Promise<readonly string[]> {
  const migrations = readMigrations();
  const client = new pg.Client(access);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await appliedMigrations(client);
    for (const { name, checksum } of migrations) {
      const known = applied.get(name);
      if (known === undefined || known === checksum) continue;
      throw new Error(
        `Migration ${name} was changed after it was applied: expected checksum ${known}, got ${checksum}.`,
      );
    }
    const pending = migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
    if (pending.length > 0) {
      await ensureServerRole(client, becomesServer);
      await applyWithEngine(access);
    }
    return pending;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function appliedMigrations(client: pg.Client): Promise<Map<string, string>> {
  const table = await client.query<{ found: boolean }>(`select to_regclass('_prisma_migrations') is not null as found`);
  if (table.rows[0]?.found !== true) return new Map();
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

/** The role that the grants of the migrations name; a database given from outside may not have it yet. */
async function ensureServerRole(client: pg.Client, becomesServer: boolean): Promise<void> {
  const found = await client.query(`select from pg_roles where rolname = 'halisi_server'`);
  if (found.rowCount === 0) await client.query('create role halisi_server');
  if (!becomesServer) return;
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role(current_user, 'halisi_server', 'SET') as may`,
  );
  if (rows[0]?.may !== true) await client.query('grant halisi_server to current_user');
}

/**
 * All in one transaction, so that a kill in the middle leaves nothing half done: the pool has one connection, which the
 * engine uses between our `begin` and `commit`.
 */
async function applyWithEngine(access: pg.ClientConfig): Promise<void> {
  const pool = new pg.Pool({ ...access, max: 1, idleTimeoutMillis: 0 });
  pool.on('error', () => undefined);
  try {
    await pool.query('begin');
    const engine = await openSchemaEngine(pool);
    const filters = { externalTables: [], externalEnums: [] };
    await withoutLockTimer(() => engine.applyMigrations({ migrationsList: migrationsList(), filters }));
    await pool.query('commit');
    engine.free();
  } finally {
    await pool.end();
  }
}

const LOCK_TIMEOUT_MS = 10_000;

/** The engine never clears the timer of its own lock, which would keep a process that is done alive for that long. */
async function withoutLockTimer<T>(work: () => Promise<T>): Promise<T> {
  const setTimer = globalThis.setTimeout;
  const unreferenced = (callback: () => void, ms?: number, ...rest: []) => {
    const timer = setTimer(callback, ms, ...rest);
    return ms === LOCK_TIMEOUT_MS ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(unreferenced, setTimer);
  try {
    return await work();
  } finally {
    globalThis.setTimeout = setTimer;
  }
}

/**
 * The schema engine on a database. Loaded only when it is needed: it is 3 MB of WebAssembly. It wants a data model even
 * for what does not look at one.
 */
export async function openSchemaEngine(pool: pg.Pool) {
  const [{ SchemaEngine }, { MigrationAdapterFactory }, { bindMigrationAwareSqlAdapterFactory }] = await Promise.all([
    import('@prisma/schema-engine-wasm'),
    import('./migration-adapter.js'),
    import('@prisma/driver-adapter-utils'),
  ]);
  const schema = join(migrationsFolder(), '../schema.prisma');
  const datamodels: [string, string][] = [[schema, readFileSync(schema, 'utf8')]];
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationAdapterFactory(pool));
  return SchemaEngine.new({ datamodels }, () => undefined, factory);
}

export function migrationsList(folder = migrationsFolder()) {
  return {
    baseDir: folder,
    lockfile: { path: './migration_lock.toml', content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: readMigrations(folder).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

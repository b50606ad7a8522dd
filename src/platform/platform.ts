import type pino from 'pino';
import type { Chains } from './chain/chain.js';
import { openChains } from './chain/open-chains.js';
import type { ConfigValues } from './config/config.js';
import { Database } from './database/database.js';
import { EmbeddedPostgres } from './database/embedded-postgres.js';
import { migrate } from './database/migrations.js';
import type { Note } from './embedded/supervisor.js';
import { createLogger } from './logging.js';

/** What stands before the server starts and after it has stopped: configuration, log, database and chains. */
export interface Platform {
  readonly config: ConfigValues;
  readonly log: pino.Logger;
  readonly database: Database;
  readonly chains: Chains;
  /** One line each: where the embedded parts are. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

/** Starts or connects to the database, migrates it, and starts or names the chains. Throws when the database is not there. */
export async function startPlatform(config: ConfigValues, log = createLogger(config)): Promise<Platform> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) {
      await end().catch((error: unknown) => log.error({ err: error }, 'A part did not stop in order.'));
    }
  };
  try {
    const notes: string[] = [];
    const [database, chains] = await Promise.all([
      openDatabase(config, log, stops, notes),
      openChains(config, noteTo(log)).then((chains) => {
        stops.unshift(() => chains.close());
        return chains;
      }),
    ]);
    for (const { embedded, publicRpc } of chains.all) {
      if (embedded) notes.push(`Chain: embedded anvil, ${publicRpc}, data in ${config.home}/chain`);
    }
    return { config, log, database, chains, notes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(config: ConfigValues, log: pino.Logger, stops: (() => Promise<void>)[], notes: string[]) {
  const onError = (error: Error) => log.warn({ reason: error.message }, 'A database connection broke.');
  const { url, migrationUrl, poolSize } = config.database;
  if (url !== undefined) {
    // With one URL for both, the server gives up what the owner of the tables may do.
    const becomesServer = migrationUrl === undefined || migrationUrl === url;
    await migrate({ connectionString: migrationUrl ?? url }, becomesServer);
    const role = becomesServer ? 'halisi_server' : undefined;
    return opened(new Database({ access: { connectionString: url }, poolSize, role, onError }), stops);
  }
  const postgres = new EmbeddedPostgres({ home: config.home, note: noteTo(log) });
  stops.push(() => postgres.stop());
  await postgres.start();
  await migrate(postgres.owner());
  notes.push(`Database: embedded PostgreSQL, 127.0.0.1:${postgres.port}, data in ${config.home}/postgres`);
  return opened(new Database({ access: postgres.server(), poolSize, onError }), stops);
}

async function opened(database: Database, stops: (() => Promise<void>)[]): Promise<Database> {
  stops.push(() => database.close());
  await database.check();
  return database;
}

function noteTo(log: pino.Logger): Note {
  return (level, message, error) => log[level](error === undefined ? {} : { err: error }, message);
}

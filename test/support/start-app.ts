import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Abstract, Type } from '@nestjs/common';
import { Wallet } from 'ethers';
import { type RunningServer, serve } from '../../src/app.js';
import { rpc } from '../../src/platform/chain/rpc.js';
import { type ConfigValues, configFrom } from '../../src/platform/config/config.js';
import { readEnvironment } from '../../src/platform/config/env.js';
import type { Database } from '../../src/platform/database/database.js';
import type { PostgresAccess } from '../../src/platform/database/embedded-postgres.js';
import { type Platform, startPlatform } from '../../src/platform/platform.js';
import { GraphqlClient } from './graphql-client.js';
import { type SharedServers, sharedServers, testHome, urlOf } from './shared-servers.js';

export interface StartOptions {
  /** Loads the demo network; false unless asked for. */
  readonly demo?: boolean;
  /** Environment variables beside those of the test set-up. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another server on the database and chain of this one, as a second process would be. */
  readonly beside?: TestApp;
}

/** A whole server in this process: its own database and publisher on the run's servers, a random port. */
export class TestApp extends GraphqlClient {
  constructor(
    private readonly platform: Platform,
    private readonly server: RunningServer,
    private readonly shared: SharedServers,
    readonly databaseName: string,
  ) {
    super(server.url);
  }

  get config(): ConfigValues {
    return this.platform.config;
  }

  /** The server's own pool, in the server's own role. */
  get database(): Database {
    return this.platform.database;
  }

  /** The database as its superuser, for specs that tamper. */
  get superuser(): PostgresAccess {
    return this.shared.postgres.admin(this.databaseName);
  }

  /** URL of the chain. */
  get chainUrl(): string {
    return this.shared.anvil.url;
  }

  /** Any provider of the application. */
  get<T>(token: Type<T> | Abstract<T>): T {
    return this.server.app.get<T>(token as Type<T>, { strict: false });
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.platform.stop();
    await this.shared.detach();
  }
}

/** Boots the whole application. Close it in `afterAll`. */
export async function startApp(options: StartOptions = {}): Promise<TestApp> {
  const shared = await sharedServers();
  try {
    const databaseName = options.beside?.databaseName ?? (await shared.newDatabase());
    const home = options.beside?.config.home ?? mkdtempSync(join(testHome(), 'app-'));
    const env = await environment(shared, databaseName, home, options);
    const platform = await startPlatform(configFrom(readEnvironment(env)));
    try {
      return new TestApp(platform, await serve(platform), shared, databaseName);
    } catch (error) {
      await platform.stop();
      throw error;
    }
  } catch (error) {
    await shared.detach();
    throw error;
  }
}

async function environment(shared: SharedServers, databaseName: string, home: string, options: StartOptions) {
  const signer = options.beside?.config.chains[0]?.signer;
  const privateKey = signer?.type === 'key' ? signer.key : Wallet.createRandom().privateKey;
  await rpc(shared.anvil.url, 'anvil_setBalance', [new Wallet(privateKey).address, '0xd3c21bcecceda1000000']);
  return {
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'fatal',
    HALISI_HOME: home,
    HALISI_DEMO: options.demo === true ? '1' : '0',
    DATABASE_URL: urlOf(shared.postgres.server(databaseName)),
    DATABASE_MIGRATION_URL: urlOf(shared.postgres.owner(databaseName)),
    DATABASE_POOL: '10',
    CHAIN_RPC_URL: shared.anvil.url,
    CHAIN_PRIVATE_KEY: privateKey,
    CHECKPOINT_INTERVAL_MS: '100',
    ANCHOR_INTERVAL_MS: '200',
    ...options.env,
  };
}

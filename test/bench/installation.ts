import pg from 'pg';
import { typeParsers } from '../../src/platform/database/database.js';
import { GraphqlClient } from '../support/graphql-client.js';
import { tokenOf } from '../support/sign-in.js';
import { CLINIC, DEPOT, FACTORY, QUALITY, REGULATOR } from './places.js';
import { ServerProcess } from './server-process.js';
import { Stock } from './stock.js';

/** A running server with its database, and the people who work with it. */
export class Installation {
  private loaded: Promise<Stock> | undefined;

  private constructor(
    private readonly server: ServerProcess,
    readonly client: GraphqlClient,
    /** Two connections of the owner of the tables: for sizes, and for ceilings in tables of the same shape. */
    readonly databases: readonly [pg.Client, pg.Client],
    readonly tokens: Readonly<Record<'factory' | 'depot' | 'clinic' | 'quality' | 'regulator', string>>,
    private readonly note: (text: string) => void,
  ) {}

  static async start(note: (text: string) => void, profile?: string): Promise<Installation> {
    const server = await ServerProcess.start(profile);
    const client = new GraphqlClient(server.url);
    const connection = () => new pg.Client({ ...server.database(), types: typeParsers });
    const databases = [connection(), connection()] as const;
    await Promise.all(databases.map((database) => database.connect()));
    const tokens = {
      factory: await tokenOf(client, FACTORY.person),
      depot: await tokenOf(client, DEPOT.person),
      clinic: await tokenOf(client, CLINIC.person),
      quality: await tokenOf(client, QUALITY.person),
      regulator: await tokenOf(client, REGULATOR.person),
    };
    return new Installation(server, client, databases, tokens, note);
  }

  get database(): pg.Client {
    return this.databases[0];
  }

  get url(): string {
    return this.client.url;
  }

  /** A million packs and where they are; loaded when it is first asked for. */
  stock(): Promise<Stock> {
    this.loaded ??= Stock.load(this, this.note);
    return this.loaded;
  }

  /** Another process that answers requests for the same installation, until `work` ends. */
  async withSecondServer<T>(work: (url: string) => Promise<T>): Promise<T> {
    const second = await this.server.beside();
    try {
      return await work(second.url);
    } finally {
      await second.stop();
    }
  }

  /** The position that the next event gets. */
  async logEnd(): Promise<number> {
    const { rows } = await this.database.query<{ size: number }>('select size from log where number = 0');
    return rows[0]!.size;
  }

  /** Bytes on disk of all tables with their indexes. */
  async bytesStored(): Promise<number> {
    const { rows } = await this.database.query<{ bytes: number }>(
      `select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    return rows[0]!.bytes;
  }

  async stop(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.end()));
    await this.server.stop();
  }
}

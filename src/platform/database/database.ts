import pg from 'pg';
import { isRetryable } from './errors.js';

export type Row = Record<string, unknown>;

/** Something that statements can be sent to: a transaction, or the pool. */
export interface Queryable {
  /**
   * Runs a prepared statement and answers its rows. `name` stands for `text` on every connection: one name, one text.
   * bigint comes as a number (an unsafe one throws), timestamptz as a Date, date as `YYYY-MM-DD`, bytea as a Buffer.
   */
  query<R extends Row = Row>(name: string, text: string, values?: readonly unknown[]): Promise<R[]>;
  /** As query, and answers the number of rows that were touched. */
  execute(name: string, text: string, values?: readonly unknown[]): Promise<number>;
}

/** One open transaction. It ends when the work that it was given to ends. */
export interface Tx extends Queryable {
  /**
   * Leaves a statement, already sent, to the end of the transaction, which fails if it does. On a pipelined connection the
   * commit is sent behind it at once.
   */
  leave(statement: Promise<unknown>): void;
  /** The connection itself, for COPY and pipelining. */
  readonly client: pg.PoolClient;
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, parseInt8);
types.setTypeParser(pg.types.builtins.DATE, (text) => text);

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`A bigint beyond the safe integers came from the database: ${text}.`);
  return value;
}

/** The type parsers of every connection of ours, for code that opens its own. */
export const typeParsers: pg.CustomTypesConfig = types;

const INDEX_PROBES = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
];

export interface DatabaseOptions {
  readonly access: pg.ClientConfig;
  readonly poolSize: number;
  /** A role to take on each new connection, where the login role is not the server's own. */
  readonly role?: string | undefined;
  readonly onError?: (error: Error) => void;
}

/** The pool of connections to PostgreSQL, in the server's own role. */
export class Database implements Queryable {
  readonly pool: pg.Pool;
  private closing = false;

  constructor(private readonly options: DatabaseOptions) {
    this.pool = new pg.Pool({
      ...this.access,
      types: typeParsers,
      max: options.poolSize,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      application_name: 'halisi',
    });
    this.pool.on('error', (error) => {
      if (!this.closing) options.onError?.(error);
    });
  }

  /**
   * A small pool of its own for hot paths: statements are sent without waiting for the ones before, and each is planned once,
   * as probes of indexes. A plan made while a table was small would read the whole of it later.
   */
  lanes(count: number): Database {
    const options = [this.access.options, ...INDEX_PROBES.map((setting) => `-c ${setting}`)].filter(Boolean).join(' ');
    return new Database({ access: { ...this.access, pipeline: true, options }, poolSize: count });
  }

  /** How to open a connection of one's own in the server's role, as LISTEN needs. */
  get access(): pg.ClientConfig {
    const { access, role } = this.options;
    return role === undefined ? access : { ...access, options: `-c role=${role}` };
  }

  async query<R extends Row = Row>(name: string, text: string, values: readonly unknown[] = []): Promise<R[]> {
    const result = await this.pool.query<R>({ name, text, values: values as unknown[] });
    return result.rows;
  }

  async execute(name: string, text: string, values: readonly unknown[] = []): Promise<number> {
    const result = await this.pool.query({ name, text, values: values as unknown[] });
    return result.rowCount ?? 0;
  }

  /**
   * Runs `work` in one transaction. A throw rolls everything back; a returned value commits.
   * `work` may run again after a serialization failure or a deadlock (three times at most), so it does no I/O of its own.
   * When the connection breaks during the commit, the outcome is unknown (`isConnectionLoss`).
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, isolation: Isolation = 'read committed'): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.connection((client) => inTransaction(client, work, isolation));
      } catch (error) {
        if (attempt === 3 || !isRetryable(error)) throw error;
      }
    }
  }

  /** Lends one connection to `work`; a connection that `work` broke is thrown away. */
  async connection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      return await work(client);
    } finally {
      client.off('error', onError);
      client.release(broken ?? broke.has(client));
    }
  }

  /** Throws unless the database answers. */
  async check(): Promise<void> {
    await this.pool.query('select 1');
  }

  close(): Promise<void> {
    this.closing = true;
    return this.pool.end();
  }
}

/** Connections whose transaction could not even be rolled back. */
const broke = new WeakSet<pg.PoolClient>();

async function inTransaction<T>(client: pg.PoolClient, work: (tx: Tx) => Promise<T>, isolation: Isolation): Promise<T> {
  const left = new LeftStatements();
  // Not awaited: what follows on the connection waits for it there.
  left.add(client.query(isolation === 'read committed' ? 'begin' : `begin isolation level ${isolation}`));
  try {
    const result = await work(transactionOn(client, left));
    await left.sent();
    const committed = client.query('commit');
    left.add(committed);
    await left.done();
    // PostgreSQL answers the commit of a failed transaction by rolling it back, and without an error.
    const { command } = await committed;
    if (command !== 'COMMIT') throw new Error(`A transaction ended with ${command}: one of its statements had failed.`);
    return result;
  } catch (error) {
    await left.done().catch(() => undefined);
    await client.query('rollback').catch(() => broke.add(client));
    throw error;
  }
}

/** Statements that nobody waits for before the end of their transaction. */
class LeftStatements {
  private readonly statements: Promise<unknown>[] = [];
  private failed: { readonly error: unknown } | undefined;

  add(statement: Promise<unknown>): void {
    this.statements.push(statement);
    statement.catch((error: unknown) => (this.failed ??= { error }));
  }

  /** Throws where one could not even be sent: by the next tick every promise that waits for no I/O is settled. */
  async sent(): Promise<void> {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    if (this.failed) throw this.failed.error;
  }

  async done(): Promise<void> {
    await Promise.allSettled(this.statements);
    if (this.failed) throw this.failed.error;
  }
}

/** The statements of a transaction that is already open on `client`. */
function transactionOn(client: pg.PoolClient, left: LeftStatements): Tx {
  return {
    client,
    leave: (statement) => left.add(statement),
    async query<R extends Row = Row>(name: string, text: string, values: readonly unknown[] = []) {
      return (await client.query<R>({ name, text, values: values as unknown[] })).rows;
    },
    async execute(name: string, text: string, values: readonly unknown[] = []) {
      return (await client.query({ name, text, values: values as unknown[] })).rowCount ?? 0;
    },
  };
}

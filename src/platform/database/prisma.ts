import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma as Generated, PrismaClient } from '../../generated/prisma/client.js';
import type { Database } from './database.js';

/** One open transaction of Prisma's client. It ends when the work that it was given to ends. */
export type PrismaTx = Generated.TransactionClient;

/**
 * Prisma's client, for what is not hot. It borrows its connections from the pool of Database: the server's own role, and
 * one limit for both. Its errors are told apart by `database/errors.ts`.
 */
export class Prisma extends PrismaClient {
  constructor(database: Database) {
    super({
      adapter: new PrismaPg(database.pool, { disposeExternalPool: false }),
      // Without the code and the arguments of the call, which may hold what no log should.
      errorFormat: 'minimal',
      // Longer than the pool waits for a connection, so that its own error comes first.
      transactionOptions: { maxWait: 6000, timeout: 15_000 },
    });
  }
}

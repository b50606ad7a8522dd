import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../generated/prisma/client.js';
import type { Database } from './database.js';

/** Prisma's client, for what is not hot. It shares the pool of Database, and so its role. */
export class Prisma extends PrismaClient {
  constructor(database: Database) {
    super({ adapter: new PrismaPg(database.pool, { disposeExternalPool: false }) });
  }
}

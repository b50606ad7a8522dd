import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../platform/database/database.js';
import { RateLimitedError } from './errors.js';

const SECONDS = 60;

/** Counts what an address asks for without signing in, for all processes together. */
export abstract class AddressLimit {
  private readonly limiter: RateLimiterPostgres;

  /** `points` is what an address may spend in a minute; `purpose` keeps its counts apart from those of others. */
  protected constructor(database: Database, purpose: string, points: number) {
    this.limiter = new RateLimiterPostgres({
      storeClient: database.pool,
      tableName: 'rate_limit',
      tableCreated: true,
      keyPrefix: purpose,
      points,
      duration: SECONDS,
      inMemoryBlockOnConsumed: points + 1,
    });
  }

  /** Spends `weight` points of the address. Throws RateLimitedError. */
  async count(address: string, weight = 1): Promise<void> {
    try {
      await this.limiter.consume(address, weight);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      throw new RateLimitedError(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)));
    }
  }
}

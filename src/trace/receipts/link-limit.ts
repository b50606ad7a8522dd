import { Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from '../../access/errors.js';
import { Database } from '../../platform/database/database.js';

/** Links opened by one address in a minute. Each is recorded, so nobody may open them without end. */
export const LINKS_A_MINUTE = 60;

/** Counts the links that an address opens, for all processes together. */
@Injectable()
export class LinkLimit {
  private readonly limiter: RateLimiterPostgres;

  constructor(database: Database) {
    this.limiter = new RateLimiterPostgres({
      storeClient: database.pool,
      tableName: 'rate_limit',
      tableCreated: true,
      keyPrefix: 'receipt-link',
      points: LINKS_A_MINUTE,
      duration: 60,
      inMemoryBlockOnConsumed: LINKS_A_MINUTE + 1,
    });
  }

  /** Throws RateLimitedError. */
  async count(address: string): Promise<void> {
    try {
      await this.limiter.consume(address);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      throw new RateLimitedError(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)));
    }
  }
}

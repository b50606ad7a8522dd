import { Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from '../access/errors.js';
import { Database } from '../platform/database/database.js';

/** Public checks by one address in a minute. Wide: a hospital, or a whole mobile network, may share an address. */
export const PUBLIC_CHECKS = 300;
const SECONDS = 60;
/** A report blocks a pack: ten a minute are many. */
export const REPORT_WEIGHT = 30;

/** Counts the public checks of an address, for all processes together. */
@Injectable()
export class PublicLimit {
  private readonly limiter: RateLimiterPostgres;

  constructor(database: Database) {
    this.limiter = new RateLimiterPostgres({
      storeClient: database.pool,
      tableName: 'rate_limit',
      tableCreated: true,
      keyPrefix: 'verify',
      points: PUBLIC_CHECKS,
      duration: SECONDS,
      inMemoryBlockOnConsumed: PUBLIC_CHECKS + 1,
    });
  }

  /** `weight` is how many checks a request stands for. Throws RateLimitedError. */
  async count(address: string, weight = 1): Promise<void> {
    try {
      await this.limiter.consume(address, weight);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      throw new RateLimitedError(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)));
    }
  }
}

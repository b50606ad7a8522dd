import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Database } from '../platform/database/database.js';
import { RateLimitedError } from './errors.js';

const QUARTER_HOUR = 15 * 60;
const HOUR = 60 * 60;

/**
 * How many attempts count before one has to wait: by one address on one account, on one account from anywhere, and by one
 * address on any account. The last two are wider: a clinic shares one address, and an attacker must not be able to lock
 * an account with a handful of tries.
 */
const limits = {
  pair: { points: 5, duration: QUARTER_HOUR },
  account: { points: 50, duration: HOUR },
  address: { points: 100, duration: QUARTER_HOUR },
} as const;

/** Attempts to sign in, counted in the database, so that many processes count together. */
@Injectable()
export class Attempts {
  private readonly pair: RateLimiterPostgres;
  private readonly account: RateLimiterPostgres;
  private readonly address: RateLimiterPostgres;

  constructor(@Inject(Database) database: Database) {
    const limiter = (name: keyof typeof limits) =>
      new RateLimiterPostgres({
        storeClient: database.pool,
        tableName: 'rate_limit',
        tableCreated: true,
        keyPrefix: name,
        ...limits[name],
      });
    this.pair = limiter('pair');
    this.account = limiter('account');
    this.address = limiter('address');
  }

  /** Counts one attempt, before it is looked at: attempts at the same moment all count. Throws RateLimitedError. */
  async count(account: string, address: string): Promise<void> {
    const name = keyOf(account);
    const counted = await Promise.allSettled([
      this.pair.consume(`${name}:${address}`),
      this.account.consume(name),
      this.address.consume(address),
    ]);
    let wait = 0;
    for (const each of counted) {
      if (each.status === 'fulfilled') continue;
      const reason: unknown = each.reason;
      if (!(reason instanceof RateLimiterRes)) throw reason;
      wait = Math.max(wait, reason.msBeforeNext);
    }
    if (wait > 0) throw new RateLimitedError(Math.max(1, Math.ceil(wait / 1000)));
  }

  /** Forgets the attempts of this address on this account, after one that was right. */
  async succeeded(account: string, address: string): Promise<void> {
    await this.pair.delete(`${keyOf(account)}:${address}`);
  }
}

/** Names are what somebody typed, of any length; the table keeps no e-mail addresses. */
const keyOf = (account: string): string =>
  createHash('sha256').update(account.trim().toLowerCase()).digest('base64url').slice(0, 22);

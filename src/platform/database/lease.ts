import { randomUUID } from 'node:crypto';
import type { Queryable } from './database.js';

/**
 * Work that one process at a time does over several transactions. It is advice, not a fence: a process that slept past
 * its lease may still be at work, so what it writes is guarded by its own conditions.
 */
export class Lease {
  private readonly holder = randomUUID();

  constructor(
    private readonly sql: Queryable,
    readonly name: string,
    private readonly seconds = 15,
  ) {}

  /** Takes or renews the lease; false while another process holds it. */
  async hold(): Promise<boolean> {
    const text = `insert into lease (name, holder, until) values ($1, $2, now() + make_interval(secs => $3))
                  on conflict (name) do update set holder = excluded.holder, until = excluded.until
                  where lease.holder = excluded.holder or lease.until < now()`;
    return (await this.sql.execute('lease-hold', text, [this.name, this.holder, this.seconds])) === 1;
  }

  /** Gives the lease up, so that the next need not wait. */
  async release(): Promise<void> {
    const text = 'update lease set until = now() where name = $1 and holder = $2';
    await this.sql.execute('lease-release', text, [this.name, this.holder]);
  }
}

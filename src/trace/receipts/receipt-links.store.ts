import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Database, type Row } from '../../platform/database/database.js';
import { LINK_KEY_BYTES } from './receipt-link.js';

interface KeyRow extends Row {
  readonly secret: Buffer;
}

/** The keys of receipt links, which all processes share. */
@Injectable()
export class ReceiptLinksStore {
  constructor(private readonly database: Database) {}

  /** The newest first; the first that is asked for is made. */
  async keys(): Promise<Buffer[]> {
    const found = await this.stored();
    if (found.length > 0) return found;
    await this.database.transaction(async (sql) => {
      await sql.query('receipt-link-lock', `select pg_advisory_xact_lock(hashtext('halisi.receipt_link_key'))`);
      const make = `insert into receipt_link_key (secret) select $1 where not exists (select from receipt_link_key)`;
      await sql.execute('receipt-link-make', make, [randomBytes(LINK_KEY_BYTES)]);
    });
    return this.stored();
  }

  private async stored(): Promise<Buffer[]> {
    const text = 'select secret from receipt_link_key order by id desc';
    return (await this.database.query<KeyRow>('receipt-link-keys', text, [])).map(({ secret }) => secret);
  }
}

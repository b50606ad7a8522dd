import { Injectable } from '@nestjs/common';
import { prefixesOf } from '../../../partners/directory.store.js';
import { Database, type Row } from '../../../platform/database/database.js';
import type { PublicJwk } from '../json-web.js';

/** Where questions about a GTIN, or about all under a company prefix, go. */
export interface StoredResponder extends Row {
  readonly id: number;
  readonly gtin: string | null;
  readonly companyPrefix: string | null;
  readonly baseUrl: string;
  readonly gln: string | null;
  readonly keys: readonly PublicJwk[] | null;
  readonly keysUrl: string | null;
  readonly addedAt: Date;
  readonly removedAt: Date | null;
}

export type NewResponder = Pick<StoredResponder, 'gtin' | 'companyPrefix' | 'baseUrl' | 'gln' | 'keys' | 'keysUrl'>;

const COLUMNS = `id, lpad(gtin::text, 14, '0') as gtin, prefix as "companyPrefix", base_url as "baseUrl", gln, keys,
  keys_url as "keysUrl", added_at as "addedAt", removed_at as "removedAt"`;

const SQL = {
  find: `select ${COLUMNS} from verification_responder
    where removed_at is null and (gtin = $1 or prefix = any ($2::text[]))
    order by gtin nulls last, length(prefix) desc limit 1`,
  page: `select ${COLUMNS} from verification_responder where removed_at is null and id > $1 order by id limit $2`,
  replace: `update verification_responder set removed_at = now()
    where removed_at is null and (gtin = $1 or prefix = $2)`,
  insert: `insert into verification_responder (gtin, prefix, base_url, gln, keys, keys_url)
    values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
  remove: `update verification_responder set removed_at = now() where id = $1 and removed_at is null returning ${COLUMNS}`,
};

/** The directory of systems that answer for GTINs of others. What is removed stays, with when. */
@Injectable()
export class RespondersStore {
  constructor(private readonly database: Database) {}

  /** The entry of the GTIN, else that of the longest company prefix with which it begins. */
  async find(gtin: string): Promise<StoredResponder | undefined> {
    const values = [gtin, prefixesOf(gtin.slice(1))];
    const [row] = await this.database.query<StoredResponder>('responder-find', SQL.find, values);
    return row;
  }

  page(after: number, limit: number): Promise<StoredResponder[]> {
    return this.database.query<StoredResponder>('responder-page', SQL.page, [after, limit]);
  }

  /** Puts an entry in place of the one before it. */
  register({ gtin, companyPrefix, baseUrl, gln, keys, keysUrl }: NewResponder): Promise<StoredResponder> {
    return this.database.transaction(async (tx) => {
      await tx.execute('responder-replace', SQL.replace, [gtin, companyPrefix]);
      const values = [gtin, companyPrefix, baseUrl, gln, keys === null ? null : JSON.stringify(keys), keysUrl];
      const [row] = await tx.query<StoredResponder>('responder-insert', SQL.insert, values);
      return row!;
    });
  }

  async remove(id: number): Promise<StoredResponder | undefined> {
    const [row] = await this.database.query<StoredResponder>('responder-remove', SQL.remove, [id]);
    return row;
  }
}

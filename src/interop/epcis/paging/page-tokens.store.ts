import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';

/** Where a list goes on, for whom, and of which resource with which parameters. */
export interface StoredPageToken extends Row {
  readonly organisationId: number;
  /** SHA-256. */
  readonly resource: Buffer;
  readonly cursor: string;
  readonly expiresAt: Date;
}

const SQL = {
  insert: `insert into page_token (hash, organisation_id, resource, cursor, expires_at) values ($1, $2, $3, $4, $5)`,
  one: `select organisation_id as "organisationId", resource, cursor, expires_at as "expiresAt" from page_token
    where hash = $1`,
  remove: 'delete from page_token where hash = $1 and organisation_id = $2 and expires_at > now()',
  sweep: 'delete from page_token where expires_at < now()',
};

@Injectable()
export class PageTokensStore {
  constructor(private readonly database: Database) {}

  async insert(hash: Buffer, { organisationId, resource, cursor, expiresAt }: StoredPageToken): Promise<void> {
    const values = [hash, organisationId, resource, cursor, expiresAt];
    await this.database.execute('epcis-page-token-insert', SQL.insert, values);
  }

  async one(hash: Buffer): Promise<StoredPageToken | undefined> {
    return (await this.database.query<StoredPageToken>('epcis-page-token', SQL.one, [hash]))[0];
  }

  /** False where the organisation has no such token. */
  async remove(hash: Buffer, organisation: number): Promise<boolean> {
    return (await this.database.execute('epcis-page-token-remove', SQL.remove, [hash, organisation])) === 1;
  }

  async sweep(): Promise<void> {
    await this.database.execute('epcis-page-token-sweep', SQL.sweep);
  }
}

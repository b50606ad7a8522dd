import { Inject, Injectable } from '@nestjs/common';
import type { JsonWebKey } from 'node:crypto';
import { Database, type Row, type Tx } from '../platform/database/database.js';

export interface StoredKey extends Row {
  readonly kid: string;
  readonly publicJwk: JsonWebKey;
  readonly privateSealed: Buffer;
  readonly signsFrom: Date;
  readonly signsUntil: Date;
  readonly publishedUntil: Date;
}

/** The keys that sign access tokens. All processes share them; the private part is sealed. */
@Injectable()
export class SigningKeysStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Keys whose tokens may still be alive, the newest first. */
  published(): Promise<StoredKey[]> {
    return this.database.query<StoredKey>(
      'signing_keys',
      `select kid, public_jwk as "publicJwk", private_sealed as "privateSealed", signs_from as "signsFrom",
         signs_until as "signsUntil", published_until as "publishedUntil"
       from signing_key where published_until > now() order by signs_from desc, kid`,
    );
  }

  /** Runs `work` while no other process makes a key. */
  exclusively<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await tx.query('signing_key_lock', `select pg_advisory_xact_lock(hashtext('halisi.signing_key'))`);
      return work(tx);
    });
  }

  async insert(tx: Tx, key: StoredKey): Promise<void> {
    await tx.execute(
      'signing_key_insert',
      `insert into signing_key (kid, public_jwk, private_sealed, signs_from, signs_until, published_until)
       values ($1, $2, $3, $4, $5, $6)`,
      [key.kid, JSON.stringify(key.publicJwk), key.privateSealed, key.signsFrom, key.signsUntil, key.publishedUntil],
    );
    await tx.execute('signing_key_prune', `delete from signing_key where published_until < now() - interval '1 day'`);
  }
}

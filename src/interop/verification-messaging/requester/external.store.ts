import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';
import type { PublicJwk } from '../json-web.js';
import type { Question } from '../question.js';
import type { Outcome } from './outcome.js';

export type Authenticity = 'signed' | 'unsigned' | 'none';

/** What another system answered, with all that proves it. */
export interface StoredExternal extends Row {
  readonly id: number;
  readonly at: Date;
  readonly organisationId: number;
  readonly gtin: string;
  readonly serial: string;
  readonly lot: string;
  readonly expiry: string;
  readonly context: string;
  readonly corrUuid: string;
  readonly status: number | null;
  readonly outcome: Outcome;
  readonly authenticity: Authenticity;
  readonly responderUrl: string | null;
  readonly responderGln: string | null;
  readonly failureReason: string | null;
  readonly additionalInfo: string | null;
  readonly answer: string | null;
  readonly signature: string | null;
  readonly key: PublicJwk | null;
}

export type NewExternal = Omit<
  StoredExternal,
  'id' | 'at' | 'gtin' | 'serial' | 'lot' | 'expiry' | 'context' | 'corrUuid' | 'organisationId'
> & { readonly question: Question; readonly organisation: number; readonly person: number | null };

const COLUMNS = `id, at, organisation_id as "organisationId", lpad(gtin::text, 14, '0') as gtin, serial, lot, expiry, context,
  corr_uuid as "corrUuid", status, outcome, authenticity, responder_url as "responderUrl", responder_gln as "responderGln",
  failure_reason as "failureReason", additional_info as "additionalInfo", answer, signature, key`;

const SQL = {
  insert: `insert into external_verification (organisation_id, person, gtin, corr_uuid, status, outcome, authenticity, context,
      serial, lot, expiry, responder_url, responder_gln, failure_reason, additional_info, answer, signature, key)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) returning ${COLUMNS}`,
  of: `select ${COLUMNS} from external_verification
    where gtin = $1 and serial = $2 collate "C" and ($3::int is null or organisation_id = $3) order by id desc limit $4`,
};

/** Answers of other systems. They are never changed. */
@Injectable()
export class ExternalStore {
  constructor(private readonly database: Database) {}

  /** Durable when it resolves. */
  async insert(external: NewExternal): Promise<StoredExternal> {
    const { question, organisation, person, status, outcome, authenticity, key } = external;
    const { gtin, corrUUID, context, ser, lot, exp } = question;
    const { responderUrl, responderGln, failureReason, additionalInfo, answer, signature } = external;
    const [row] = await this.database.query<StoredExternal>('external-insert', SQL.insert, [
      ...[organisation, person, gtin, corrUUID, status, outcome, authenticity, context, ser, lot, exp],
      ...[responderUrl, responderGln, failureReason, additionalInfo, answer, signature],
      key === null ? null : JSON.stringify(key),
    ]);
    return row!;
  }

  /** Those about one pack, the newest first: an organisation's own, or all of them. */
  of(gtin: string, serial: string, organisation: number | null, most: number): Promise<StoredExternal[]> {
    return this.database.query<StoredExternal>('external-of', SQL.of, [gtin, serial, organisation, most]);
  }
}

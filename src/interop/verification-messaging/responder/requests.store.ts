import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';
import type { VerificationData } from '../message.js';
import type { Question } from '../question.js';

/** A question that was answered. */
export interface AnsweredQuestion {
  readonly question: Question;
  readonly data: VerificationData;
  readonly owner: number;
  readonly organisation: number | null;
  readonly issuer: string | null;
}

export interface StoredQuestion extends Row {
  readonly id: number;
  readonly at: Date;
  readonly ownerId: number;
  readonly organisationId: number | null;
  readonly requesterGln: string;
  readonly issuer: string | null;
  readonly context: string;
  readonly gtin: string;
  readonly serial: string;
  readonly lot: string;
  readonly expiry: string;
  readonly corrUuid: string;
  readonly verified: boolean;
  readonly failureReason: string | null;
  readonly additionalInfo: string | null;
}

const SQL = {
  insert: `insert into verification_request (owner_id, organisation_id, gtin, corr_uuid, verified, requester_gln, issuer,
      context, serial, lot, expiry, failure_reason, additional_info)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
  page: `select id, at, owner_id as "ownerId", organisation_id as "organisationId", requester_gln as "requesterGln", issuer,
      context, lpad(gtin::text, 14, '0') as gtin, serial, lot, expiry, corr_uuid as "corrUuid", verified,
      failure_reason as "failureReason", additional_info as "additionalInfo"
    from verification_request where owner_id = $1 and id < $2 order by id desc limit $3`,
};

/** Who asked about whose packs. */
@Injectable()
export class RequestsStore {
  constructor(private readonly database: Database) {}

  /** Durable when it resolves. */
  async insert({ question, data, owner, organisation, issuer }: AnsweredQuestion): Promise<void> {
    const { gtin, corrUUID, reqGLN, context, ser, lot, exp } = question;
    await this.database.execute('verification-request', SQL.insert, [
      ...[owner, organisation, gtin, corrUUID, data.verified, reqGLN, issuer, context, ser, lot, exp],
      ...[data.verificationFailureReason ?? null, data.additionalInfo ?? null],
    ]);
  }

  /** Those about packs of an owner, the newest first. */
  page(owner: number, before: number, limit: number): Promise<StoredQuestion[]> {
    return this.database.query<StoredQuestion>('verification-requests', SQL.page, [owner, before, limit]);
  }
}

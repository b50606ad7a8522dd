import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../platform/database/database.js';

export interface ScanQuery {
  /** Only scans of this organisation; undefined for all. */
  readonly organisation: number | undefined;
  readonly gtin: string | undefined;
  readonly serial: string | undefined;
  /** Only scans stored before this one. */
  readonly before: number | undefined;
  readonly limit: number;
}

export interface StoredScan extends Row {
  readonly id: number;
  readonly at: Date;
  readonly gtin: string | null;
  readonly serial: string | null;
  readonly position: number | null;
  readonly organisationId: number | null;
  readonly site: number | null;
  readonly person: number | null;
  readonly verdict: number;
  readonly purpose: string;
  readonly reason: string | null;
  readonly raw: string;
}

/** The scans that were kept. */
@Injectable()
export class ScansStore {
  constructor(private readonly database: Database) {}

  /** The newest first. Each set of conditions has its own statement, so that each has its own index. */
  page({ organisation, gtin, serial, before, limit }: ScanQuery): Promise<StoredScan[]> {
    const values: unknown[] = [before ?? Number.MAX_SAFE_INTEGER, limit];
    const conditions = ['id < $1'];
    const add = (name: string, column: string, type: string, value: unknown): string => {
      if (value === undefined) return '';
      conditions.push(`${column} = $${values.push(value)}::${type}`);
      return `-${name}`;
    };
    const name = [
      add('organisation', 'organisation_id', 'int', organisation),
      add('gtin', 'gtin', 'bigint', gtin),
      add('serial', 'serial', 'text', serial),
    ].join('');
    const text = `select id, at, lpad(gtin::text, 14, '0') as gtin, serial, position, organisation_id as "organisationId",
        site, person, verdict, purpose, reason, raw
      from scan where ${conditions.join(' and ')} order by id desc limit $2`;
    return this.database.query<StoredScan>(`verification-scans-page${name}`, text, values);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { Database, type Row } from '../platform/database/database.js';
import type { Purpose } from './purpose.js';

export interface TrailEntry {
  readonly at: Date;
  readonly organisationId: number;
  readonly person: number | null;
  readonly client: string | null;
  readonly ownerIds: readonly number[];
  readonly purpose: Purpose;
  readonly operation: string;
  readonly subject: string;
}

export interface StoredTrailEntry extends TrailEntry, Row {
  readonly id: number;
}

export interface TrailQuery {
  /** Only entries that this organisation's data was read in, or undefined for all. */
  readonly ownerId: number | undefined;
  readonly before: number | undefined;
  readonly limit: number;
}

@Injectable()
export class AccessTrailStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** One statement for the whole group. */
  async insert(entries: readonly TrailEntry[]): Promise<void> {
    await this.database.execute(
      'access_trail_insert',
      `insert into access_trail (at, organisation_id, person, client, owner_ids, purpose, operation, subject)
       select at, organisation_id, person, client, owner_ids::int[], purpose, operation, subject
       from unnest($1::timestamptz[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
         as entry (at, organisation_id, person, client, owner_ids, purpose, operation, subject)`,
      [
        entries.map((each) => each.at),
        entries.map((each) => each.organisationId),
        entries.map((each) => each.person),
        entries.map((each) => each.client),
        entries.map((each) => `{${each.ownerIds.join(',')}}`),
        entries.map((each) => each.purpose),
        entries.map((each) => each.operation),
        entries.map((each) => each.subject),
      ],
    );
  }

  /** The newest entries first, from just before `before`. */
  page(query: TrailQuery): Promise<StoredTrailEntry[]> {
    return this.database.query<StoredTrailEntry>(
      'access_trail_page',
      `select id, at, organisation_id as "organisationId", person, client, owner_ids as "ownerIds", purpose, operation, subject
       from access_trail
       where ($1::int is null or owner_ids @> array[$1::int])
         and ($2::bigint is null or id < $2)
       order by id desc limit $3`,
      [query.ownerId ?? null, query.before ?? null, query.limit],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../../platform/database/database.js';

/** A named query as it is stored. */
export interface StoredQuery extends Row {
  readonly id: number;
  readonly organisationId: number;
  readonly name: string;
  /** JSON, as it was sent. */
  readonly query: string;
  /** JSON: prefix and namespace of each extension that came with it. */
  readonly namespaces: string;
}

const COLUMNS = 'id, organisation_id as "organisationId", name, query, namespaces';

const SQL = {
  insert: `insert into named_query (organisation_id, name, query, namespaces)
    select $1, $2, $3, $4 where (select count(*) from named_query where organisation_id = $1) < $5
    returning ${COLUMNS}`,
  one: `select ${COLUMNS} from named_query where organisation_id = $1 and name = $2`,
  page: `select ${COLUMNS} from named_query where organisation_id = $1 and name > $2 order by name limit $3`,
  kept: 'select id from named_query where id = any($1)',
  remove: 'delete from named_query where organisation_id = $1 and name = $2',
};

@Injectable()
export class NamedQueriesStore {
  constructor(private readonly database: Database) {}

  /** Undefined where the organisation has `most` already. Fails with a unique violation where the name is taken. */
  async insert(
    organisation: number,
    { name, query, namespaces }: Pick<StoredQuery, 'name' | 'query' | 'namespaces'>,
    most: number,
  ): Promise<StoredQuery | undefined> {
    const values = [organisation, name, query, namespaces, most];
    return (await this.database.query<StoredQuery>('epcis-query-insert', SQL.insert, values))[0];
  }

  async one(organisation: number, name: string): Promise<StoredQuery | undefined> {
    return (await this.database.query<StoredQuery>('epcis-query', SQL.one, [organisation, name]))[0];
  }

  /** By name, from just after one. */
  page(organisation: number, after: string, limit: number): Promise<StoredQuery[]> {
    return this.database.query<StoredQuery>('epcis-queries', SQL.page, [organisation, after, limit]);
  }

  /** Those of some queries that are still there. */
  async kept(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await this.database.query<{ id: number }>('epcis-queries-kept', SQL.kept, [ids]);
    return new Set(rows.map(({ id }) => id));
  }

  /** With its subscriptions. False where there is none. */
  async remove(organisation: number, name: string): Promise<boolean> {
    return (await this.database.execute('epcis-query-remove', SQL.remove, [organisation, name])) === 1;
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope, StoredEvent } from '../../../trace/events/events.store.js';

const NAMED = 'exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0)';

const newest = (candidate: string): string => `select e.position, e.captured_by as "capturedBy", e.body,
    ${NAMED} as party, null as erased from event e where e.position = (${candidate})`;

const later = (visible: string): string => `select k.epc::text as epc from unnest($2::bigint[]) k (epc) where exists (
  select from epc_event x join event e on e.position = x.position
  where x.epc = k.epc and x.position > $3 and e.body is not null ${visible})`;

const SQL = {
  newestOwn: newest(`select greatest(
    (select max(position) from event where captured_by = $1 and position <= $2),
    (select max(position) from event_party where organisation_id = $1 and position <= $2))`),
  newestAll: newest('select max(position) from event where position <= $2'),
  laterOwn: later(`and (e.captured_by = $1 or ${NAMED})`),
  laterAll: later('and $1::int is not null'),
};

/** Events newest first, and which EPCs newer ones name. */
@Injectable()
export class EpcsStore {
  constructor(private readonly database: Database) {}

  /** The newest event of a scope at a position or before. */
  async newest({ organisation, all }: Scope, from: number): Promise<StoredEvent | undefined> {
    const name = all ? 'epcis-epcs-newest-all' : 'epcis-epcs-newest-own';
    const rows = await this.database.query<StoredEvent>(name, all ? SQL.newestAll : SQL.newestOwn, [
      organisation,
      from,
    ]);
    return rows[0];
  }

  /** Those of some EPCs, by their keys in the index, that an event of the scope after a position names. */
  async namedLater({ organisation, all }: Scope, keys: readonly string[], after: number): Promise<ReadonlySet<string>> {
    const name = all ? 'epcis-epcs-later-all' : 'epcis-epcs-later-own';
    const values = [organisation, keys, after];
    const rows = await this.database.query<{ epc: string }>(name, all ? SQL.laterAll : SQL.laterOwn, values);
    return new Set(rows.map(({ epc }) => epc));
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope, StoredEvent } from '../../../trace/events/events.store.js';

/** Events of one read, and the bytes of them: big events make it shorter. */
const SCAN = 200;
const BYTES = 4 * 1024 * 1024;

const NAMED = 'exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0)';

const back = (candidates: string): string => `
  with candidate as materialized (${candidates}),
  sized as (select e.position, coalesce(octet_length(e.body), 0) as size from candidate join event e using (position)),
  summed as (select position, sum(size) over (order by position desc) - size as before from sized)
  select e.position, e.captured_by as "capturedBy", e.body, ${NAMED} as party, null as erased
  from summed join event e using (position) where summed.before < ${BYTES} order by e.position desc`;

const SQL = {
  own: back(`select position from (
      (select position from event where captured_by = $1 and position < $2 order by position desc limit ${SCAN})
      union
      (select position from event_party where organisation_id = $1 and position < $2 order by position desc limit ${SCAN})) u
    order by position desc limit ${SCAN}`),
  all: back(`select position from event where position < $2 order by position desc limit ${SCAN}`),
};

/** Events of an organisation, the newest first. */
@Injectable()
export class EventWalkStore {
  constructor(private readonly database: Database) {}

  /** The next events before a position: bounded in number and bytes, none at the beginning of the log. */
  before({ organisation, all }: Scope, position: number): Promise<StoredEvent[]> {
    const name = all ? 'epcis-walk-all' : 'epcis-walk-own';
    return this.database.query<StoredEvent>(name, all ? SQL.all : SQL.own, [organisation, position]);
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../trace/events/events.store.js';

/** Positions that one transaction looks at. */
const STEP = 500;
/** Bytes of the longest value that is listed. */
const LONGEST = 2000;
/** A word of the standard in any of its forms: those are listed anyway. */
const STANDARD = `'^(urn:epcglobal:cbv:(bizstep|disp):|https?://(ref|ns)\\.gs1\\.org/cbv/(bizstep|disp)-|cbv:|epcis:)'`;

const VISIBLE = 'exists (select from event e where e.position = v.position and e.body is not null)';

const SQL = {
  learn: `with batch as materialized (
      select position, captured_by, body::jsonb as event from event
      where position >= $1 and position < $2 and body is not null),
    said as (select position, captured_by, v.kind, v.value from batch cross join lateral (values
        (0, event ->> 'type'), (1, event ->> 'bizStep'), (2, event ->> 'disposition'),
        (3, event -> 'readPoint' ->> 'id'), (4, event -> 'bizLocation' ->> 'id')) v (kind, value)
      where octet_length(v.value) between 1 and ${LONGEST}
        and (v.kind > 2 or (v.value ~ ':' and v.value !~* ${STANDARD}))),
    named as (select p.position, o.id from organisation o cross join lateral (
      select position from event_party where organisation_id = o.id and position >= $1 and position < $2) p),
    seen as (select captured_by as organisation_id, kind, value, position from said
      union all select n.id, kind, value, position from said join named n using (position))
    insert into event_vocabulary (organisation_id, kind, value, position)
    select organisation_id, kind, value, max(position) from seen group by organisation_id, kind, value
    on conflict (organisation_id, kind, value) do update set position = excluded.position`,
  begin: `insert into event_vocabulary_cursor (log, next) select number, number::bigint << 40 from log l
    where not exists (select from event_vocabulary_cursor c where c.log = l.number) on conflict (log) do nothing`,
  next: `select c.log, c.next, (l.number::bigint << 40) + l.size as end from event_vocabulary_cursor c
    join log l on l.number = c.log where c.next < (l.number::bigint << 40) + l.size limit 1 for update of c skip locked`,
  moved: 'update event_vocabulary_cursor set next = $2 where log = $1',
  // What an erased event said is not listed until another event says it.
  own: `select v.value from event_vocabulary v where v.organisation_id = $1 and v.kind = $2 and v.value > $3
    and ${VISIBLE} order by v.value limit $4`,
  all: `select v.value from event_vocabulary v where $1::int is not null and v.kind = $2 and v.value > $3
    and ${VISIBLE} group by v.value order by v.value limit $4`,
};

/** Values of vocabularies that events use, learnt from the log. */
@Injectable()
export class VocabulariesStore {
  constructor(private readonly database: Database) {}

  async begin(): Promise<void> {
    await this.database.execute('epcis-vocabulary-begin', SQL.begin);
  }

  /** Looks at the next events of a log, one process at a time. False where there were none, or another process is at it. */
  learn(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      type Next = { readonly log: number; readonly next: number; readonly end: number };
      const [at] = await tx.query<Next>('epcis-vocabulary-next', SQL.next);
      if (!at) return false;
      const before = Math.min(at.next + STEP, at.end);
      await tx.execute('epcis-vocabulary-learn', SQL.learn, [at.next, before]);
      await tx.execute('epcis-vocabulary-moved', SQL.moved, [at.log, before]);
      return true;
    });
  }

  /** Values that events of a scope use, by their bytes, from just after one. */
  async values({ organisation, all }: Scope, kind: number, after: string, limit: number): Promise<string[]> {
    const name = all ? 'epcis-vocabulary-all' : 'epcis-vocabulary-own';
    const values = [organisation, kind, after, limit];
    const rows = await this.database.query<{ value: string }>(name, all ? SQL.all : SQL.own, values);
    return rows.map(({ value }) => value);
  }
}

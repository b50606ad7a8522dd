import { Injectable } from '@nestjs/common';
import { ERASED_COLUMN } from '../../capture/erased-event.js';
import { Database, type Row } from '../../platform/database/database.js';
import type { Scope, StoredEvent } from '../events/events.store.js';

/** How long a log is: its first possible position, its last one, and the first of the next log. */
export interface LogHead extends Row {
  readonly log: number;
  readonly base: number;
  readonly last: number;
  readonly end: number;
}

const PARTY = `exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0) as party`;
const COLUMNS = `e.position, e.captured_by as "capturedBy", e.body, ${PARTY}, ${ERASED_COLUMN}`;

const SQL = {
  heads: `select number as log, number::bigint << 40 as base, (number::bigint << 40) + size - 1 as last,
      (number::bigint + 1) << 40 as end from log order by number`,
  all: `select ${COLUMNS} from event e where e.position > $2 and e.position <= $3 order by e.position limit $4`,
  own: `select ${COLUMNS} from (
      (select position from event where captured_by = $1 and position > $2 and position <= $3 order by position limit $4)
      union
      (select position from event_party where organisation_id = $1 and position > $2 and position <= $3
        order by position limit $4)
      order by position limit $4) n
    join event e using (position) order by e.position`,
};

/** Reads the end of the log. */
@Injectable()
export class LogTailStore {
  constructor(private readonly database: Database) {}

  heads(): Promise<LogHead[]> {
    return this.database.query<LogHead>('trace-log-heads', SQL.heads);
  }

  /** Events of a scope above one position, up to another, in their order. */
  between({ organisation, all }: Scope, after: number, upTo: number, limit: number): Promise<StoredEvent[]> {
    const values = [organisation, after, upTo, limit];
    return this.database.query<StoredEvent>(`trace-tail-${all ? 'all' : 'own'}`, all ? SQL.all : SQL.own, values);
  }
}

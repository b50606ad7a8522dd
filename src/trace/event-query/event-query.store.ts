import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ERASED_COLUMN } from '../../capture/erased-event.js';
import { Database, type Row } from '../../platform/database/database.js';
import type { StoredEvent } from '../events/events.store.js';
import {
  findingNames,
  findingTerms,
  MOST_FOUND,
  READ,
  WALK,
  walking,
  type Names,
  type Place,
  type Search,
  type Statement,
} from './statements.js';

const BYTES = 4 * 1024 * 1024;
const CONNECTIONS = 3;

export interface Candidates {
  /** In the order asked for. */
  readonly places: readonly Place[];
  /** Where to go on; null at the end. */
  readonly next: Place | null;
}

const NAMED = 'exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0)';

const EVENTS = `with wanted as (select * from unnest($2::bigint[]) with ordinality as w (position, n)),
  sized as (select w.n, e.position, sum(coalesce(octet_length(e.body), 0)) over (order by w.n) - coalesce(octet_length(e.body), 0) as before
    from wanted w join event e using (position))
  select e.position, e.captured_by as "capturedBy", e.body, ${NAMED} as party, ${ERASED_COLUMN}
  from sized join event e using (position) where sized.before < ${BYTES} order by sized.n`;

/** The index of events. Every statement is planned as a probe of it, and bounded. */
@Injectable()
export class EventQueryStore implements OnApplicationShutdown {
  private readonly probes: Database;

  constructor(database: Database) {
    this.probes = database.lanes(CONNECTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.probes.close();
  }

  /** Looks at the next rows in order, and answers those that the search means. */
  async walk(search: Search, after: Place): Promise<Candidates> {
    const rows = await this.probe<Place & Row & { hit: boolean; total: number }>(walking(search, after));
    const last = rows.at(-1);
    return {
      places: rows.filter(({ hit }) => hit),
      next: last === undefined || last.total < WALK ? null : { time: last.time, position: last.position },
    };
  }

  /** The next rows by their terms; undefined where there are too many to sort. */
  async byTerms(search: Search, after: Place): Promise<Candidates | undefined> {
    const rows = await this.probe<Partial<Place> & Row & { total: number }>(findingTerms(search, after));
    if (rows[0]!.total > MOST_FOUND) return undefined;
    return candidates(rows.filter((row): row is typeof row & Place => row.position !== null));
  }

  /** The next rows of events that name something. */
  async byNames(search: Search, after: Place, names: Names): Promise<Candidates> {
    return candidates(await this.probe<Place & Row>(findingNames(search, after, names)));
  }

  /** The events at some positions, in that order: as many as fit into a bounded number of bytes, one at least. */
  events(organisation: number, positions: readonly number[]): Promise<StoredEvent[]> {
    return this.probes.query<StoredEvent>('event-query-events', EVENTS, [organisation, positions]);
  }

  private probe<R extends Row>({ name, text, values }: Statement): Promise<R[]> {
    return this.probes.query<R>(name, text, values);
  }
}

const candidates = (rows: readonly Place[]): Candidates => ({
  places: rows,
  next: rows.length < READ ? null : { time: rows.at(-1)!.time, position: rows.at(-1)!.position },
});

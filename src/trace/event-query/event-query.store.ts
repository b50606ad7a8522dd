import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ERASED_COLUMN } from '../../capture/erased-event.js';
import { Database, type Row } from '../../platform/database/database.js';
import type { StoredEvent } from '../events/events.store.js';

/** Rows of the index that one walk looks at. */
const WALK = 2000;
/** So many rows at most are sorted after an index found them; more are walked instead. */
const MOST_FOUND = 50_000;
/** Candidates of one read. */
const READ = 200;
const BYTES = 4 * 1024 * 1024;
const CONNECTIONS = 3;

export type OrderKey = 'event_time' | 'recorded_at';

/** A place in the order of events: events that have the same time follow by position. */
export interface Place {
  /** A timestamp in PostgreSQL's own text form. */
  readonly time: string;
  readonly position: number;
}

/** Which rows of the index are meant. Times in PostgreSQL's or ISO 8601 form; `from` inclusive, `until` exclusive. */
export interface Search {
  readonly key: OrderKey;
  readonly ascending: boolean;
  /** Each row has one term, by its key, of every group. */
  readonly groups: readonly (readonly string[])[];
  readonly times: Readonly<Record<OrderKey, { readonly from: string; readonly until: string }>>;
}

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

  constructor(private readonly database: Database) {
    this.probes = database.lanes(CONNECTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.probes.close();
  }

  /** Looks at the next rows in order, and answers those that the search means. */
  async walk(search: Search, after: Place): Promise<Candidates> {
    const { key, order, beyond, bounds, groups, name } = shape(search);
    const hit = groups(6).join(' and ') || 'true';
    const text = `with looked as materialized (
        select position, ${key} as key, terms from event_search where (${key}, position) ${beyond} ($1::timestamptz, $2::bigint) and ${bounds}
        order by ${key} ${order}, position ${order} limit ${WALK}),
      numbered as (select position, key, ${hit} as hit, row_number() over (order by key ${order}, position ${order}) as n,
        count(*) over () as total from looked)
      select position, key::text as time, hit, total::int from numbered where hit or n = total order by n`;
    const rows = await this.probes.query<Place & Row & { hit: boolean; total: number }>(
      `event-query-walk-${name}`,
      text,
      values(search, after),
    );
    const last = rows.at(-1);
    return {
      places: rows.filter(({ hit: isHit }) => isHit),
      next: last === undefined || last.total < WALK ? null : { time: last.time, position: last.position },
    };
  }

  /** The next rows by their terms; undefined where there are too many to sort. */
  async byTerms(search: Search, after: Place): Promise<Candidates | undefined> {
    const { key, order, beyond, bounds, groups, name } = shape(search);
    const text = `with found as materialized (
        select position, ${key} as key from event_search where ${[...groups(6), bounds].join(' and ')} limit ${MOST_FOUND + 1})
      select position, key::text as time, (select count(*)::int from found) as total from found
      where (key, position) ${beyond} ($1::timestamptz, $2::bigint) order by key ${order}, position ${order} limit ${READ}`;
    const rows = await this.probes.query<Place & Row & { total: number }>(
      `event-query-terms-${name}`,
      text,
      values(search, after),
    );
    return (rows[0]?.total ?? 0) > MOST_FOUND ? undefined : candidates(rows);
  }

  /** The next rows of events that name one of some EPCs or have one of some eventIDs, by their keys; and those that made packs. */
  async byNames(
    search: Search,
    after: Place,
    names: readonly string[],
    packs: readonly { readonly gtin: string; readonly serial: string }[],
  ): Promise<Candidates> {
    const { key, order, beyond, bounds, groups, name } = shape(search);
    const text = `with named as materialized (
        select position from epc_event where epc = any($6::bigint[])
        union
        select i.commissioned_in from unnest($7::bigint[], $8::text[]) k (gtin, serial) cross join lateral (
          select commissioned_in from item where item.gtin = k.gtin and item.serial = k.serial collate "C" offset 0) i)
      select named.position, ${key}::text as time from named cross join lateral (
        select * from event_search where event_search.position = named.position offset 0) s
      where (${key}, named.position) ${beyond} ($1::timestamptz, $2::bigint) and ${[...groups(9), bounds].join(' and ')}
      order by ${key} ${order}, named.position ${order} limit ${READ}`;
    const rows = await this.probes.query<Place & Row>(`event-query-names-${name}`, text, [
      ...values(search, after).slice(0, 5),
      names,
      packs.map(({ gtin }) => gtin),
      packs.map(({ serial }) => serial),
      ...search.groups,
    ]);
    return candidates(rows);
  }

  /** The events at some positions, in that order: as many as fit into a bounded number of bytes, one at least. */
  events(organisation: number, positions: readonly number[]): Promise<StoredEvent[]> {
    return this.database.query<StoredEvent>('event-query-events', EVENTS, [organisation, positions]);
  }
}

const candidates = (rows: readonly Place[]): Candidates => ({
  places: rows,
  next: rows.length < READ ? null : { time: rows.at(-1)!.time, position: rows.at(-1)!.position },
});

/** The parts of a statement that depend on the order and on how many groups of terms there are. */
function shape({ key, ascending, groups }: Search) {
  const other = key === 'event_time' ? 'recorded_at' : 'event_time';
  const near = ascending ? `${key} < $3::timestamptz` : `${key} >= $3::timestamptz`;
  return {
    key,
    order: ascending ? 'asc' : 'desc',
    beyond: ascending ? '>' : '<',
    bounds: `${near} and ${other} >= $4::timestamptz and ${other} < $5::timestamptz`,
    groups: (first: number) => groups.map((_, at) => `terms && $${first + at}::bigint[]`),
    name: `${key}-${ascending ? 'asc' : 'desc'}-${groups.length}`,
  };
}

/** Parameters 1 to 5, and the groups behind them. */
function values({ key, ascending, times, groups }: Search, after: Place): unknown[] {
  const own = times[key];
  const other = times[key === 'event_time' ? 'recorded_at' : 'event_time'];
  return [after.time, after.position, ascending ? own.until : own.from, other.from, other.until, ...groups];
}

/** Before the first event of a search. */
export function startOf({ key, ascending, times }: Search): Place {
  const { from, until } = times[key];
  return ascending ? { time: from, position: -1 } : { time: until, position: -1 };
}

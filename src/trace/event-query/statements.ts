/** How the index of events is asked: the texts of the statements, and what they take. */

/** Rows of the index that one walk looks at. */
export const WALK = 2000;
/** So many rows at most are sorted after an index found them; more are walked instead. */
export const MOST_FOUND = 50_000;
/** Candidates of one read. */
export const READ = 200;

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

/** EPCs and eventIDs by their keys, one of which each event names; and packs, of which an event made one. */
export interface Names {
  readonly keys: readonly string[];
  readonly packs: readonly { readonly gtin: string; readonly serial: string }[];
}

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The next rows in order: those that the search means, and the last that was looked at. */
export function walking(search: Search, after: Place): Statement {
  const { key, order, beyond, bounds, groups, name } = shape(search);
  const hit = groups(6).join(' and ') || 'true';
  const text = `with looked as materialized (
      select position, ${key} as key, terms from event_search where (${key}, position) ${beyond} ($1::timestamptz, $2::bigint) and ${bounds}
      order by ${key} ${order}, position ${order} limit ${WALK}),
    numbered as (select position, key, ${hit} as hit, row_number() over (order by key ${order}, position ${order}) as n,
      count(*) over () as total from looked)
    select position, key::text as time, hit, total::int from numbered where hit or n = total order by n`;
  return { name: `event-query-walk-${name}`, text, values: [...bounding(search, after), ...search.groups] };
}

/**
 * The next rows by their terms, and how many rows have them. The first part has neither a time nor a limit, which would tempt the
 * planner to walk through all there is.
 */
export function findingTerms(search: Search, after: Place): Statement {
  const { key, order, beyond, bounds, groups, name } = shape(search);
  const text = `with hit as materialized (
      select position, recorded_at, event_time from event_search where ${groups(6).join(' and ')}),
    found as materialized (select * from hit limit ${MOST_FOUND + 1})
    select next.position, next.${key}::text as time, counted.total from (select count(*)::int as total from found) counted
    left join lateral (
      select * from found where (${key}, position) ${beyond} ($1::timestamptz, $2::bigint) and ${bounds}
      order by ${key} ${order}, position ${order} limit ${READ}) next on true
    order by next.${key} ${order}, next.position ${order}`;
  return { name: `event-query-terms-${name}`, text, values: [...bounding(search, after), ...search.groups] };
}

/** The next rows of events that name something. */
export function findingNames(search: Search, after: Place, { keys, packs }: Names): Statement {
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
  const things = [keys, packs.map(({ gtin }) => gtin), packs.map(({ serial }) => serial)];
  return { name: `event-query-names-${name}`, text, values: [...bounding(search, after), ...things, ...search.groups] };
}

/** Before the first event of a search. */
export function startOf({ key, ascending, times }: Search): Place {
  const { from, until } = times[key];
  return { time: ascending ? from : until, position: -1 };
}

/** The parts of a statement that depend on the order and on how many groups of terms there are. */
function shape({ key, ascending, groups }: Search) {
  const other = key === 'event_time' ? 'recorded_at' : 'event_time';
  const end = ascending ? `${key} < $3::timestamptz` : `${key} >= $3::timestamptz`;
  // What is computed has no index: rows are read in the order of `key`, or by their terms, and never by the other time.
  const aside = `(${other} + interval '0')`;
  return {
    key,
    order: ascending ? 'asc' : 'desc',
    beyond: ascending ? '>' : '<',
    bounds: `${end} and ${aside} >= $4::timestamptz and ${aside} < $5::timestamptz`,
    groups: (first: number) => groups.map((_, at) => `terms && $${first + at}::bigint[]`),
    name: `${key}-${ascending ? 'asc' : 'desc'}-${groups.length}`,
  };
}

/** Parameters 1 to 5. */
function bounding({ key, ascending, times }: Search, after: Place): unknown[] {
  const own = times[key];
  const other = times[key === 'event_time' ? 'recorded_at' : 'event_time'];
  return [after.time, after.position, ascending ? own.until : own.from, other.from, other.until];
}

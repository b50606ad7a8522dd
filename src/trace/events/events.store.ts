import { Injectable } from '@nestjs/common';
import { ERASED_COLUMN, type ErasedEvent } from '../../capture/erased-event.js';
import { Database, type Row } from '../../platform/database/database.js';

/** An event as it is stored, and whether the reader's organisation is named in it. */
export interface StoredEvent extends Row {
  readonly position: number;
  readonly capturedBy: number;
  readonly party: boolean;
  /** Null where it was erased. */
  readonly body: string | null;
  readonly erased: ErasedEvent | null;
}

/** Whose events: those of one organisation, or all. */
export interface Scope {
  readonly organisation: number;
  readonly all: boolean;
}

export interface EventFilter {
  /** Place of the business step in the vocabulary. */
  readonly step: number | null;
  readonly since: string | null;
  readonly until: string | null;
  /** Key of the EPC in the index. */
  readonly epc: string | null;
  /** The event that made the pack, which the index leaves out. */
  readonly commissionedIn: number | null;
}

export interface ScannedPage {
  readonly events: readonly StoredEvent[];
  /** How many more fit the filter among what was looked at. */
  readonly more: boolean;
  /** The oldest position that was looked at, where the search stopped before the beginning. */
  readonly stoppedAt: number | null;
}

/** A search with a filter looks at so many events at most and then answers a shorter page: bounded work. */
const SCAN = 2000;
/** So many bytes of events a page: big events make it shorter. */
const PAGE_BYTES = 8 * 1024 * 1024;

// `offset 0` keeps the planner from reading all that an organisation is named in to hash it.
const NAMED = `exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0)`;
const PARTY = `${NAMED} as party`;

/** Newest first, straight from an index, before `$2`: at most `$3`. */
const CANDIDATES = {
  all: `select position from event where position < $2 order by position desc limit $3`,
  own: `select position from (
      (select position from event where captured_by = $1 and position < $2 order by position desc limit $3)
      union
      (select position from event_party where organisation_id = $1 and position < $2 order by position desc limit $3)) u
    order by position desc limit $3`,
  epc: `select position from (
      (select distinct position from epc_event where epc = $8 and position < $2 order by position desc limit $3)
      union
      (select $9::bigint where $9::bigint < $2)) u
    order by position desc limit $3`,
};

const page = (candidates: string, visible: string): string => `
  with candidate as materialized (${candidates}),
  scanned as (select count(*)::int as looked, min(position) as oldest from candidate),
  hit as (select e.position, e.captured_by, coalesce(octet_length(e.body), 0) as size, ${PARTY}
    from candidate join event e using (position)
    where ($4::smallint is null or e.step = $4) and ($5::timestamptz is null or e.event_time >= $5)
      and ($6::timestamptz is null or e.event_time < $6) ${visible}
    order by position desc limit $7),
  sized as (select *, sum(size) over (order by position desc) - size as before, count(*) over ()::int as hits from hit)
  select s.looked, s.oldest, z.hits, z.position, z.captured_by as "capturedBy", z.party, e.body, ${ERASED_COLUMN}
  from scanned s left join sized z on z.before < ${PAGE_BYTES} left join event e on e.position = z.position
  order by z.position desc`;

const SEEN = `and (e.captured_by = $1 or ${NAMED})`;

const SQL = {
  at: `select e.position, e.captured_by as "capturedBy", e.body, ${PARTY}, ${ERASED_COLUMN} from event e where e.position = $2`,
  all: page(CANDIDATES.all, ''),
  own: page(CANDIDATES.own, ''),
  allOfEpc: page(CANDIDATES.epc, ''),
  ownOfEpc: page(CANDIDATES.epc, SEEN),
  commissionedIn: `select commissioned_in as position from item where gtin = $1::bigint and serial = $2`,
};

/** What is asked of the events themselves. */
@Injectable()
export class EventsStore {
  constructor(private readonly database: Database) {}

  async at(position: number, organisation: number): Promise<StoredEvent | undefined> {
    const [row] = await this.database.query<StoredEvent>('trace-event', SQL.at, [organisation, position]);
    return row;
  }

  /** The event that commissioned a pack. */
  async commissionedIn(gtin: string, serial: string): Promise<number | null> {
    const values = [gtin, serial];
    const [row] = await this.database.query<{ position: number }>('trace-commissioned-in', SQL.commissionedIn, values);
    return row?.position ?? null;
  }

  /** Events of the scope that fit the filter, the newest first, before a position. */
  async page(scope: Scope, filter: EventFilter, before: number, first: number): Promise<ScannedPage> {
    const { step, since, until, epc, commissionedIn } = filter;
    const filtered = step !== null || since !== null || until !== null || epc !== null;
    const scan = filtered ? SCAN : first + 1;
    const values: unknown[] = [scope.organisation, before, scan, step, since, until, first + 1];
    const kind = `${scope.all ? 'all' : 'own'}${epc === null ? '' : 'OfEpc'}` as
      'all' | 'own' | 'allOfEpc' | 'ownOfEpc';
    if (epc !== null) values.push(epc, commissionedIn);
    interface Line extends Row {
      readonly looked: number;
      readonly oldest: number | null;
      readonly hits: number | null;
      readonly position: number | null;
    }
    const rows = await this.database.query<Line & Partial<StoredEvent>>(`trace-events-${kind}`, SQL[kind], values);
    const events = rows.filter(({ position }) => position !== null) as unknown as StoredEvent[];
    const hits = rows[0]?.hits ?? 0;
    const stopped = filtered && rows[0]!.looked === scan && hits <= first;
    return {
      events: events.slice(0, first),
      more: hits > Math.min(first, events.length),
      stoppedAt: stopped ? rows[0]!.oldest : null,
    };
  }
}

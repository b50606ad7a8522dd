import { Injectable } from '@nestjs/common';
import type { TrailWindow } from '../domain/custody/trail.js';
import { MENTION_ROLES } from '../domain/custody/act.js';
import { epcIndexKey } from '../capture/seal.js';
import { ERASED_COLUMN, type ErasedEvent } from '../capture/erased-event.js';
import { Database, type Row } from '../platform/database/database.js';

export interface TrailRow extends Row {
  readonly position: number;
  /** Which of the windows it was read for, counted from 1. */
  readonly windows: readonly number[];
  readonly capturedBy: number;
  readonly party: boolean;
  /** Null where it was read in an earlier round, and where it was erased. */
  readonly body: string | null;
  readonly erased: ErasedEvent | null;
  /** How an erased event names the EPCs of the windows: [window, place in MENTION_ROLES], as its index rows say. */
  readonly roles: readonly (readonly [window: number, role: number])[] | null;
  /** Of an event of another system: what of it could not be decided about the EPCs of the windows, resolved or not. */
  readonly gaps: readonly GapRow[] | null;
  /** Null for our own events. */
  readonly foreign: {
    /** The event whose error it declares. */
    readonly declares: number | null;
    readonly time: number;
  } | null;
  /** Declarations of its error. */
  readonly declarations: readonly DeclarationRow[] | null;
}

export interface GapRow {
  readonly epc: string;
  readonly code: string;
  readonly details: string;
  readonly openedAt: string;
  readonly resolvedIn: number | null;
  readonly resolvedAt: string | null;
}

export interface DeclarationRow {
  readonly position: number;
  readonly outcome: 'undone' | 'disputed';
  /** `errorDeclaration` of its event; null where that is erased. */
  readonly declaration: { readonly reason?: string; readonly correctiveEventIDs?: readonly string[] } | null;
}

/** Most events of one window; a pack has about six, a container that is used for years has more. */
const WINDOW_EVENTS = 1000;
/** Of the packings and unpackings of the container that is asked about, the last so many. */
const OWN_CONTENTS = 200;

const role = (name: (typeof MENTION_ROLES)[number]): number => MENTION_ROLES.indexOf(name);

/** What is open, or was, of an event `e` about some EPCs, and about events that it names. */
const GAPS_COLUMN = (epcs: string): string => `(select json_agg(json_build_object('epc', g.epc, 'code', g.code,
      'details', g.details, 'openedAt', g.opened_at, 'resolvedIn', g.resolved_in, 'resolvedAt', g.resolved_at) order by g.epc)
    from event_gap g where g.position = e.position and (g.epc = any(${epcs}::text[]) or g.gtin is null and g.sscc is null)) as gaps`;

const WINDOWS = `
  with asked as (select * from unnest($2::bigint[], $3::bigint[], $4::bigint[]) with ordinality
      as w (epc, after, before, ordinal)),
  hits as (select position, array_agg(distinct ordinal::int) as windows from (
      select w.ordinal, x.position from asked w cross join lateral (
        (select position from epc_event where epc = w.epc and position > w.after and position < w.before
          and role not in (${role('parent')}, ${role('class')}) order by position limit ${WINDOW_EVENTS})
        union all (select position from epc_event where epc = w.epc and w.after < 0 and role = ${role('parent')}
          order by position desc limit ${OWN_CONTENTS})
        union all (select position from epc_event where epc = w.epc and position <= w.after and role = ${role('child')}
          order by position desc limit 1)
        union all (select position from epc_event where epc = w.epc and position <= w.after and role = ${role('missing')}
          order by position desc limit 1)) x
      union all select 1, unnest($5::bigint[])) found
    group by position)
  select h.position, h.windows, e.captured_by as "capturedBy",
    exists (select from event_party p where p.organisation_id = $1 and p.position = h.position offset 0) as party,
    case when h.position = any($6::bigint[]) then null else e.body end as body,
    ${ERASED_COLUMN},
    case when e.body is null then (select json_agg(json_build_array(w.ordinal, x.role))
      from asked w join epc_event x on x.epc = w.epc and x.position = h.position) end as roles,
    ${GAPS_COLUMN('$7')},
    (select json_build_object('declares', f.declares, 'time', (extract(epoch from e.event_time) * 1000)::bigint)
      from foreign_event f where f.position = h.position) as foreign,
    (select json_agg(json_build_object('position', d.position, 'outcome', d.outcome,
        'declaration', (select x.body::json->'errorDeclaration' from event x where x.position = d.position)) order by d.position)
      from foreign_event d where d.declares = h.position) as declarations
  from hits h join event e on e.position = h.position order by h.position`;

/** Reads trails from the EPC index. */
@Injectable()
export class TrailsStore {
  constructor(private readonly database: Database) {}

  /** The events of some windows, with those at `extra` for the first; bodies that are `known` are not read again. */
  windows(
    organisation: number,
    windows: readonly TrailWindow[],
    extra: readonly number[],
    known: readonly number[],
  ): Promise<TrailRow[]> {
    return this.database.query<TrailRow>('trace-trail', WINDOWS, [
      organisation,
      windows.map(({ epc }) => epcIndexKey(epc)),
      windows.map(({ from }) => from),
      windows.map(({ to }) => Math.min(to, Number.MAX_SAFE_INTEGER)),
      extra,
      known,
      windows.map(({ epc }) => epc),
    ]);
  }
}

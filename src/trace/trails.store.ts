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
}

/** Most events of one window; a pack has about six, a container that is used for years has more. */
const WINDOW_EVENTS = 1000;
/** Of the packings and unpackings of the container that is asked about, the last so many. */
const OWN_CONTENTS = 200;

const role = (name: (typeof MENTION_ROLES)[number]): number => MENTION_ROLES.indexOf(name);

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
      from asked w join epc_event x on x.epc = w.epc and x.position = h.position) end as roles
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
    ]);
  }
}

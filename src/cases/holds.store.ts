import { Injectable } from '@nestjs/common';
import type { HoldKind } from '../domain/custody/holds.js';
import { Database, type Row } from '../platform/database/database.js';
import { HOLD_COLUMNS, type HoldRow } from '../trace/holds.js';
import type { RecallScope } from './recalls.store.js';

export interface HoldsPage {
  readonly holds: readonly (HoldRow & { readonly insider: boolean })[];
  /** The oldest hold that was looked at, where the search stopped before the beginning. */
  readonly stoppedAt: number | null;
}

/** A page looks at so many holds at most, and is then shorter than asked for: bounded work. */
const SCAN = 2000;

/** The holder of what a hold is on, as its outermost container says. */
const HOLDER = `(with recursive around (depth, parent, holder) as (
      select 0, i.parent, i.holder from item i where i.gtin = h.gtin and i.serial = h.serial
      union all select 0, c.parent, c.holder from container c where c.sscc = h.sscc
      union all select a.depth + 1, c.parent, c.holder from around a join container c on c.sscc = a.parent)
    select holder from around order by depth desc limit 1)`;

const PAGE = `with candidate as materialized (
    select h.* from hold h where h.id < $3 and ($4::boolean is null or (h.lifted_in is null) = $4)
      and ($5::text is null or h.kind = $5) order by h.id desc limit $6),
  scanned as (select count(*)::int as looked, min(id) as oldest from candidate),
  judged as (select ${HOLD_COLUMNS}, $7::boolean
      or coalesce(exists (select from product p where p.gtin = l.gtin and p.organisation_id = $1), false)
      or case when h.serial is null and h.sscc is null
        then exists (select from lot_holding s where s.lot_id = h.lot_id and s.site = any($2::int[]) and s.packs > 0)
        else coalesce(${HOLDER} = $1, false) end as insider
    from candidate h left join lot l on l.id = h.lot_id)
  select s.looked, s.oldest, j.* from scanned s
  left join lateral (select * from judged where insider or "openedBy" = $1 order by id desc limit $8) j on true
  order by j.id desc`;

/** Holds of every kind. */
@Injectable()
export class HoldsStore {
  constructor(private readonly database: Database) {}

  /** Holds that concern the scope: on its lots, on what it holds, or opened by it; the newest first, before one. */
  async page(
    { all, organisation, sites }: RecallScope,
    { active, kind }: { readonly active: boolean | null; readonly kind: HoldKind | null },
    before: number,
    limit: number,
  ): Promise<HoldsPage> {
    type Line = HoldRow & Row & { readonly insider: boolean; readonly looked: number; readonly oldest: number | null };
    const values = [organisation, sites, before, active, kind, SCAN, all, limit];
    const rows = await this.database.query<Line>('cases-holds', PAGE, values);
    const holds = rows.filter(({ id }) => id !== null);
    const stopped = rows[0]!.looked === SCAN && holds.length < limit;
    return { holds, stoppedAt: stopped ? rows[0]!.oldest : null };
  }
}

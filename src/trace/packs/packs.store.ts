import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../platform/database/database.js';
import { HOLD_COLUMNS, type HoldRow } from '../holds.js';

/** Where a pack or container is: what its outermost container says, or itself. */
export interface Whereabouts {
  readonly life: number;
  readonly holder: number | null;
  readonly site: number | null;
  readonly shipment: number | null;
  /** SSCCs around it, innermost first. */
  readonly containers: readonly string[];
}

export interface PackRow extends Row, Whereabouts {
  readonly commissionedIn: number;
  readonly remaining: number | null;
  readonly repeats: number;
  readonly lotId: number;
  readonly lot: string;
  readonly expiry: string;
}

export interface ContainerRow extends Row, Whereabouts {
  readonly createdIn: number;
  readonly packs: number;
}

export interface ContentRow extends Row {
  readonly gtin: string;
  readonly lot: string;
  readonly expiry: string;
  readonly packs: number;
}

/** A pack (`gtin` and `serial`) or a container (`sscc`) directly inside another. */
export interface ChildRow extends Row {
  readonly sscc: string | null;
  readonly gtin: string | null;
  readonly serial: string | null;
  readonly packs: number;
}

const upwards = (
  start: string,
): string => `with recursive around (depth, sscc, parent, life, holder, site, shipment) as (
    ${start}
    union all
    select a.depth + 1, c.sscc, c.parent, c.life, c.holder, c.site, c.shipment
    from around a join container c on c.sscc = a.parent),
  outermost as (select life, holder, site, shipment from around order by depth desc limit 1),
  containers as (select coalesce(array_agg(lpad(sscc::text, 18, '0') order by depth), '{}') as containers
    from around where depth > 0)`;

const HOLDS_ON = `hold h left join lot l on l.id = h.lot_id`;

const SQL = {
  pack: `${upwards(`select 0, null::bigint, i.parent, i.life, i.holder, i.site, i.shipment from item i
      where i.gtin = $1::bigint and i.serial = $2`)}
    select o.*, k.containers, i.commissioned_in as "commissionedIn", i.remaining, i.repeats, i.lot_id as "lotId",
      l.number as lot, l.expiry
    from outermost o cross join containers k cross join item i join lot l on l.id = i.lot_id
    where i.gtin = $1::bigint and i.serial = $2`,
  container: `${upwards(`select 0, c.sscc, c.parent, c.life, c.holder, c.site, c.shipment from container c
      where c.sscc = $1::bigint`)}
    select o.*, k.containers, c.created_in as "createdIn", c.packs
    from outermost o cross join containers k cross join container c where c.sscc = $1::bigint`,
  holds: `select ${HOLD_COLUMNS} from ${HOLDS_ON} where h.gtin = $1::bigint and h.serial = $2 and h.lifted_in is null
    union all
    select ${HOLD_COLUMNS} from ${HOLDS_ON} where h.lot_id = any($3::bigint[]) and h.gtin is null
    union all
    select ${HOLD_COLUMNS} from ${HOLDS_ON} where h.sscc = any($4::bigint[]) and h.lifted_in is null
    order by 1`,
  contents: `select lpad(l.gtin::text, 14, '0') as gtin, l.number as lot, l.expiry, k.packs, l.id
    from container_lot k join lot l on l.id = k.lot_id where k.sscc = $1::bigint and k.packs > 0 order by l.gtin, l.number`,
  containersInside: `select lpad(sscc::text, 18, '0') as sscc, null as gtin, null as serial, packs
    from container where parent = $1::bigint and sscc > $2::bigint order by sscc limit $3`,
  packsInside: `select null as sscc, lpad(gtin::text, 14, '0') as gtin, serial, 1 as packs
    from item where parent = $1::bigint and (gtin, serial) > ($2::bigint, $3) order by gtin, serial limit $4`,
};

/** The present state of packs and containers. */
@Injectable()
export class PacksStore {
  constructor(private readonly database: Database) {}

  async pack(gtin: string, serial: string): Promise<PackRow | undefined> {
    return (await this.database.query<PackRow>('trace-pack', SQL.pack, [gtin, serial]))[0];
  }

  async container(sscc: string): Promise<ContainerRow | undefined> {
    return (await this.database.query<ContainerRow>('trace-container', SQL.container, [sscc]))[0];
  }

  /** Holds in force on a pack and on containers, and every hold that its lots are or were under. */
  holds(
    pack: { readonly gtin: string; readonly serial: string } | null,
    lotIds: readonly number[],
    containers: readonly string[],
  ): Promise<HoldRow[]> {
    const values = [pack?.gtin ?? null, pack?.serial ?? null, lotIds, containers];
    return this.database.query<HoldRow>('trace-holds', SQL.holds, values);
  }

  /** How many packs of which lot are in a container, at any depth. */
  contents(sscc: string): Promise<(ContentRow & { readonly id: number })[]> {
    return this.database.query<ContentRow & { readonly id: number }>('trace-contents', SQL.contents, [sscc]);
  }

  containersInside(sscc: string, after: string, limit: number): Promise<ChildRow[]> {
    return this.database.query<ChildRow>('trace-containers-inside', SQL.containersInside, [sscc, after, limit]);
  }

  packsInside(sscc: string, after: readonly [gtin: string, serial: string], limit: number): Promise<ChildRow[]> {
    return this.database.query<ChildRow>('trace-packs-inside', SQL.packsInside, [sscc, ...after, limit]);
  }
}

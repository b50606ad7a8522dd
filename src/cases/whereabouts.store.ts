import { Injectable } from '@nestjs/common';
import { lifeCode } from '../domain/custody/life.js';
import { Database, type Row } from '../platform/database/database.js';

export interface LotStockRow extends Row {
  readonly lotId: number;
  readonly site: number;
  readonly life: number;
  readonly packs: number;
}

export interface InTransitRow extends Row {
  readonly sscc: string | null;
  readonly packs: number;
  readonly position: number;
  readonly fromSite: number;
  readonly toSite: number;
  readonly shippedAt: Date;
  readonly hash: Buffer | null;
  readonly eventId: string | null;
}

const IN_TRANSIT = lifeCode('in_transit');

const STOCK = `select lot_id as "lotId", site, life, packs from lot_holding where lot_id = any($1::bigint[]) and packs > 0
    and ($2::int[] is null or site = any($2)) order by packs desc, site, life`;

/** The outermost containers and loose packs of a lot in some shipments: named `road`. */
const ON_ROAD = `
  found as (
    select c.sscc, k.packs, r.id from road r join container c on c.shipment = r.id
      join container_lot k on k.sscc = c.sscc and k.lot_id = $1 and k.packs > 0
    union all
    select null, count(*), r.id from road r join item i on i.shipment = r.id and i.lot_id = $1 group by r.id)
  select lpad(f.sscc::text, 18, '0') as sscc, f.packs, s.id as position, s.from_site as "fromSite", s.to_site as "toSite",
    s.shipped_at as "shippedAt", e.hash, e.event_id as "eventId"
  from found f join shipment s on s.id = f.id join event e on e.position = s.id
  order by s.id desc, f.sscc`;

// Where packs of the lot left, what is still open from there: the work is that of the shipments on the road, and does not
// grow with the lot's containers or with what was shipped before.
const OPEN = `with road as materialized (select s.id from lot_holding h
      join shipment s on s.from_site = h.site and s.received_in is null
      where h.lot_id = $1 and h.life = ${IN_TRANSIT} and h.packs > 0),
  ${ON_ROAD}`;

// What a receipt found missing stays on its way by a shipment that is received: every unit on the road is looked at.
const ANY = `with road as materialized (
      select shipment as id from container where shipment is not null
      union select shipment from item where shipment is not null),
  ${ON_ROAD}`;

/** Who has what of a lot. */
@Injectable()
export class WhereaboutsStore {
  constructor(private readonly database: Database) {}

  /** Packs of lots by site and life; of some sites alone, if they are given. */
  stock(lotIds: readonly number[], sites: readonly number[] | null): Promise<LotStockRow[]> {
    return this.database.query<LotStockRow>('cases-lot-stock', STOCK, [lotIds, sites]);
  }

  /**
   * What of a lot is on its way. `expected` is how many packs the counters say; where the open shipments have fewer,
   * some are missing from a receipt, and the longer way finds those too.
   */
  async inTransit(lotId: number, expected: number): Promise<InTransitRow[]> {
    if (expected === 0) return [];
    const open = await this.database.query<InTransitRow>('cases-lot-open', OPEN, [lotId]);
    if (open.reduce((sum, { packs }) => sum + packs, 0) === expected) return open;
    return this.database.query<InTransitRow>('cases-lot-any', ANY, [lotId]);
  }
}

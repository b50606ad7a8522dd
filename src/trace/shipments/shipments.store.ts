import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../platform/database/database.js';
import type { DirectionOfShipment, StateOfShipment } from './shipments.model.js';

export interface ShipmentRow extends Row {
  readonly position: number;
  /** Null where the shipping event was erased. */
  readonly hash: Buffer | null;
  readonly eventId: string | null;
  readonly fromSite: number;
  readonly toSite: number;
  readonly packs: number;
  readonly shippedAt: Date;
  readonly receivedAt: Date | null;
  readonly receivedIn: number | null;
  readonly purchaseOrder: string | null;
  readonly despatchAdvice: string | null;
}

/** One lot in a unit that is on its way by a shipment. */
export interface UnitRow extends Row {
  readonly sscc: string | null;
  readonly packGtin: string | null;
  readonly serial: string | null;
  readonly gtin: string;
  readonly lot: string;
  readonly expiry: string;
  readonly packs: number;
}

const COLUMNS = `s.id as position, e.hash, e.event_id as "eventId", s.from_site as "fromSite", s.to_site as "toSite", s.packs,
  s.shipped_at as "shippedAt", s.received_at as "receivedAt", s.received_in as "receivedIn",
  s.purchase_order as "purchaseOrder", s.despatch_advice as "despatchAdvice"`;

const STATE: Readonly<Record<StateOfShipment, string>> = {
  open: 'and s.received_in is null',
  received: 'and s.received_in is not null',
  all: '',
};
const END: Readonly<Record<DirectionOfShipment, string>> = { incoming: 'to_site', outgoing: 'from_site' };

/** The newest of each site, from its index, then the newest of all. */
const ofSites = (direction: DirectionOfShipment, state: StateOfShipment): string => `
  select ${COLUMNS} from (
    select n.* from unnest($1::int[]) as k (site) cross join lateral (
      select * from shipment s where s.${END[direction]} = k.site and s.id < $2 ${STATE[state]} order by s.id desc limit $3) n
    order by n.id desc limit $3) s
  join event e on e.position = s.id order by s.id desc`;

const ofAll = (state: StateOfShipment): string => `
  select ${COLUMNS} from (select * from shipment s where s.id < $1 ${STATE[state]} order by s.id desc limit $2) s
  join event e on e.position = s.id order by s.id desc`;

const AT = `select ${COLUMNS} from shipment s join event e on e.position = s.id where s.id = any($1::bigint[]) order by s.id`;

const UNITS = `
  select lpad(c.sscc::text, 18, '0') as sscc, null as "packGtin", null as serial, lpad(l.gtin::text, 14, '0') as gtin,
    l.number as lot, l.expiry, k.packs
  from container c join container_lot k on k.sscc = c.sscc and k.packs > 0 join lot l on l.id = k.lot_id
  where c.sscc = any($2::bigint[]) and c.shipment = $1
  union all
  select null, lpad(i.gtin::text, 14, '0'), i.serial, lpad(l.gtin::text, 14, '0'), l.number, l.expiry, 1
  from unnest($3::bigint[], $4::text[]) as k (gtin, serial) join item i using (gtin, serial) join lot l on l.id = i.lot_id
  where i.shipment = $1`;

@Injectable()
export class ShipmentsStore {
  constructor(private readonly database: Database) {}

  /** Shipments to or from sites, the newest first, before a position. */
  ofSites(
    sites: readonly number[],
    direction: DirectionOfShipment,
    state: StateOfShipment,
    before: number,
    limit: number,
  ): Promise<ShipmentRow[]> {
    const name = `trace-shipments-${direction}-${state}`;
    return this.database.query<ShipmentRow>(name, ofSites(direction, state), [sites, before, limit]);
  }

  /** Everybody's shipments. */
  ofAll(state: StateOfShipment, before: number, limit: number): Promise<ShipmentRow[]> {
    return this.database.query<ShipmentRow>(`trace-shipments-all-${state}`, ofAll(state), [before, limit]);
  }

  /** The shipments that were made by the events at these positions. */
  at(positions: readonly number[]): Promise<ShipmentRow[]> {
    return this.database.query<ShipmentRow>('trace-shipments-at', AT, [positions]);
  }

  /** What is in units that are still on their way by a shipment, by lot. */
  units(
    shipment: number,
    containers: readonly string[],
    packs: readonly { readonly gtin: string; readonly serial: string }[],
  ): Promise<UnitRow[]> {
    return this.database.query<UnitRow>('trace-shipment-units', UNITS, [
      shipment,
      containers,
      packs.map(({ gtin }) => gtin),
      packs.map(({ serial }) => serial),
    ]);
  }
}

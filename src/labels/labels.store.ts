import { Inject, Injectable } from '@nestjs/common';
import { Database, type Row } from '../platform/database/database.js';

/** What a pack's code says beside its identity, and who holds the pack now. `expiry` is an ISO date. */
export interface PackRow extends Row {
  readonly serial: string;
  readonly lot: string;
  readonly expiry: string;
  /** The holder of the outermost container, or of the pack itself. */
  readonly holder: number | null;
}

export interface LotRow extends Row {
  readonly lot: string;
  readonly expiry: string;
}

const PACK = `with recursive around (depth, parent, holder) as (
    select 0, i.parent, i.holder from item i where i.gtin = $1::bigint and i.serial = $2
    union all
    select a.depth + 1, c.parent, c.holder from around a join container c on c.sscc = a.parent)
  select i.serial, l.number as lot, l.expiry, (select holder from around order by depth desc limit 1) as holder
  from item i join lot l on l.id = i.lot_id where i.gtin = $1::bigint and i.serial = $2`;

const CONTAINER = `with recursive around (depth, parent, holder) as (
    select 0, c.parent, c.holder from container c where c.sscc = $1::bigint
    union all
    select a.depth + 1, c.parent, c.holder from around a join container c on c.sscc = a.parent)
  select holder from around order by depth desc limit 1`;

const PACKS_OF_LOT = `select i.serial, l.number as lot, l.expiry, null::int as holder
  from item i join lot l on l.id = i.lot_id
  where i.gtin = $1::bigint and l.gtin = $1::bigint and l.number = $2 and i.serial > $3 collate "C"
  order by i.serial limit $4`;

const PACK_IN_OTHER_LOT = `select i.serial, l.number as lot, l.expiry, null::int as holder
  from item i join lot l on l.id = i.lot_id
  where i.gtin = $1::bigint and l.number <> $2 and i.serial = any($3) limit 1`;

const LOTS = `select number as lot, expiry from lot where gtin = $1::bigint and number > $2 collate "C" order by number limit $3`;

const HOLDS_LOT = `select exists (
    select from lot l join lot_holding h on h.lot_id = l.id join site s on s.id = h.site
    where l.gtin = $1::bigint and l.number = $2 and s.organisation_id = $3 and h.packs > 0) as holds`;

/** What labels need to know. A GTIN has 14 digits, an SSCC 18. */
@Injectable()
export class LabelsStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  async pack(gtin: string, serial: string): Promise<PackRow | undefined> {
    const [row] = await this.database.query<PackRow>('label_pack', PACK, [gtin, serial]);
    return row;
  }

  /** Packs of a lot in the order of their serial numbers, after one of them. */
  packsOfLot(gtin: string, lot: string, after: string, limit: number): Promise<PackRow[]> {
    return this.database.query<PackRow>('label_packs_of_lot', PACKS_OF_LOT, [gtin, lot, after, limit]);
  }

  /** A commissioned pack among `serials` that is in another lot than `lot`. */
  async packInOtherLot(gtin: string, lot: string, serials: readonly string[]): Promise<PackRow | undefined> {
    const [row] = await this.database.query<PackRow>('label_pack_in_other_lot', PACK_IN_OTHER_LOT, [
      gtin,
      lot,
      serials,
    ]);
    return row;
  }

  async lot(gtin: string, lot: string): Promise<LotRow | undefined> {
    const text = 'select number as lot, expiry from lot where gtin = $1::bigint and number = $2';
    const [row] = await this.database.query<LotRow>('label_lot', text, [gtin, lot]);
    return row;
  }

  /** Lots of a GTIN in the order of their numbers, after one of them. */
  lots(gtin: string, after: string, limit: number): Promise<LotRow[]> {
    return this.database.query<LotRow>('label_lots', LOTS, [gtin, after, limit]);
  }

  async holdsLot(gtin: string, lot: string, organisationId: number): Promise<boolean> {
    const [row] = await this.database.query<{ holds: boolean }>('label_holds_lot', HOLDS_LOT, [
      gtin,
      lot,
      organisationId,
    ]);
    return row?.holds === true;
  }

  /** The holder of a container, or of what it is in; undefined where there is no such container. */
  async container(sscc: string): Promise<{ readonly holder: number | null } | undefined> {
    const [row] = await this.database.query<{ holder: number | null }>('label_container', CONTAINER, [sscc]);
    return row;
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../platform/database/database.js';

export interface StockRow extends Row {
  readonly lotId: number;
  /** 14 digits. */
  readonly gtin: string;
  readonly lot: string;
  readonly expiry: string;
  readonly site: number;
  readonly life: number;
  readonly packs: number;
}

export interface StockFilter {
  readonly gtin: string | null;
  readonly lot: string | null;
  readonly lives: readonly number[];
}

export type StockKey = readonly [site: number, lotId: number, life: number];

const PAGE = `select h.lot_id as "lotId", lpad(l.gtin::text, 14, '0') as gtin, l.number as lot, l.expiry, h.site, h.life,
    h.packs
  from lot_holding h join lot l on l.id = h.lot_id
  where h.site = any($1::int[]) and (h.site, h.lot_id, h.life) > ($2::int, $3::bigint, $4::smallint) and h.packs > 0
    and h.life = any($5::smallint[]) and ($6::bigint is null or l.gtin = $6) and ($7::text is null or l.number = $7)
  order by h.site, h.lot_id, h.life limit $8`;

/** The counters of packs by lot, site and life. */
@Injectable()
export class StockStore {
  constructor(private readonly database: Database) {}

  page(sites: readonly number[], filter: StockFilter, after: StockKey, limit: number): Promise<StockRow[]> {
    const { gtin, lot, lives } = filter;
    return this.database.query<StockRow>('trace-stock', PAGE, [sites, ...after, lives, gtin, lot, limit]);
  }
}

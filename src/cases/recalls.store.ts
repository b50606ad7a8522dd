import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../platform/database/database.js';
import { HOLD_COLUMNS, type HoldRow } from '../trace/holds.js';

/** A lot as a recall needs it. */
export interface LotRow extends Row {
  readonly id: number;
  readonly gtin: string;
  readonly lot: string;
  readonly expiry: string;
}

/** Whose recalls: everybody's, or those of lots of one's own GTINs and of lots that one's sites have or had packs of. */
export interface RecallScope {
  readonly all: boolean;
  readonly organisation: number;
  readonly sites: readonly number[];
}

const OWN_LOT = `(exists (select from product p where p.gtin = l.gtin and p.organisation_id = $1)
  or exists (select from lot_holding s where s.lot_id = l.id and s.site = any($2::int[]) and s.packs > 0))`;

const RECALLS = (scope: string): string => `select ${HOLD_COLUMNS} from hold h join lot l on l.id = h.lot_id
  where h.kind in ('recalled', 'withdrawn') and h.id < $3 and ($4::boolean is null or (h.lifted_in is null) = $4) ${scope}
  order by h.id desc limit $5`;

const SQL = {
  all: RECALLS('and ($1::int is not null and $2::int[] is not null)'),
  own: RECALLS(`and ${OWN_LOT}`),
  lot: `select l.id, lpad(l.gtin::text, 14, '0') as gtin, l.number as lot, l.expiry from lot l
    where l.gtin = $1::bigint and l.number = $2`,
  ofLot: `select ${HOLD_COLUMNS} from hold h join lot l on l.id = h.lot_id
    where h.lot_id = $1 and h.gtin is null order by h.id desc`,
};

/** Recalls and withdrawals: the holds on whole lots. */
@Injectable()
export class RecallsStore {
  constructor(private readonly database: Database) {}

  /** The newest first, before a hold; `active` says whether they are in force, null either. */
  page(
    { all, organisation, sites }: RecallScope,
    active: boolean | null,
    before: number,
    limit: number,
  ): Promise<HoldRow[]> {
    const values = [organisation, sites, before, active, limit];
    return this.database.query<HoldRow>(`cases-recalls-${all ? 'all' : 'own'}`, all ? SQL.all : SQL.own, values);
  }

  async lot(gtin: string, lot: string): Promise<LotRow | undefined> {
    return (await this.database.query<LotRow>('cases-lot', SQL.lot, [gtin, lot]))[0];
  }

  /** Every recall and withdrawal that a lot is or was under, the newest first. */
  ofLot(lotId: number): Promise<HoldRow[]> {
    return this.database.query<HoldRow>('cases-recalls-of-lot', SQL.ofLot, [lotId]);
  }
}

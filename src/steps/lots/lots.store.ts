import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

export interface StoredLot {
  readonly id: number;
  /** 14 digits. */
  readonly gtin: string;
  readonly number: string;
  /** `YYYY-MM-DD`. */
  readonly expiry: string;
  readonly quantity: number;
  readonly commissioned: number;
  readonly createdAt: Date;
}

type Row = StoredLot & Record<string, unknown>;

export const LOT_COLUMNS = `l.id, lpad(l.gtin::text, 14, '0') as gtin, l.number, l.expiry, l.quantity, l.commissioned,
  l.created_at as "createdAt"`;

@Injectable()
export class LotsStore {
  constructor(private readonly database: Database) {}

  /** Registers a lot, or answers the one of that number that is there. */
  async register(lot: { gtin: string; number: string; expiry: string; quantity: number }): Promise<StoredLot> {
    const values = [lot.gtin, lot.number, lot.expiry, lot.quantity];
    await this.database.execute(
      'lots-register',
      'insert into lot (gtin, number, expiry, quantity) values ($1, $2, $3, $4) on conflict (gtin, number) do nothing',
      values,
    );
    return (await this.find(lot.gtin, lot.number))!;
  }

  async find(gtin: string, number: string): Promise<StoredLot | undefined> {
    const text = `select ${LOT_COLUMNS} from lot l where l.gtin = $1 and l.number = $2`;
    return (await this.database.query<Row>('lots-find', text, [gtin, number]))[0];
  }

  /** Lots of the GTINs of an organisation, the newest first. */
  page(owner: number, gtin: string | undefined, before: number | undefined, limit: number): Promise<StoredLot[]> {
    return this.database.query<Row>(
      'lots-page',
      `select ${LOT_COLUMNS} from lot l join product p using (gtin)
       where p.organisation_id = $1 and ($2::bigint is null or l.gtin = $2) and l.id < coalesce($3::bigint, 9223372036854775807)
       order by l.id desc limit $4`,
      [owner, gtin ?? null, before ?? null, limit],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/database/database.js';

export interface SerialSequence {
  readonly key: Buffer;
  /** How many serial numbers were ever ordered. */
  readonly issued: number;
}

export interface StoredOrder {
  readonly id: number;
  /** 14 digits. */
  readonly gtin: string;
  /** Counter of its first serial number. */
  readonly first: number;
  readonly quantity: number;
  readonly createdAt: Date;
}

const ORDER = `id, lpad(gtin::text, 14, '0') as gtin, first, quantity, created_at as "createdAt"`;

@Injectable()
export class SerialsStore {
  constructor(private readonly database: Database) {}

  async sequence(gtin: string): Promise<SerialSequence | undefined> {
    const text = 'select key, issued from serial_sequence where gtin = $1';
    const rows = await this.database.query<SerialSequence & Record<string, unknown>>('serials-sequence', text, [gtin]);
    return rows[0];
  }

  /** Gives out the next `quantity` numbers of a GTIN, or answers the order that the same request made before. */
  order(gtin: string, quantity: number, organisation: number, request: string): Promise<StoredOrder> {
    return this.database.transaction(async (tx) => {
      await tx.query('serials-lock', 'select gtin from serial_sequence where gtin = $1 for update', [gtin]);
      return (await orderOf(tx, request)) ?? (await newOrder(tx, gtin, quantity, organisation, request));
    });
  }

  async find(id: number, organisation: number): Promise<StoredOrder | undefined> {
    const text = `select ${ORDER} from serial_order where id = $1 and ordered_by = $2`;
    const rows = await this.database.query<StoredOrder & Record<string, unknown>>('serials-order', text, [
      id,
      organisation,
    ]);
    return rows[0];
  }

  page(organisation: number, before: number | undefined, limit: number): Promise<StoredOrder[]> {
    return this.database.query<StoredOrder & Record<string, unknown>>(
      'serials-orders',
      `select ${ORDER} from serial_order where ordered_by = $1 and id < coalesce($2::bigint, 9223372036854775807)
       order by id desc limit $3`,
      [organisation, before ?? null, limit],
    );
  }
}

type Row = StoredOrder & Record<string, unknown>;

async function orderOf(tx: Tx, request: string): Promise<StoredOrder | undefined> {
  const rows = await tx.query<Row>('serials-same', `select ${ORDER} from serial_order where request = $1`, [request]);
  return rows[0];
}

async function newOrder(
  tx: Tx,
  gtin: string,
  quantity: number,
  organisation: number,
  request: string,
): Promise<StoredOrder> {
  const text = `with taken as (update serial_sequence set issued = issued + $2::int where gtin = $1 returning issued - $2::int as first)
    insert into serial_order (gtin, first, quantity, ordered_by, request)
    select $1, taken.first, $2::int, $3::int, $4::uuid from taken returning ${ORDER}`;
  const [row] = await tx.query<Row>('serials-new-order', text, [gtin, quantity, organisation, request]);
  if (!row) throw new Error(`GTIN ${gtin} has no sequence of serial numbers.`);
  return row;
}

import { Injectable } from '@nestjs/common';
import { epcIndexKey } from '../../capture/seal.js';
import { MENTION_ROLES } from '../../domain/custody/act.js';
import { BUSINESS_STEPS } from '../../domain/epcis/vocabulary.js';
import { lgtinUri } from '../../domain/gs1/epc.js';
import { Database, type Row } from '../../platform/database/database.js';

/** An event that somebody wants a receipt of. */
export interface EventRow extends Row {
  readonly position: number;
  readonly capturedBy: number;
  /** Whether the reader's organisation is named in it. */
  readonly party: boolean;
  /** Null where it was erased. */
  readonly body: string | null;
}

export interface LotRow extends Row {
  readonly id: number;
  /** 14 digits. */
  readonly gtin: string;
  readonly number: string;
}

const step = (name: (typeof BUSINESS_STEPS)[number]): number => BUSINESS_STEPS.indexOf(name);
const CLASS = MENTION_ROLES.indexOf('class');

// `offset 0` keeps the planner from reading all that an organisation is named in to hash it.
const AT = `
  select e.position, e.captured_by as "capturedBy", e.body,
    exists (select from event_party p where p.organisation_id = $1 and p.position = e.position offset 0) as party
  from event e where e.position = any($2::bigint[]) order by e.position`;

const LOT = `select id, lpad(gtin::text, 14, '0') as gtin, number from lot where gtin = $1::bigint and number = $2`;

// The index has commissionings, recalls and withdrawals of a lot under its class, and each other event under its packs.
const OF_LOT = `
  with hit as materialized (
    select x.position, octet_length(e.body) as size from epc_event x join event e on e.position = x.position
    where x.epc = $1 and x.role = ${CLASS} and x.position > $2 and ($3 or e.step = ${step('commissioning')})
      and e.body is not null
    order by x.position limit $4),
  sized as (select position, sum(size) over (order by position) - size as before, count(*) over ()::int as hits from hit)
  select position, hits from sized where before < $5 order by position`;

/** So many bytes of events are read at once: large ones make an answer shorter. */
const LOT_BYTES = 16 * 1024 * 1024;

const RECEIVING = `
  select distinct x.position from epc_event x join event e on e.position = x.position
  where x.epc = any($1::bigint[]) and x.position > $2 and e.step = ${step('receiving')}
    and e.body is not null and strpos(e.body, $3) > 0
  order by x.position limit $4`;

/** The events that receipts are made of. */
@Injectable()
export class ReceiptEventsStore {
  constructor(private readonly database: Database) {}

  /** In the order of their positions; those that do not exist are left out. */
  at(positions: readonly number[], organisation: number): Promise<EventRow[]> {
    return this.database.query<EventRow>('receipt-events-seen', AT, [organisation, positions]);
  }

  async lot(gtin: string, number: string): Promise<LotRow | undefined> {
    const [row] = await this.database.query<LotRow>('receipt-lot', LOT, [gtin, number]);
    return row;
  }

  /**
   * The events of a lot behind a position that are not erased, `most` at most and fewer where they are large: those that commissioned it, or
   * those on the whole of it as well. `more` where others follow.
   */
  async ofLot(
    { gtin, number }: LotRow,
    all: boolean,
    after: number,
    most: number,
    bytes = LOT_BYTES,
  ): Promise<{ readonly positions: number[]; readonly more: boolean }> {
    const values = [epcIndexKey(lgtinUri(gtin, number)), after, all, most + 1, bytes];
    const rows = await this.database.query<{ position: number; hits: number }>('receipt-lot-events', OF_LOT, values);
    const positions = rows.slice(0, most).map(({ position }) => position);
    return { positions, more: (rows[0]?.hits ?? 0) > positions.length };
  }

  /** The events that received something of a shipment, by what was in it. */
  async receiving(
    epcs: readonly string[],
    shipment: { position: number; eventID: string },
    most: number,
  ): Promise<number[]> {
    const values = [epcs.map(epcIndexKey), shipment.position, shipment.eventID, most];
    const rows = await this.database.query<{ position: number }>('receipt-receivings', RECEIVING, values);
    return rows.map(({ position }) => position);
  }
}

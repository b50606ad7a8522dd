import { epcIndexKey, eventIdOfHash } from '../../capture/seal.js';
import { ERASED_COLUMN, type ErasedEvent } from '../../capture/erased-event.js';
import type { Queryable, Row } from '../../platform/database/database.js';
import type { SealedErasure } from './erasure-record.js';

/** An event that somebody wants to erase, or that was. */
export interface Erasable extends Row {
  readonly capturedBy: number;
  readonly parties: readonly number[];
  readonly commitment: Buffer;
  readonly hash: Buffer | null;
  readonly body: string | null;
  readonly erased: ErasedEvent | null;
  /** Of its erasure. */
  readonly loggedIn: number | null;
  readonly record: string | null;
}

const FIND = `select e.captured_by as "capturedBy", e.commitment, e.hash, e.body, x.logged_in as "loggedIn", x.body as record,
    array(select organisation_id from event_party p where p.position = e.position and p.organisation_id = $2) as parties,
    ${ERASED_COLUMN}
  from event e left join erasure x on x.position = e.position where e.position = $1`;

/** The event at a position as far as one organisation goes; undefined where there is none. */
export async function erasableAt(
  sql: Queryable,
  position: number,
  organisation: number,
): Promise<Erasable | undefined> {
  const [row] = await sql.query<Erasable>('erasure-find', FIND, [position, organisation]);
  return row;
}

/** Events that name the same packs later: so many of each pack, and in all, are looked at. */
const PER_EPC = 50;
const CANDIDATES = 1000;

const NAMED_IN = `with candidate as materialized (
    select distinct x.position from unnest($1::bigint[]) as k (epc) cross join lateral (
      select position from epc_event where epc = k.epc and position > $2 order by position limit ${PER_EPC}) x
    limit ${CANDIDATES})
  select c.position from candidate c cross join lateral (
    select body from event e where e.position = c.position offset 0) e
  where strpos(e.body, $3) > 0 order by c.position`;

/** Later events of the same packs and containers that name an event by its eventID. */
export async function namedIn(
  sql: Queryable,
  position: number,
  eventId: string,
  epcs: readonly string[],
): Promise<number[]> {
  const values = [epcs.slice(0, CANDIDATES).map(epcIndexKey), position, eventId];
  const rows = await sql.query<{ position: number }>('erasure-named-in', NAMED_IN, values);
  return rows.map((row) => row.position);
}

export interface ErasureToStore {
  readonly sealed: SealedErasure;
  readonly organisation: number;
  readonly hash: Buffer;
  /** What custody follows from, of the event. */
  readonly parent: string | null;
  readonly place: string | null;
  readonly packs: readonly { readonly gtin: string; readonly serial: string }[];
  readonly containers: readonly string[];
  readonly byOrder: boolean;
}

/** `before`: it was erased. `absent`: there is no event. `on_hold`, `on_its_way`: something open rests on it. */
export type ErasureOutcome = 'erased' | 'before' | 'absent' | 'on_hold' | 'on_its_way';

export const ERASE = `select erase_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as outcome`;

/** Erases and logs it: one statement. */
export async function eraseEvent(sql: Queryable, erasure: ErasureToStore): Promise<ErasureOutcome> {
  const { sealed, organisation, hash, parent, place, packs, containers, byOrder } = erasure;
  const { record, body, secret, commitment } = sealed;
  const [row] = await sql.query<{ outcome: ErasureOutcome }>('erasure-erase', ERASE, [
    record.position,
    record.erasedAt,
    organisation,
    record.person,
    record.reason,
    parent,
    place,
    body,
    Buffer.from(secret),
    commitment,
    epcIndexKey(eventIdOfHash(hash)),
    packs.map(({ gtin }) => gtin),
    packs.map(({ serial }) => serial),
    containers,
    byOrder,
  ]);
  return row!.outcome;
}

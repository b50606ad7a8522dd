import type { RecallClass, HoldKind } from '../domain/custody/holds.js';
import { lifeOf } from '../domain/custody/life.js';
import { itemKey } from '../domain/custody/world.js';
import type { PackKey } from '../domain/verdict/choose-reading.js';
import type { PackRecord, RecordedHold } from '../domain/verdict/facts.js';
import { VERDICTS, type VerdictKind } from '../domain/verdict/reasons.js';
import type { Queryable, Row } from '../platform/database/database.js';

/** A hold in force, with what an answer says of it. */
export interface ActiveHold extends RecordedHold {
  readonly on: 'pack' | 'lot' | 'container';
  readonly openedBy: number;
  /** Position of the event that opened it. */
  readonly openedIn: number;
  /** Milliseconds since 1970, as every time here. */
  readonly openedAt: number;
  readonly reason: string;
}

/** A pack as recorded, with the evidence for it. */
export interface StoredPack extends PackRecord, PackKey {
  readonly holds: readonly ActiveHold[];
  /** The containers around it, innermost first. */
  readonly containers: readonly string[];
  /** Units left after a part-dispense; null before. */
  readonly remaining: number | null;
  /** How often it was presented again where it was dispensed. */
  readonly repeats: number;
  readonly reported: readonly ReportedEvent[];
  /** The event that made its state, or that of a container around it, what it is. */
  readonly last: {
    readonly position: number;
    /** Null where the event was erased. */
    readonly hash: Buffer | null;
    readonly eventId: string | null;
    readonly eventTime: number;
    readonly recordTime: number;
  };
}

/** An event that another system reported of a pack, and that could not be decided about it. */
export interface ReportedEvent {
  readonly position: number;
  readonly eventTime: number;
  readonly recordTime: number;
  /** Why it could not be decided. */
  readonly code: string;
}

/** A scan and its answer, as kept. */
export interface ScanRow {
  readonly at: string;
  readonly gtin: string | null;
  readonly serial: string | null;
  readonly position: number | null;
  readonly organisation: number | null;
  readonly site: number | null;
  readonly person: number | null;
  readonly verdict: VerdictKind;
  readonly purpose: string;
  readonly reason: string | null;
  readonly raw: string;
}

const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::bigint`;

/** Most reported events that a verdict shows. */
const REPORTED_MOST = 20;

const REPORTED = (
  pack: string,
): string => `(select json_agg(json_build_array(r.position, ${MS('r.event_time')}, ${MS('r.opened_at')}, r.code)
      order by r.position) from (select * from event_gap g where g.gtin = ${pack}.gtin and g.serial = ${pack}.serial
        and g.resolved_in is null order by g.position limit ${REPORTED_MOST}) r)`;

const SQL = {
  reported: `select k.n::int as n, ${REPORTED('k')} as reported
    from unnest($1::bigint[], $2::text[]) with ordinality as k (gtin, serial, n)`,
  // One probe of each index a pack: its row, its lot, the containers around it, their shipment, the holds on any of
  // them, and the newest event of all. Lateral, so that the plan is nested loops however many packs are asked for.
  packs: `select k.n::int as n, i.remaining, i.repeats, l.number as lot, l.expiry,
      coalesce(o.life, i.life) as life, coalesce(o.holder, i.holder) as holder, coalesce(o.site, i.site) as site,
      s.to_site as destination, o.chain as containers, h.holds, ${REPORTED('i')} as reported,
      e.position, e.hash, e.event_id, ${MS('e.event_time')} as event_time, ${MS('e.recorded_at')} as record_time
    from unnest($1::bigint[], $2::text[]) with ordinality as k (gtin, serial, n)
    cross join lateral (select * from item where item.gtin = k.gtin and item.serial = k.serial collate "C" offset 0) i
    cross join lateral (select * from lot where lot.id = i.lot_id offset 0) l
    left join lateral (
      with recursive up as (
        select c.*, 1 as depth from container c where c.sscc = i.parent
        union all select c.*, up.depth + 1 from up join container c on c.sscc = up.parent)
      select array_agg(up.sscc order by up.depth) as ids, array_agg(lpad(up.sscc::text, 18, '0') order by up.depth) as chain,
        max(up.changed_in) as changed_in,
        (array_agg(up.life order by up.depth desc))[1] as life, (array_agg(up.holder order by up.depth desc))[1] as holder,
        (array_agg(up.site order by up.depth desc))[1] as site,
        (array_agg(up.shipment order by up.depth desc))[1] as shipment
      from up where i.parent is not null) o on true
    left join lateral (select to_site from shipment where shipment.id = coalesce(o.shipment, i.shipment) offset 0) s on true
    left join lateral (
      select json_agg(json_build_array(f.kind, f.class, f.scope, f.opened_by, f.opened_in, ${MS('f.opened_at')}, f.reason)
        order by f.opened_in) as holds
      from (
        select hold.*, 'pack' as scope from hold where hold.gtin = i.gtin and hold.serial = i.serial and hold.lifted_in is null
        union all select hold.*, 'lot' from hold
          where hold.lot_id = i.lot_id and hold.gtin is null and hold.sscc is null and hold.lifted_in is null
        union all select held.*, 'container' from unnest(o.ids) as around (sscc) cross join lateral (
          select * from hold where hold.sscc = around.sscc and hold.lifted_in is null offset 0) held) f) h on true
    cross join lateral (select position, hash, event_id, event_time, recorded_at from event
      where event.position = greatest(i.changed_in, o.changed_in) offset 0) e`,
  scans: `insert into scan (at, gtin, position, organisation_id, site, person, verdict, purpose, reason, serial, raw)
    select * from unnest($1::timestamptz[], $2::bigint[], $3::bigint[], $4::int[], $5::int[], $6::int[], $7::smallint[],
      $8::text[], $9::text[], $10::text[], $11::text[])`,
  scannedBefore: `select exists (select from scan where gtin = $1 and serial = $2 and site = $3 and at = $4 and raw = $5) as found`,
};

export const PACKS_SQL = SQL.packs;

/** The packs that are recorded among `keys`, by `itemKey`: one statement, however many. */
export async function readPacks(sql: Queryable, keys: readonly PackKey[]): Promise<Map<string, StoredPack>> {
  const packs = new Map<string, StoredPack>();
  if (keys.length === 0) return packs;
  const values = [keys.map(({ gtin }) => gtin), keys.map(({ serial }) => serial)];
  for (const row of await sql.query('verification-packs', SQL.packs, values)) {
    const { gtin, serial } = keys[(row['n'] as number) - 1]!;
    packs.set(itemKey(gtin, serial), packOf(gtin, serial, row));
  }
  return packs;
}

/** What other systems reported of packs that are not recorded, by `itemKey`. */
export async function readReported(
  sql: Queryable,
  keys: readonly PackKey[],
): Promise<ReadonlyMap<string, readonly ReportedEvent[]>> {
  const found = new Map<string, readonly ReportedEvent[]>();
  if (keys.length === 0) return found;
  const values = [keys.map(({ gtin }) => gtin), keys.map(({ serial }) => serial)];
  for (const row of await sql.query('verification-reported', SQL.reported, values)) {
    const { gtin, serial } = keys[(row['n'] as number) - 1]!;
    found.set(itemKey(gtin, serial), reportedOf(row));
  }
  return found;
}

type ReportedColumns = [number, number, number, string];

const reportedOf = (row: Row): ReportedEvent[] =>
  ((row['reported'] as ReportedColumns[] | null) ?? []).map(([position, eventTime, recordTime, code]) => ({
    ...{ position, eventTime, recordTime, code },
  }));

/** Keeps scans with their answers: one statement, durable when it returns. */
export async function insertScans(sql: Queryable, rows: readonly ScanRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.execute('verification-scans', SQL.scans, [
    rows.map(({ at }) => at),
    rows.map(({ gtin }) => gtin),
    rows.map(({ position }) => position),
    rows.map(({ organisation }) => organisation),
    rows.map(({ site }) => site),
    rows.map(({ person }) => person),
    rows.map(({ verdict }) => verdictCode(verdict)),
    rows.map(({ purpose }) => purpose),
    rows.map(({ reason }) => reason),
    rows.map(({ serial }) => serial),
    rows.map(({ raw }) => raw),
  ]);
}

/** True when this very scan was answered before: the client sends it again because it did not get the answer. */
export async function wasScanned(
  sql: Queryable,
  { gtin, serial }: PackKey,
  site: number,
  at: string,
  raw: string,
): Promise<boolean> {
  const values = [gtin, serial, site, at, raw];
  const [row] = await sql.query<{ found: boolean }>('verification-scanned', SQL.scannedBefore, values);
  return row?.found === true;
}

/** The number under which a verdict is stored. */
export const verdictCode = (verdict: VerdictKind): number => VERDICTS.indexOf(verdict);

type HoldColumns = [HoldKind, RecallClass | null, ActiveHold['on'], number, number, number, string];

function packOf(gtin: string, serial: string, row: Row): StoredPack {
  const life = lifeOf(row['life'] as number);
  const holds = (row['holds'] as HoldColumns[] | null) ?? [];
  return {
    gtin,
    serial,
    life,
    holder: row['holder'] as number | null,
    site: row['site'] as number | null,
    destination: life === 'in_transit' ? (row['destination'] as number | null) : null,
    lot: row['lot'] as string,
    expiry: row['expiry'] as string,
    remaining: row['remaining'] as number | null,
    repeats: row['repeats'] as number,
    reported: reportedOf(row),
    containers: (row['containers'] as string[] | null) ?? [],
    holds: holds.map(([kind, recallClass, on, openedBy, openedIn, openedAt, reason]) => ({
      kind,
      recallClass,
      on,
      openedBy,
      openedIn,
      openedAt,
      reason,
    })),
    last: {
      position: row['position'] as number,
      hash: row['hash'] as Buffer | null,
      eventId: row['event_id'] as string | null,
      eventTime: row['event_time'] as number,
      recordTime: row['record_time'] as number,
    },
  };
}

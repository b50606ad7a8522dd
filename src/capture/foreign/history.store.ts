import type { Act } from '../../domain/custody/act.js';
import { MENTION_ROLES } from '../../domain/custody/act.js';
import { epcsOfReading } from '../../domain/custody/foreign/attempt.js';
import type { HistoryEntry } from '../../domain/custody/foreign/history.js';
import { NOTHING_NAMED, readForeign, type Named } from '../../domain/custody/foreign/reading.js';
import type { EpcisEvent } from '../../domain/epcis/event.js';
import { parseEpc, sgtinUri } from '../../domain/gs1/epc.js';
import type { Queryable } from '../../platform/database/database.js';
import type { GroupReference } from '../job.js';
import { epcIndexKey } from '../seal.js';

/** A history that is larger, or that names an erased event, is not decided again: what is open in it stays open. */
const MOST_THINGS = 5000;
const MOST_EVENTS = 1000;

const role = (name: (typeof MENTION_ROLES)[number]): number => MENTION_ROLES.indexOf(name);

const SQL = {
  positions: `select k.epc::text, x.position, x.role from unnest($1::bigint[]) as k (epc)
      cross join lateral (select position, role from epc_event where epc = k.epc
        and role not in (${role('class')}, ${role('eventID')}) order by position limit ${MOST_EVENTS + 1}) x
    union all select '', i.commissioned_in, 0 from unnest($2::bigint[], $3::text[]) as k (gtin, serial)
      cross join lateral (select commissioned_in from item where item.gtin = k.gtin and item.serial = k.serial offset 0) i
    union all select '', g.position, 0 from unnest($2::bigint[], $3::text[]) as k (gtin, serial)
      cross join lateral (select position from event_gap where event_gap.gtin = k.gtin and event_gap.serial = k.serial offset 0) g
    union all select '', g.position, 0 from unnest($4::bigint[]) as k (sscc)
      cross join lateral (select position from event_gap where event_gap.sscc = k.sscc offset 0) g`,
  events: `select e.position, e.captured_by as "capturedBy", e.recorded_at as "recordedAt", e.body,
      f.declares is not null as declaration,
      exists (select from foreign_event d where d.declares = e.position and d.outcome = 'undone' offset 0) as undone,
      f.position is not null as foreign,
      (select array_agg(g.epc) from event_gap g where g.position = e.position and g.resolved_in is null) as open
    from event e left join foreign_event f using (position) where e.position = any($1::bigint[])`,
  // From each open gap of a product in the containers, upwards.
  inside: `with recursive inside (gtin, serial, sscc) as (
      select g.gtin, g.serial, i.parent from event_gap g join item i on i.gtin = g.gtin and i.serial = g.serial
        where g.resolved_in is null and i.parent is not null
          and g.gtin in (select l.gtin from container_lot cl join lot l on l.id = cl.lot_id where cl.sscc = any($1::bigint[]))
      union select u.gtin, u.serial, c.parent from inside u join container c on c.sscc = u.sscc where c.parent is not null)
    select distinct lpad(gtin::text, 14, '0') as gtin, serial from inside where sscc = any($1::bigint[]) limit ${MOST_THINGS + 1}`,
};

interface EventRow extends Record<string, unknown> {
  readonly position: number;
  readonly capturedBy: number;
  readonly recordedAt: Date;
  readonly body: string | null;
  readonly declaration: boolean;
  readonly undone: boolean;
  readonly foreign: boolean;
  readonly open: readonly string[] | null;
}

/** Things and events of a history, as far as it is stored. */
export interface StoredHistory {
  readonly things: Named;
  readonly entries: readonly HistoryEntry[];
}

/**
 * Reads the history of some packs and containers, and of all that it depends on: the containers around them at any time, what
 * came out of those, and what is open in them. Undefined where it is too large, or an event in it was erased.
 */
export async function loadHistory(
  sql: Queryable,
  seeds: Iterable<string>,
  reference: GroupReference,
): Promise<StoredHistory | undefined> {
  const things = new Set<string>();
  const events = new Map<number, EventRow>();
  const missing = new Map<number, Set<string>>();
  let frontier = [...new Set(seeds)];
  while (frontier.length > 0) {
    for (const epc of frontier) things.add(epc);
    if (things.size > MOST_THINGS) return undefined;
    const named = nameAll(frontier);
    const found = await positionsOf(sql, frontier, named);
    for (const { position, epc, missed } of found) if (missed && epc !== undefined) add(missing, position, epc);
    const fresh = [...new Set(found.map(({ position }) => position))].filter((position) => !events.has(position));
    if (events.size + fresh.length > MOST_EVENTS) return undefined;
    const rows = await sql.query<EventRow>('capture-history-events', SQL.events, [fresh]);
    for (const row of rows) events.set(row.position, row);
    if (rows.some(({ body }) => body === null)) return undefined;
    const inside = await insideOf(sql, named.containers);
    // A thing that joins may make more of an event that was read before matter.
    const linked = [...events.values()].flatMap((row) => linksOf(row, things));
    frontier = [...new Set([...inside, ...linked])].filter((epc) => !things.has(epc));
  }
  const entries: HistoryEntry[] = [];
  for (const row of events.values()) {
    const entry = entryOf(row, things, missing.get(row.position) ?? new Set(), reference);
    if (entry === 'unknown') return undefined;
    if (entry) entries.push(entry);
  }
  return { things: nameAll([...things]), entries };
}

async function positionsOf(
  sql: Queryable,
  epcs: readonly string[],
  { packs, containers }: Named,
): Promise<{ position: number; epc: string | undefined; missed: boolean }[]> {
  const byKey = new Map(epcs.map((epc) => [epcIndexKey(epc), epc]));
  const rows = await sql.query<{ epc: string; position: number; role: number }>('capture-history', SQL.positions, [
    [...byKey.keys()],
    packs.map(({ gtin }) => gtin),
    packs.map(({ serial }) => serial),
    containers,
  ]);
  return rows.map((row) => ({
    position: row.position,
    epc: byKey.get(row.epc),
    missed: row.role === role('missing'),
  }));
}

async function insideOf(sql: Queryable, containers: readonly string[]): Promise<string[]> {
  if (containers.length === 0) return [];
  const rows = await sql.query<{ gtin: string; serial: string }>('capture-history-inside', SQL.inside, [containers]);
  return rows.map(({ gtin, serial }) => sgtinUri(gtin, serial));
}

const eventOf = (row: EventRow): EpcisEvent => JSON.parse(row.body!) as EpcisEvent;

/** What else a history must have because of an event in it: the container around, what came out of it, what is open in it. */
function linksOf(row: EventRow, things: ReadonlySet<string>): string[] {
  const reading = readForeign(eventOf(row));
  const { parent, step } = reading;
  if (parent?.sscc == null || (step !== 'packing' && step !== 'unpacking')) return [];
  const children = epcsOfReading({ ...reading, parent: null });
  const around = children.some((epc) => things.has(epc)) ? [parent.epc] : [];
  if (!things.has(parent.epc)) return around;
  return step === 'unpacking' ? children : children.filter((epc) => row.open?.includes(epc));
}

function entryOf(
  row: EventRow,
  things: ReadonlySet<string>,
  missing: ReadonlySet<string>,
  reference: GroupReference,
): HistoryEntry | 'unknown' | undefined {
  if (row.undone || row.declaration) return undefined;
  const event = eventOf(row);
  const open = new Set((row.open ?? []).filter((epc) => things.has(epc)));
  const entry = entryOfEvent(row.position, event, { things, open, missing, own: !row.foreign });
  if (entry.reading.step === undefined && open.size === 0 && !entry.undoes) return undefined;
  const role = reference.organisation(row.capturedBy)?.role;
  if (role === undefined) return 'unknown';
  const act = { organisation: row.capturedBy, role, eventTime: event.eventTime };
  return { ...entry, act: { ...act, recordTime: row.recordedAt.toISOString() } };
}

/** An event as an entry of a history; `act` is for the caller to fill in. */
export function entryOfEvent(
  ref: number,
  event: EpcisEvent,
  {
    things,
    open,
    missing,
    own,
  }: {
    readonly things: ReadonlySet<string>;
    readonly open: ReadonlySet<string>;
    readonly missing: ReadonlySet<string>;
    readonly own: boolean;
  },
): Omit<HistoryEntry, 'act'> & { readonly act: Omit<Act, 'site'> } {
  const reading = readForeign(event);
  const decided = epcsOfReading(reading).filter((epc) => things.has(epc) && !open.has(epc));
  return {
    ref,
    reading: { ...reading, missing: NOTHING_NAMED },
    act: { organisation: 0, role: 'public', eventTime: event.eventTime, recordTime: event.eventTime },
    decided: new Set(decided),
    open,
    missing,
    undoes: own && (event as Record<string, unknown>)['halisi:undoes'] !== undefined,
  };
}

export function nameAll(epcs: readonly string[]): Named {
  const read = epcs.map(parseEpc);
  return {
    packs: read.flatMap((epc) => (epc.kind === 'sgtin' ? [{ gtin: epc.gtin, serial: epc.serial }] : [])),
    containers: read.flatMap((epc) => (epc.kind === 'sscc' ? [epc.sscc] : [])),
    others: [],
  };
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

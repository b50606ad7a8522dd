import { lifeCode } from '../domain/custody/life.js';
import { MENTION_ROLES, type Decision } from '../domain/custody/act.js';
import {
  resolvePosition,
  type ContainerState,
  type EventRef,
  type ItemState,
  type World,
} from '../domain/custody/world.js';
import { BUSINESS_STEPS, toBareWord } from '../domain/epcis/vocabulary.js';
import type { Queryable } from '../platform/database/database.js';
import type { NamedForeign } from './foreign/foreign-write.store.js';
import { searchKeys } from './search-terms.js';
import { epcIndexKey, type SealedEvent } from './seal.js';

/** One decided event of a group, ready to be stored; its ordinal is its place in the list. */
export interface EventToStore {
  readonly sealed: SealedEvent;
  readonly decision: Decision;
  readonly organisation: number;
  readonly person: number | null;
  readonly request: string;
  /** Of an event of another system. */
  readonly foreign?: NamedForeign;
}

const CONTAINER_ROWS = `unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::int[],
      $8::int[], $9::smallint[]) as c (sscc, created_in, changed_in, parent, shipment, packs, holder, site, life)`;

const SQL = {
  // The log's row is the sequencer: it stays locked until the commit, so positions become visible in their order.
  events: `with head as (update log set size = size + $1::int where number = $2::smallint
      returning (number::bigint << 40) + size - $1::int as first),
    rows as (select head.first + e.ordinal - 1 as position, e.* from head,
      unnest($3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[], $7::smallint[], $8::bytea[], $9::bytea[],
        $10::bytea[], $11::text[], $12::bytea[], $13::uuid[], $19::text[], $20::text[]) with ordinality
        as e (recorded_at, event_time, captured_by, person, step, hash, secret, commitment, body, entry, request, event_id, terms, ordinal)),
    stored as (insert into event (position, recorded_at, event_time, captured_by, person, step, hash, secret, commitment, body, request, event_id)
      select position, recorded_at, event_time, captured_by, person, step, hash, secret, commitment, body, request, event_id from rows),
    searched as (insert into event_search (position, recorded_at, event_time, terms)
      select position, recorded_at, event_time, terms::bigint[] from rows),
    logged as (insert into log_entry (position, entry) select position, entry from rows),
    requested as (insert into capture_request (request, position) select request, position from rows),
    named as (insert into epc_event (epc, position, role) select n.epc, head.first + n.ordinal, n.role
      from head, unnest($14::bigint[], $15::int[], $16::smallint[]) as n (epc, ordinal, role)),
    concerned as (insert into event_party (organisation_id, position) select p.organisation_id, head.first + p.ordinal
      from head, unnest($17::int[], $18::int[]) as p (organisation_id, ordinal))
    select first from head`,
  slips: `insert into capture_request (request, position) select * from unnest($1::uuid[], $2::bigint[])`,
  removedItems: `delete from item using unnest($1::bigint[], $2::text[]) as k (gtin, serial)
    where item.gtin = k.gtin and item.serial = k.serial`,
  removedContents: `delete from container_lot where sscc = any($1::bigint[])`,
  removedContainers: `delete from container where sscc = any($1::bigint[])`,
  removedShipments: `delete from shipment where id = any($1::bigint[])`,
  grownShipments: `update shipment set packs = shipment.packs + u.packs
    from unnest($1::bigint[], $2::bigint[]) as u (id, packs) where shipment.id = u.id`,
  newItems: `insert into item (gtin, lot_id, commissioned_in, changed_in, holder, site, life, serial)
    select b.gtin, b.lot_id, b.event, b.event, b.holder, b.site, $1::smallint, s.serial
    from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::text[])
      as b (gtin, lot_id, event, holder, site, serials)
    cross join lateral string_to_table(b.serials, E'\\x1f') as s (serial)`,
  items: `update item set changed_in = u.changed_in, parent = u.parent, shipment = u.shipment, holder = u.holder,
      site = u.site, remaining = u.remaining, life = u.life, repeats = u.repeats
    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[], $8::int[],
      $9::smallint[], $10::smallint[]) as u (gtin, serial, changed_in, parent, shipment, holder, site, remaining, life, repeats)
    where item.gtin = u.gtin and item.serial = u.serial`,
  // A new one collides with one that another process made of the same SSCC meanwhile: nothing of theirs is written over.
  newContainers: `insert into container (sscc, created_in, changed_in, parent, shipment, packs, holder, site, life)
    select * from ${CONTAINER_ROWS}`,
  containers: `update container set changed_in = c.changed_in, parent = c.parent, shipment = c.shipment, packs = c.packs,
      holder = c.holder, site = c.site, life = c.life
    from ${CONTAINER_ROWS} where container.sscc = c.sscc`,
  contents: `insert into container_lot (sscc, lot_id, packs) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])
    on conflict (sscc, lot_id) do update set packs = excluded.packs`,
  stock: `insert into lot_holding (lot_id, site, life, packs)
    select * from unnest($1::bigint[], $2::int[], $3::smallint[], $4::bigint[]) as s (lot_id, site, life, packs) order by 1, 2, 3
    on conflict (lot_id, site, life) do update set packs = lot_holding.packs + excluded.packs`,
  lots: `update lot set commissioned = lot.commissioned + u.packs,
      quantity = case when from_events then greatest(quantity, lot.commissioned + u.packs) else quantity end from unnest($1::bigint[], $2::int[]) as u (id, packs)
    where lot.id = u.id`,
  shipments: `insert into shipment (id, from_site, to_site, packs, shipped_at, purchase_order, despatch_advice, received_in, received_at)
    select *, case when received_in is not null then $9::timestamptz end
    from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::bigint[])
      as s (id, from_site, to_site, packs, shipped_at, purchase_order, despatch_advice, received_in)`,
  received: `update shipment set received_in = u.event, received_at = $3 from unnest($1::bigint[], $2::bigint[]) as u (id, event)
    where shipment.id = u.id`,
  holds: `insert into hold (lot_id, gtin, sscc, opened_in, opened_at, opened_by, class, kind, serial, reason)
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::int[], $7::smallint[],
      $8::text[], $9::text[], $10::text[])`,
  lifted: `update hold set lifted_in = u.event, lifted_at = u.at, lifted_by = u.by, lift_reason = u.reason
    from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::int[], $5::text[]) as u (id, event, at, by, reason)
    where hold.id = u.id`,
  liftRequests: `update hold set lift_requested_by = u.by, lift_requested_in = u.event
    from unnest($1::bigint[], $2::int[], $3::bigint[]) as u (id, by, event) where hold.id = u.id`,
};

/** Stores the events of a group with their log entries and indexes; answers the position of the first. */
export async function writeEvents(
  sql: Queryable,
  log: number,
  events: readonly EventToStore[],
  recordTime: string,
): Promise<number> {
  const mentions = events.flatMap(({ decision, sealed }, ordinal) =>
    [...decision.mentions, ...sealed.names.map((epc) => ({ epc, role: 'eventID' as const }))].map((each) => ({
      ...each,
      ordinal,
    })),
  );
  const parties = events.flatMap(({ decision }, ordinal) => decision.parties.map((party) => ({ party, ordinal })));
  const [row] = await sql.query<{ first: number }>('capture-write-events', SQL.events, [
    events.length,
    log,
    events.map(() => recordTime),
    events.map(({ sealed }) => sealed.event.eventTime),
    events.map(({ organisation }) => organisation),
    events.map(({ person }) => person),
    events.map(({ sealed }) => stepNumber(sealed.event.bizStep)),
    events.map(({ sealed }) => sealed.hash),
    events.map(({ sealed }) => sealed.secret),
    events.map(({ sealed }) => sealed.commitment),
    events.map(({ sealed }) => sealed.body),
    events.map(({ sealed }) => sealed.entry),
    events.map(({ request }) => request),
    mentions.map(({ epc }) => epcIndexKey(epc)),
    mentions.map(({ ordinal }) => ordinal),
    mentions.map(({ role }) => MENTION_ROLES.indexOf(role)),
    parties.map(({ party }) => party),
    parties.map(({ ordinal }) => ordinal),
    events.map(({ sealed }) => sealed.givenId),
    events.map(({ sealed, decision, organisation }) => searchKeys(sealed.event, [organisation, ...decision.parties])),
  ]);
  if (!row) throw new Error(`Log ${log} has no row: the server has not made it.`);
  return row.first;
}

/** Place of a business step in the vocabulary, in any spelling; -1 for none of the standard's. */
const stepNumber = (bizStep: string | undefined): number => {
  const word = bizStep === undefined ? undefined : toBareWord('bizStep', bizStep);
  return BUSINESS_STEPS.findIndex((step) => step === word);
};

/** A request that was answered with the event that it repeats. */
export interface Slip {
  readonly request: string;
  readonly repeatOf: EventRef;
}

/** Remembers requests that made no event, so that each counts once however often it is sent. */
export async function writeSlips(sql: Queryable, slips: readonly Slip[], first: number): Promise<void> {
  if (slips.length === 0) return;
  await sql.execute('capture-write-slips', SQL.slips, [
    slips.map(({ request }) => request),
    slips.map(({ repeatOf }) => resolvePosition(repeatOf, first)),
  ]);
}

/** Stores what the decisions of a group made of packs, containers, lots, shipments and holds. */
export async function writeState(sql: Queryable, world: World, first: number, recordTime: string): Promise<void> {
  const at = (ref: number): number => resolvePosition(ref, first);
  await Promise.all([
    writeRemoved(sql, world),
    writeNewItems(sql, world.newItems, at),
    writeItems(sql, [...world.changedItems], at),
    writeContainers(sql, world, at),
    writeStock(sql, world),
    writeShipments(sql, world, at, recordTime),
    writeHolds(sql, world, at),
  ]);
}

/** What an event that is taken back had brought into the world, before what another one brings in its place. */
async function writeRemoved(sql: Queryable, world: World): Promise<void> {
  const items = [...world.removedItems];
  const containers = [...world.removedContainers].map(({ sscc }) => sscc);
  const shipments = [...world.removedShipments].map(({ id }) => id);
  const grown = [...world.grownShipments].filter(([, packs]) => packs > 0);
  await Promise.all([
    items.length > 0 &&
      sql.execute('capture-removed-items', SQL.removedItems, [
        items.map(({ gtin }) => gtin),
        items.map(({ serial }) => serial),
      ]),
    containers.length > 0 && sql.execute('capture-removed-contents', SQL.removedContents, [containers]),
    containers.length > 0 && sql.execute('capture-removed-containers', SQL.removedContainers, [containers]),
    shipments.length > 0 && sql.execute('capture-removed-shipments', SQL.removedShipments, [shipments]),
    grown.length > 0 &&
      sql.execute('capture-grown-shipments', SQL.grownShipments, [
        grown.map(([{ id }]) => id),
        grown.map(([, packs]) => packs),
      ]),
  ]);
}

type Resolve = (ref: number) => number;
const orNull = (ref: number | null, at: Resolve): number | null => (ref === null ? null : at(ref));

async function writeNewItems(sql: Queryable, items: readonly ItemState[], at: Resolve): Promise<void> {
  if (items.length === 0) return;
  const batches = Map.groupBy(items, ({ commissionedIn, lotId }) => `${commissionedIn} ${lotId}`);
  const firsts = [...batches.values()].map(([first]) => first!);
  // Where a later event of the group changed a pack, `writeItems` follows with what became of it.
  const made = [...batches.values()].map((batch) => batch.find(({ site }) => site !== null));
  await sql.execute('capture-new-items', SQL.newItems, [
    lifeCode('active'),
    firsts.map(({ gtin }) => gtin),
    firsts.map(({ lotId }) => lotId),
    firsts.map(({ commissionedIn }) => at(commissionedIn)),
    made.map((item) => item?.holder ?? null),
    made.map((item) => item?.site ?? null),
    [...batches.values()].map((batch) => batch.map(({ serial }) => serial).join('\x1f')),
  ]);
}

async function writeItems(sql: Queryable, items: readonly ItemState[], at: Resolve): Promise<void> {
  if (items.length === 0) return;
  await sql.execute('capture-items-changed', SQL.items, [
    items.map(({ gtin }) => gtin),
    items.map(({ serial }) => serial),
    items.map(({ changedIn }) => at(changedIn)),
    items.map(({ parent }) => parent),
    items.map(({ shipment }) => orNull(shipment, at)),
    items.map(({ holder }) => holder),
    items.map(({ site }) => site),
    items.map(({ remaining }) => remaining),
    items.map(({ life }) => lifeCode(life)),
    items.map(({ repeats }) => repeats),
  ]);
}

async function writeContainers(sql: Queryable, world: World, at: Resolve): Promise<void> {
  const made = [...world.newContainers];
  const changed = [...new Set([...world.changedContainers, ...world.changedContents])].filter(
    (container) => !world.newContainers.has(container),
  );
  const contents = [...world.changedContents].flatMap(({ sscc, lots }) =>
    [...lots].map(([lotId, packs]) => ({ sscc, lotId, packs })),
  );
  await Promise.all([
    made.length > 0 && sql.execute('capture-new-containers', SQL.newContainers, containerColumns(made, at)),
    changed.length > 0 && sql.execute('capture-write-containers', SQL.containers, containerColumns(changed, at)),
    contents.length > 0 &&
      sql.execute('capture-write-contents', SQL.contents, [
        contents.map(({ sscc }) => sscc),
        contents.map(({ lotId }) => lotId),
        contents.map(({ packs }) => packs),
      ]),
  ]);
}

const containerColumns = (containers: readonly ContainerState[], at: Resolve): unknown[][] => [
  containers.map(({ sscc }) => sscc),
  containers.map(({ createdIn }) => at(createdIn)),
  containers.map(({ changedIn }) => at(changedIn)),
  containers.map(({ parent }) => parent),
  containers.map(({ shipment }) => orNull(shipment, at)),
  containers.map(({ lots }) => [...lots.values()].reduce((sum, packs) => sum + packs, 0)),
  containers.map(({ holder }) => holder),
  containers.map(({ site }) => site),
  containers.map(({ life }) => lifeCode(life)),
];

async function writeStock(sql: Queryable, world: World): Promise<void> {
  const stock = [...world.stock.values()].filter(({ packs }) => packs !== 0);
  const progress = [...world.lotProgress];
  await Promise.all([
    stock.length > 0 &&
      sql.execute('capture-write-stock', SQL.stock, [
        stock.map(({ lotId }) => lotId),
        stock.map(({ site }) => site),
        stock.map(({ life }) => lifeCode(life)),
        stock.map(({ packs }) => packs),
      ]),
    progress.length > 0 &&
      sql.execute('capture-write-lots', SQL.lots, [progress.map(([id]) => id), progress.map(([, packs]) => packs)]),
  ]);
}

async function writeShipments(sql: Queryable, world: World, at: Resolve, recordTime: string): Promise<void> {
  const made = world.newShipments;
  const received = [...world.receivedShipments];
  await Promise.all([
    made.length > 0 &&
      sql.execute('capture-write-shipments', SQL.shipments, [
        made.map(({ id }) => at(id)),
        made.map(({ fromSite }) => fromSite),
        made.map(({ toSite }) => toSite),
        made.map(({ packs }) => packs),
        made.map(({ shippedAt }) => shippedAt),
        made.map(({ purchaseOrder }) => purchaseOrder),
        made.map(({ despatchAdvice }) => despatchAdvice),
        made.map(({ receivedIn }) => orNull(receivedIn, at)),
        recordTime,
      ]),
    received.length > 0 &&
      sql.execute('capture-write-received', SQL.received, [
        received.map(({ id }) => id),
        received.map(({ receivedIn }) => orNull(receivedIn, at)),
        recordTime,
      ]),
  ]);
}

async function writeHolds(sql: Queryable, world: World, at: Resolve): Promise<void> {
  const { newHolds, liftRequests } = world;
  // Opened and lifted in one group: it never was in force for anybody else, and both events say so.
  const opened = newHolds.filter((hold) => !world.liftedHolds.some((lift) => lift.hold === hold));
  const lifted = world.liftedHolds.filter(({ hold }) => hold.id !== undefined);
  await Promise.all([
    opened.length > 0 &&
      sql.execute('capture-write-holds', SQL.holds, [
        opened.map(({ lotId }) => lotId),
        opened.map(({ item }) => item?.gtin ?? null),
        opened.map(({ sscc }) => sscc),
        opened.map(({ openedIn }) => at(openedIn)),
        opened.map(({ openedAt }) => openedAt),
        opened.map(({ openedBy }) => openedBy),
        opened.map(({ recallClass }) => recallClass),
        opened.map(({ kind }) => kind),
        opened.map(({ item }) => item?.serial ?? null),
        opened.map(({ reason }) => reason),
      ]),
    lifted.length > 0 &&
      sql.execute('capture-write-lifted', SQL.lifted, [
        lifted.map(({ hold }) => hold.id),
        lifted.map(({ liftedIn }) => at(liftedIn)),
        lifted.map((lift) => lift.at),
        lifted.map(({ liftedBy }) => liftedBy),
        lifted.map(({ reason }) => reason),
      ]),
    liftRequests.length > 0 &&
      sql.execute('capture-write-lift-requests', SQL.liftRequests, [
        liftRequests.map(({ hold }) => hold.id),
        liftRequests.map(({ hold }) => hold.liftRequestedBy),
        liftRequests.map(({ requestedIn }) => at(requestedIn)),
      ]),
  ]);
}

import { invariant } from '../domain/errors.js';
import { sgtinUri, ssccUri } from '../domain/gs1/epc.js';
import { lifeOf } from '../domain/custody/life.js';
import type { Hold, HoldKind, RecallClass } from '../domain/custody/holds.js';
import { itemKey, World, type ContainerState, type ItemState } from '../domain/custody/world.js';
import type { Queryable, Row } from '../platform/database/database.js';
import { ancestors, outermost } from '../domain/custody/aggregation.js';
import { noNeeds, type Needs } from './needs.js';
import { eventIdAt } from './erased-event.js';

const ITEM = `i.gtin, i.serial, i.lot_id, i.commissioned_in, i.changed_in, lpad(i.parent::text, 18, '0') as parent,
  i.shipment, i.holder, i.site, i.remaining, i.life, i.repeats`;
const CONTAINER = `lpad(c.sscc::text, 18, '0') as sscc, c.created_in, c.changed_in, lpad(c.parent::text, 18, '0') as parent,
  c.shipment, c.holder, c.site, c.life`;
const HOLD = `h.id, h.kind, h.lot_id, h.gtin, h.serial, lpad(h.sscc::text, 18, '0') as sscc, h.class, h.opened_by,
  h.opened_in, h.opened_at, h.reason, h.lift_requested_by`;

const SQL = {
  items: `select ${ITEM} from unnest($1::bigint[], $2::text[]) k (gtin, serial) join item i using (gtin, serial)
    order by i.gtin, i.serial for update of i`,
  existing: `select ${ITEM} from unnest($1::bigint[], $2::text[]) k (gtin, serials)
    cross join lateral string_to_table(k.serials, E'\\x1f') s (serial)
    cross join lateral (select * from item where item.gtin = k.gtin and item.serial = s.serial collate "C" offset 0) i`,
  itemsInside: `select ${ITEM} from item i where i.parent = any($1::bigint[]) order by i.gtin, i.serial for update`,
  itemsShipped: `select ${ITEM} from item i where i.shipment = any($1::bigint[]) order by i.gtin, i.serial for update`,
  // Everything named, directly inside a container or in a shipment, and every container around those.
  containers: `with recursive around (sscc) as (
      select * from (
        select unnest($1::bigint[])
        union select sscc from container where parent = any($2::bigint[])
        union select sscc from container where shipment = any($3::bigint[])) named
      union select c.parent from around join container c using (sscc) where c.parent is not null)
    select ${CONTAINER} from container c where c.sscc in (select sscc from around) order by c.sscc for update`,
  contents: `select lpad(sscc::text, 18, '0') as sscc, lot_id, packs from container_lot where sscc = any($1::bigint[])`,
  lots: lots('for key share of l'),
  lotsExclusive: lots('for update of l'),
  holds: `select ${HOLD} from unnest($1::bigint[], $2::text[]) k (gtin, serial) join hold h using (gtin, serial)
      where h.lifted_in is null
    union all select ${HOLD} from hold h where h.lot_id = any($3::bigint[]) and h.gtin is null and h.lifted_in is null
    union all select ${HOLD} from hold h where h.sscc = any($4::bigint[]) and h.lifted_in is null`,
  // From each held pack or container of the lots, upwards to the containers that move.
  heldInside: `with recursive held (id, sscc) as (
      select h.id, i.parent from hold h join item i using (gtin, serial)
        where h.lot_id = any($1::bigint[]) and h.gtin is not null and h.lifted_in is null and i.parent is not null
      union select h.id, c.parent from hold h join container_lot l on l.sscc = h.sscc join container c on c.sscc = h.sscc
        where l.lot_id = any($1::bigint[]) and h.lifted_in is null and c.parent is not null
      union select held.id, c.parent from held join container c using (sscc) where c.parent is not null)
    select ${HOLD}, lpad(held.sscc::text, 18, '0') as mover from held join hold h using (id)
      where held.sscc = any($2::bigint[])`,
  shipments: `select s.id, s.from_site, s.to_site, s.shipped_at, s.purchase_order, s.despatch_advice, s.packs, s.received_in, e.hash, e.event_id
    from shipment s join event e on e.position = s.id where s.id = any($1::bigint[]) order by s.id for update of s`,
  // A company's own GTINs only: who may make packs of others is decided later, and no lot is made for them.
  newLots: `insert into lot (gtin, number, expiry, quantity, from_events)
    select distinct on (k.gtin, k.number) k.gtin, k.number, k.expiry, 1, true
    from unnest($1::bigint[], $2::text[], $3::date[]) k (gtin, number, expiry) join product p on p.gtin = k.gtin
    where not exists (select from lot l where l.gtin = k.gtin and l.number = k.number)
    order by k.gtin, k.number on conflict do nothing`,
  events: `select position, event_time, hash, event_id, (body::json->>'halisi:units')::int as units from event where position = any($1::bigint[])`,
};

function lots(lock: string): string {
  return `with wanted (id) as (
      select unnest($1::bigint[])
      union select l.id from unnest($2::bigint[], $3::text[]) k (gtin, number) join lot l using (gtin, number))
    select l.id, l.gtin, l.number, l.expiry, l.quantity, l.commissioned, l.from_events from wanted join lot l using (id)
    order by l.id ${lock}`;
}

/**
 * Loads and locks, in key order, every row that a group of commands touches: a constant number of statements. The world is
 * whole with `rest`, whose locking statements are on their way: what the caller sends next runs behind them.
 */
export async function loadWorld(sql: Queryable, needs: Needs): Promise<{ world: World; rest: Promise<unknown> }> {
  const world = new World();
  if (needs.newLots.length > 0) await makeLots(sql, needs.newLots);
  await loadItems(sql, needs, world);
  await loadContainers(sql, needs, world);
  if (needs.arriving.packs.length + needs.arriving.containers.length > 0) await loadArriving(sql, needs, world);
  const rest = Promise.all([
    needs.shipments.length > 0 && loadShipments(sql, needs, world),
    loadLotsAndHolds(sql, needs, world),
    (needs.lastEventsOf.length > 0 || needs.times) && loadLastEvents(sql, needs, world),
  ]);
  return { world, rest };
}

/** Loads and locks more into a world: packs, containers, shipments without what is in them, and lots with their holds. */
export async function loadMore(sql: Queryable, world: World, more: Partial<Needs>): Promise<void> {
  const needs: Needs = { ...noNeeds(), ...more, shipments: [] };
  if (needs.newLots.length > 0) await makeLots(sql, needs.newLots);
  await loadItems(sql, needs, world);
  await loadContainers(sql, needs, world);
  const shipments = more.shipments?.filter((id) => !world.shipments.has(id)) ?? [];
  if (shipments.length > 0) await loadShipments(sql, { ...needs, shipments }, world);
  await loadLotsAndHolds(sql, needs, world);
}

async function makeLots(sql: Queryable, lots: Needs['newLots']): Promise<void> {
  await sql.execute('capture-new-lots', SQL.newLots, [
    lots.map(({ gtin }) => gtin),
    lots.map(({ number }) => number),
    lots.map(({ expiry }) => expiry),
  ]);
}

/** The open shipments of what arrives, all that is in them, and all that is beside it in the containers that are opened. */
async function loadArriving(sql: Queryable, needs: Needs, world: World): Promise<void> {
  const named = [
    ...needs.arriving.packs.map(({ gtin, serial }) => world.item(gtin, serial)),
    ...needs.arriving.containers.map((sscc) => world.containers.get(sscc)),
  ].filter((thing) => thing !== undefined);
  const opened = new Set(named.flatMap((thing) => ancestors(world, thing).map(({ sscc }) => sscc)));
  const shipments = new Set(named.map((thing) => outermost(world, thing).shipment).filter((id) => id !== null));
  const more: Needs = {
    ...noNeeds(),
    childrenOf: [...opened].filter((sscc) => !world.children.has(sscc)),
    shipments: [...shipments].filter((id) => !world.shipmentUnits.has(id)),
  };
  needs.shipments.push(...more.shipments);
  if (more.childrenOf.length + more.shipments.length === 0) return;
  await loadItems(sql, more, world);
  await loadContainers(sql, more, world);
}

async function loadLotsAndHolds(sql: Queryable, needs: Needs, world: World): Promise<void> {
  const ids = new Set<number>();
  for (const { lotId } of world.items.values()) ids.add(lotId);
  for (const container of world.containers.values()) for (const id of container.lots.keys()) ids.add(id);
  const lots = loadLots(sql, needs, [...ids], world);
  // The id of a lot that is named by its number comes with its row.
  if (needs.lots.length > 0) await lots;
  await Promise.all([lots, loadHolds(sql, needs, [...new Set([...ids, ...world.lots.keys()])], world)]);
}

async function loadItems(sql: Queryable, needs: Needs, world: World): Promise<void> {
  if (needs.packs.length > 0) {
    const keys = [needs.packs.map(({ gtin }) => gtin), needs.packs.map(({ serial }) => serial)];
    for (const row of await sql.query('capture-items', SQL.items, keys)) addItem(world, row);
  }
  if (needs.newPacks.length > 0) {
    const keys = [needs.newPacks.map(({ gtin }) => gtin), needs.newPacks.map(({ serials }) => serials.join('\x1f'))];
    for (const row of await sql.query('capture-existing', SQL.existing, keys)) addItem(world, row);
  }
  if (needs.childrenOf.length > 0) {
    for (const sscc of needs.childrenOf) world.children.set(sscc, { items: [], containers: [] });
    for (const row of await sql.query('capture-items-inside', SQL.itemsInside, [needs.childrenOf])) {
      const item = addItem(world, row);
      world.children.get(item.parent!)?.items.push(item);
    }
  }
  if (needs.shipments.length > 0) {
    for (const id of needs.shipments) world.shipmentUnits.set(id, { items: [], containers: [] });
    for (const row of await sql.query('capture-items-shipped', SQL.itemsShipped, [needs.shipments])) {
      const item = addItem(world, row);
      world.shipmentUnits.get(item.shipment!)?.items.push(item);
    }
  }
}

/** Again until every container around what was loaded is there: one may have been moved while its lock was awaited. */
async function loadContainers(sql: Queryable, needs: Needs, world: World): Promise<void> {
  let wanted = new Set(needs.containers);
  for (const { parent } of world.items.values()) if (parent !== null) wanted.add(parent);
  let expand = needs.childrenOf.length + needs.shipments.length > 0;
  while (wanted.size > 0 || expand) {
    const keys = expand ? [[...wanted], needs.childrenOf, needs.shipments] : [[...wanted], [], []];
    expand = false;
    for (const row of await sql.query('capture-containers', SQL.containers, keys)) addContainer(world, row);
    const asked = wanted;
    wanted = new Set();
    for (const { parent } of world.containers.values()) {
      if (parent !== null && !world.containers.has(parent) && !asked.has(parent)) wanted.add(parent);
    }
  }
  if (world.containers.size === 0) return;
  for (const row of await sql.query('capture-contents', SQL.contents, [[...world.containers.keys()]])) {
    const container = world.containers.get(row['sscc'] as string)!;
    if (!world.changedContents.has(container)) container.lots.set(row['lot_id'] as number, row['packs'] as number);
  }
}

async function loadShipments(sql: Queryable, needs: Needs, world: World): Promise<void> {
  for (const row of await sql.query('capture-shipments', SQL.shipments, [needs.shipments])) {
    const id = row['id'] as number;
    world.shipments.set(id, {
      id,
      eventId: eventIdAt(id, row['hash'] as Buffer | null, row['event_id'] as string | null),
      fromSite: row['from_site'] as number,
      toSite: row['to_site'] as number,
      shippedAt: (row['shipped_at'] as Date).toISOString(),
      purchaseOrder: row['purchase_order'] as string | null,
      despatchAdvice: row['despatch_advice'] as string | null,
      packs: row['packs'] as number,
      receivedIn: row['received_in'] as number | null,
    });
  }
}

async function loadLots(sql: Queryable, needs: Needs, ids: readonly number[], world: World): Promise<void> {
  if (ids.length === 0 && needs.lots.length === 0) return;
  const keys = [ids, needs.lots.map(({ gtin }) => gtin), needs.lots.map(({ number }) => number)];
  const rows = needs.exclusiveLots
    ? await sql.query('capture-lots-exclusive', SQL.lotsExclusive, keys)
    : await sql.query('capture-lots', SQL.lots, keys);
  for (const row of rows) {
    // One that is known may be further than the database, by what was decided since.
    if (world.lots.has(row['id'] as number)) continue;
    world.lots.set(row['id'] as number, {
      id: row['id'] as number,
      gtin: gtin14(row['gtin']),
      number: row['number'] as string,
      expiry: row['expiry'] as string,
      quantity: row['quantity'] as number,
      commissioned: row['commissioned'] as number,
      ...(row['from_events'] === true && { open: true }),
    });
  }
}

async function loadHolds(sql: Queryable, needs: Needs, lotIds: readonly number[], world: World): Promise<void> {
  const packs = [...needs.packs, ...[...world.shipmentUnits.values()].flatMap(({ items }) => items)];
  const keys = [packs.map(({ gtin }) => gtin), packs.map(({ serial }) => serial), lotIds, [...world.containers.keys()]];
  if (keys.every((list) => list.length === 0)) return;
  const byId = new Map<number, Hold>();
  for (const row of await sql.query('capture-holds', SQL.holds, keys)) {
    const hold = holdOf(row);
    if (byId.has(hold.id!) || world.knowsHold(hold)) continue;
    byId.set(hold.id!, hold);
    world.addHold(hold);
  }
  const moved = needs.moved.filter((sscc) => world.containers.has(sscc));
  if (moved.length === 0) return;
  const inside = [...new Set(moved.flatMap((sscc) => [...world.containers.get(sscc)!.lots.keys()]))];
  for (const row of await sql.query('capture-held-inside', SQL.heldInside, [inside, moved])) {
    const hold = byId.get(row['id'] as number) ?? holdOf(row);
    const epc = hold.item ? sgtinUri(hold.item.gtin, hold.item.serial) : ssccUri(hold.sscc!);
    const mover = row['mover'] as string;
    world.heldInside.set(mover, [...(world.heldInside.get(mover) ?? []), { epc, hold }]);
  }
}

async function loadLastEvents(sql: Queryable, needs: Needs, world: World): Promise<void> {
  const last = needs.lastEventsOf.flatMap(({ gtin, serial }) => world.item(gtin, serial)?.changedIn ?? []);
  const all = needs.times
    ? [...world.items.values(), ...world.containers.values()].map(({ changedIn }) => changedIn)
    : [];
  const positions = [...new Set([...last, ...all])];
  for (const row of await sql.query('capture-events', SQL.events, [positions])) {
    world.events.set(row['position'] as number, {
      eventId: eventIdAt(row['position'] as number, row['hash'] as Buffer | null, row['event_id'] as string | null),
      eventTime: (row['event_time'] as Date).getTime(),
      ...(row['units'] !== null && { units: row['units'] as number }),
    });
  }
}

/** A GTIN as the database keeps it, back in its 14 digits. */
export const gtin14 = (value: unknown): string => String(value).padStart(14, '0');

function addItem(world: World, row: Row): ItemState {
  const gtin = gtin14(row['gtin']);
  const serial = row['serial'] as string;
  const known = world.items.get(itemKey(gtin, serial));
  if (known) return known;
  const item: ItemState = {
    gtin,
    serial,
    lotId: row['lot_id'] as number,
    commissionedIn: row['commissioned_in'] as number,
    changedIn: row['changed_in'] as number,
    life: lifeOf(row['life'] as number),
    parent: row['parent'] as string | null,
    holder: row['holder'] as number | null,
    site: row['site'] as number | null,
    shipment: row['shipment'] as number | null,
    remaining: row['remaining'] as number | null,
    repeats: row['repeats'] as number,
  };
  world.items.set(itemKey(gtin, serial), item);
  return item;
}

function addContainer(world: World, row: Row): void {
  const sscc = row['sscc'] as string;
  const known = world.containers.get(sscc);
  if (known) return place(world, known);
  const container: ContainerState = {
    sscc,
    createdIn: row['created_in'] as number,
    changedIn: row['changed_in'] as number,
    life: lifeOf(row['life'] as number),
    parent: row['parent'] as string | null,
    holder: row['holder'] as number | null,
    site: row['site'] as number | null,
    shipment: row['shipment'] as number | null,
    lots: new Map(),
  };
  world.containers.set(sscc, container);
  place(world, container);
}

function place(world: World, container: ContainerState): void {
  const { parent, shipment } = container;
  const lists = [
    parent === null ? undefined : world.children.get(parent)?.containers,
    shipment === null ? undefined : world.shipmentUnits.get(shipment)?.containers,
  ];
  for (const list of lists) if (list && !list.includes(container)) list.push(container);
}

function holdOf(row: Row): Hold {
  invariant(typeof row['kind'] === 'string', 'a hold has a kind');
  return {
    id: row['id'] as number,
    kind: row['kind'] as HoldKind,
    lotId: row['lot_id'] as number | null,
    item: row['gtin'] === null ? null : { gtin: gtin14(row['gtin']), serial: row['serial'] as string },
    sscc: row['sscc'] as string | null,
    recallClass: row['class'] as RecallClass | null,
    openedBy: row['opened_by'] as number,
    openedIn: row['opened_in'] as number,
    openedAt: (row['opened_at'] as Date).toISOString(),
    reason: row['reason'] as string,
    liftRequestedBy: row['lift_requested_by'] as number | null,
  };
}

import { ancestors, contentsOf, outermost, packsIn } from '../aggregation.js';
import { epcOf } from '../blocking.js';
import type { Hold } from '../holds.js';
import { itemKey, type ContainerState, type EventRef, type ItemState, type World } from '../world.js';
import type { Named } from './reading.js';
import type { Replay } from './replay.js';

type Thing = ItemState | ContainerState;

/** What holds of a replayed history are for: those that it opened anew, and those that turn out to have had no ground. */
export interface SettleOptions {
  /** Events of the history that were decided before or are now. */
  readonly refs: ReadonlySet<EventRef>;
  /** Events whose effect is taken back. */
  readonly undone: ReadonlySet<EventRef>;
  readonly by: EventRef;
  readonly organisation: number;
  readonly recordTime: string;
}

/** True where the world can be given the states of a replay: no container would vanish around others that are not in it. */
export function canSettle(world: World, things: Named, replay: Replay): boolean {
  const inside = new Map<ContainerState, number>();
  for (const thing of existing(world, things)) {
    if ('lots' in thing) continue;
    for (const container of ancestors(world, thing)) inside.set(container, (inside.get(container) ?? 0) + 1);
  }
  return things.containers.every((sscc) => {
    const container = world.containers.get(sscc);
    return !container || replay.world.containers.has(sscc) || packsIn(container) === (inside.get(container) ?? 0);
  });
}

/** Gives the things of a replay the states that it left them in; counts, stock, shipments and holds follow. */
export function settle(world: World, things: Named, replay: Replay, options: SettleOptions): void {
  const before = existing(world, things);
  count(world, before, -1);
  for (const thing of before) detach(world, thing);
  const after = [...settleContainers(world, things, replay), ...settleItems(world, things, replay)];
  for (const thing of after) attach(world, thing, replay);
  count(world, after, 1);
  settleShipments(world, replay, options);
  settleHolds(world, things, replay, options);
}

const existing = (world: World, { packs, containers }: Named): Thing[] =>
  [
    ...containers.map((sscc) => world.containers.get(sscc)),
    ...packs.map(({ gtin, serial }) => world.item(gtin, serial)),
  ].filter((thing) => thing !== undefined);

/** Takes what is in the outermost containers around things from the stock, or puts it there. */
function count(world: World, things: readonly Thing[], sign: 1 | -1): void {
  for (const outer of new Set(things.map((thing) => outermost<Thing>(world, thing)))) {
    for (const [lotId, packs] of contentsOf(outer)) world.moveStock(lotId, outer.site!, outer.life, sign * packs);
  }
}

function detach(world: World, thing: Thing): void {
  addContents(world, ancestors(world, thing), thing, -1);
  thing.parent = null;
}

function attach(world: World, thing: Thing, replay: Replay): void {
  thing.parent = replayed(replay.world, thing)!.parent;
  addContents(world, ancestors(world, thing), thing, 1);
}

function addContents(world: World, around: readonly ContainerState[], thing: Thing, sign: 1 | -1): void {
  for (const container of around) {
    for (const [lotId, packs] of contentsOf(thing)) {
      container.lots.set(lotId, (container.lots.get(lotId) ?? 0) + sign * packs);
    }
    world.changedContents.add(container);
  }
}

const replayed = (world: World, thing: Thing): Thing | undefined =>
  'lots' in thing ? world.containers.get(thing.sscc) : world.item(thing.gtin, thing.serial);

function settleContainers(world: World, { containers }: Named, replay: Replay): ContainerState[] {
  const left: ContainerState[] = [];
  for (const sscc of containers) {
    const now = replay.world.containers.get(sscc);
    const known = world.containers.get(sscc);
    if (!now) {
      if (known) world.removedContainers.add(known);
      world.containers.delete(sscc);
      continue;
    }
    const container = known ?? { ...now, lots: new Map<number, number>() };
    const { life, holder, site, shipment, changedIn } = now;
    Object.assign(container, { life, holder, site, shipment, changedIn, parent: null });
    world.containers.set(sscc, container);
    if (known) world.changedContainers.add(container);
    else world.newContainers.add(container);
    left.push(container);
  }
  return left;
}

function settleItems(world: World, { packs }: Named, replay: Replay): ItemState[] {
  const left: ItemState[] = [];
  for (const { gtin, serial } of packs) {
    const now = replay.world.item(gtin, serial);
    const known = world.item(gtin, serial);
    const same = now && known?.commissionedIn === now.commissionedIn && known.lotId === now.lotId;
    if (known && !same) remove(world, known);
    if (!now) continue;
    const repeats = same && known.life === 'dispensed' && known.changedIn === now.changedIn ? known.repeats : 0;
    const { life, holder, site, shipment, remaining, changedIn } = now;
    const item = same ? known : { ...now };
    Object.assign(item, { life, holder, site, shipment, remaining, changedIn, repeats, parent: null });
    if (!same) add(world, item);
    world.changedItems.add(item);
    left.push(item);
  }
  return left;
}

function add(world: World, item: ItemState): void {
  world.items.set(itemKey(item.gtin, item.serial), item);
  world.newItems.push(item);
  progress(world, item.lotId, 1);
}

function remove(world: World, item: ItemState): void {
  world.items.delete(itemKey(item.gtin, item.serial));
  world.changedItems.delete(item);
  world.removedItems.add(item);
  progress(world, item.lotId, -1);
}

function progress(world: World, lotId: number, packs: number): void {
  const lot = world.lots.get(lotId);
  if (lot) lot.commissioned += packs;
  world.lotProgress.set(lotId, (world.lotProgress.get(lotId) ?? 0) + packs);
}

function settleShipments(world: World, { world: then, resolved }: Replay, { undone }: SettleOptions): void {
  const seen = new Set<EventRef>();
  for (const shipment of then.newShipments) {
    const made = world.newShipments.find(({ id }) => id === shipment.id);
    const known = made ?? world.shipments.get(shipment.id);
    const received = then.shipments.get(shipment.id)?.receivedIn ?? null;
    if (!known && !seen.has(shipment.id)) {
      const packs = then.newShipments.filter(({ id }) => id === shipment.id).reduce((sum, each) => sum + each.packs, 0);
      world.newShipments.push({ ...shipment, packs, receivedIn: received });
    } else if (known) {
      if (received !== null && known.receivedIn === null) {
        known.receivedIn = received;
        if (!made) world.receivedShipments.add(known);
      }
      if (!made && !seen.has(shipment.id) && resolved.has(shipment.id))
        world.grownShipments.set(known, (resolved.get(shipment.id) ?? new Set()).size);
    }
    seen.add(shipment.id);
  }
  for (const ref of undone) {
    const known = world.shipments.get(ref);
    if (known && !seen.has(ref)) world.removedShipments.add(known);
  }
}

/** A hold comes of an event that is decided only now; a mismatch goes that the history, decided again, does not have. */
function settleHolds(world: World, things: Named, replay: Replay, options: SettleOptions): void {
  const then = replay.world;
  const lifted = new Set(then.liftedHolds.map(({ hold }) => hold));
  const open = then.newHolds.filter((hold) => !lifted.has(hold));
  for (const hold of open) {
    const fresh = hold.openedIn === options.by || (replay.resolved.get(hold.openedIn)?.size ?? 0) > 0;
    if (!fresh) continue;
    world.addHold(hold);
    world.newHolds.push(hold);
  }
  const kept = new Set(open.map(holdKey));
  for (const thing of existing(world, things)) {
    const holds =
      'lots' in thing ? world.containerHolds.get(thing.sscc) : world.itemHolds.get(itemKey(thing.gtin, thing.serial));
    for (const hold of [...(holds ?? [])]) {
      const ours = hold.id !== undefined && (hold.kind === 'mismatch' || hold.kind === 'clone_suspect');
      const groundless =
        options.undone.has(hold.openedIn) || (hold.kind === 'mismatch' && options.refs.has(hold.openedIn));
      if (!ours || !groundless || kept.has(holdKey(hold))) continue;
      world.removeHold(hold);
      world.liftedHolds.push({
        hold,
        liftedIn: options.by,
        liftedBy: options.organisation,
        at: options.recordTime,
        reason: `${epcOf(thing)} is accounted for by what was reported since`,
      });
    }
  }
}

const holdKey = ({ kind, openedIn, item, sscc }: Hold): string =>
  `${kind} ${openedIn} ${item ? itemKey(item.gtin, item.serial) : sscc}`;

import { invariant } from '../errors.js';
import type { ContainerState, EventRef, ItemState, World } from './world.js';

/** The container that a container or pack is in, all the way up, or itself. */
export function outermost<T extends ItemState | ContainerState>(world: World, thing: T): T | ContainerState {
  let here: T | ContainerState = thing;
  while (here.parent !== null) here = containerIn(world, here.parent);
  return here;
}

/** Every container around a thing, innermost first. */
export function ancestors(world: World, thing: ItemState | ContainerState): ContainerState[] {
  const found: ContainerState[] = [];
  for (let parent = thing.parent; parent !== null;) {
    const container = containerIn(world, parent);
    found.push(container);
    parent = container.parent;
  }
  return found;
}

function containerIn(world: World, sscc: string): ContainerState {
  const container = world.containers.get(sscc);
  invariant(container, `container ${sscc} was not loaded`);
  return container;
}

/** How many packs of which lot a thing stands for. */
export const contentsOf = (thing: ItemState | ContainerState): ReadonlyMap<number, number> =>
  'lots' in thing ? thing.lots : new Map([[thing.lotId, 1]]);

export function packsIn(thing: ItemState | ContainerState): number {
  let packs = 0;
  for (const count of contentsOf(thing).values()) packs += count;
  return packs;
}

/** Takes a thing out of its container: it writes down the state that it had inherited. Nothing happens to a loose one. */
export function takeOut(world: World, thing: ItemState | ContainerState, by: EventRef): void {
  if (thing.parent === null) return;
  const around = ancestors(world, thing);
  const outer = around.at(-1)!;
  thing.life = outer.life;
  thing.holder = outer.holder;
  thing.site = outer.site;
  thing.shipment = outer.shipment;
  thing.parent = null;
  changed(world, thing, by);
  addContents(world, around, thing, -1);
}

/** Puts a loose thing into a container, whose state it inherits from now on. */
export function putInto(world: World, thing: ItemState | ContainerState, into: ContainerState, by: EventRef): void {
  invariant(thing.parent === null, 'only a loose thing is put into a container');
  thing.parent = into.sscc;
  const inside = world.children.get(into.sscc);
  if (inside && 'lots' in thing) inside.containers.push(thing);
  else if (inside && !('lots' in thing)) inside.items.push(thing);
  thing.holder = null;
  thing.site = null;
  thing.shipment = null;
  changed(world, thing, by);
  addContents(world, [into, ...ancestors(world, into)], thing, 1);
}

function addContents(world: World, around: ContainerState[], thing: ItemState | ContainerState, sign: 1 | -1): void {
  for (const container of around) {
    for (const [lotId, packs] of contentsOf(thing)) {
      container.lots.set(lotId, (container.lots.get(lotId) ?? 0) + sign * packs);
    }
    world.changedContents.add(container);
  }
}

/** Marks a thing as touched by an event, so that it is stored. */
export function changed(world: World, thing: ItemState | ContainerState, by: EventRef): void {
  thing.changedIn = by;
  if ('lots' in thing) {
    if (!world.newContainers.has(thing)) world.changedContainers.add(thing);
  } else if (thing.commissionedIn !== by) world.changedItems.add(thing);
}

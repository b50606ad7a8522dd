import type { Act, ForeignReference } from '../act.js';
import { changed, contentsOf, outermost } from '../aggregation.js';
import type { ContainerState, EventRef, ItemState, World } from '../world.js';
import type { Gaps } from './attempt.js';
import type { ForeignReading, Named } from './reading.js';

type Thing = ItemState | ContainerState;

/** Where an event of another system happened, as far as custody knows places. */
export interface ForeignPlace {
  /** A site of the organisation that captured it. */
  readonly site: number;
  /** Whether the event names it; otherwise the place is where the records have the goods. */
  readonly named: boolean;
}

/**
 * The site of the capturing organisation at which an event happened: the one that it names, or, where it names none or one
 * that is not registered (a dock, an address), that where the records have the first of the goods, or its home. Undefined,
 * with the gap noted, where it names only a site of somebody else, or the organisation has no site.
 */
export function placeOfEvent(
  world: World,
  { reading, act, reference }: { reading: ForeignReading; act: Act; reference: ForeignReference },
  gaps: Gaps,
): ForeignPlace | undefined {
  const known = reading.places.map((gln) => reference.siteByGln(gln)).filter((site) => site !== undefined);
  const own = known.find(({ organisationId }) => organisationId === act.organisation);
  if (own) return { site: own.id, named: true };
  const concerned: Named = {
    ...reading.named,
    containers:
      reading.parent?.sscc != null ? [reading.parent.sscc, ...reading.named.containers] : reading.named.containers,
  };
  if (known.length > 0) {
    gaps.addAll(concerned, 'SITE_NOT_YOURS', 'The event happened at a site of somebody else.');
    return undefined;
  }
  const held = thingsNamed(world, concerned)
    .map((thing) => outermost(world, thing))
    .find(({ holder }) => holder === act.organisation);
  const site = held?.site ?? reference.homeOf(act.organisation);
  if (site !== undefined) return { site, named: false };
  gaps.addAll(concerned, 'SITE_NOT_YOURS', 'The organisation that captured the event has no site.');
  return undefined;
}

export function thingsNamed(world: World, { packs, containers }: Named): Thing[] {
  const items = packs.map(({ gtin, serial }) => world.item(gtin, serial));
  return [...items, ...containers.map((sscc) => world.containers.get(sscc))].filter((thing) => thing !== undefined);
}

/**
 * Brings what an organisation holds, loose, from one of its sites to another, as its own system does without a shipment.
 * Answers how to take that back.
 */
export function bring(world: World, things: readonly Thing[], act: Act, by: EventRef): () => void {
  const moved = things.filter(
    (thing) =>
      thing.parent === null &&
      thing.holder === act.organisation &&
      thing.site !== act.site &&
      thing.life !== 'in_transit',
  );
  const before = moved.map((thing) => ({ thing, site: thing.site!, changedIn: thing.changedIn }));
  for (const thing of moved) {
    move(world, thing, act.site);
    changed(world, thing, by);
  }
  return () => {
    for (const { thing, site, changedIn } of before) {
      move(world, thing, site);
      thing.changedIn = changedIn;
    }
  };
}

function move(world: World, thing: Thing, site: number): void {
  for (const [lotId, packs] of contentsOf(thing)) {
    world.moveStock(lotId, thing.site!, thing.life, -packs);
    world.moveStock(lotId, site, thing.life, packs);
  }
  thing.site = site;
}

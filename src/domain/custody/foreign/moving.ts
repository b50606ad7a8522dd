import type { ForeignReference } from '../act.js';
import { ancestors, outermost } from '../aggregation.js';
import { epcOf } from '../blocking.js';
import { mismatch, receive } from '../steps/receiving.js';
import { ship } from '../steps/shipping.js';
import type { ContainerState, EventRef, ItemState, ShipmentState, World } from '../world.js';
import { attempt, only } from './attempt.js';
import type { Effect } from './effect.js';
import { suspectCopies } from './leaving.js';
import { undoing } from './making.js';
import { bring, thingsNamed } from './place.js';
import type { ForeignReading, Named } from './reading.js';

type Thing = ItemState | ContainerState;

/** Packs and containers leave for the consignee whom the event names: by place, else by the party that gets or owns them. */
export function foreignShip(effect: Effect): readonly number[] {
  const { world, reading, act, reference, ordinal, gaps } = effect;
  const toSite = consigneeOf(reading, reference);
  if (toSite === undefined) {
    gaps.addAll(reading.named, 'CONSIGNEE_UNKNOWN', 'Nobody registered is named as the consignee.');
    return [];
  }
  suspectCopies(effect);
  // Judged by its own day: what left before it expired had left, however late that is reported.
  const then = { ...act, recordTime: act.eventTime };
  attempt(reading.named, gaps, ({ packs, containers }) => {
    const { purchaseOrder, despatchAdvice } = reading;
    const command = { step: 'shipping' as const, packs, containers, toSite, purchaseOrder, despatchAdvice };
    undoing(bring(world, thingsNamed(world, { packs, containers, others: [] }), act, effect.by), () =>
      ship(world, command, then, reference, ordinal),
    );
  });
  return [];
}

function consigneeOf({ destination }: ForeignReading, reference: ForeignReference): number | undefined {
  const place = destination.place === null ? undefined : reference.siteByGln(destination.place)?.id;
  if (place !== undefined) return place;
  for (const gln of destination.parties) {
    const site = reference.siteByGln(gln)?.id;
    const organisation = reference.organisationByGln(gln)?.id;
    const found = site ?? (organisation === undefined ? undefined : reference.homeOf(organisation));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What arrived is looked for in the open shipments to this organisation. Of a shipment that any of it was in, all that is not
 * named is missing; what was in none is excess, where the sender of such a shipment has it, and a gap in any case.
 */
export function foreignReceive(effect: Effect): readonly number[] {
  const { reading, act, reference, gaps } = effect;
  const { byShipment, rest } = sorted(effect);
  const senders = new Set<number>();
  for (const [shipment, named] of byShipment) {
    receiveShipment(effect, shipment, named);
    senders.add(reference.site(shipment.fromSite)!.organisationId);
  }
  const message = `No shipment with it is on its way to ${reference.site(act.site)?.gln ?? 'you'}.`;
  suspectCopies({ ...effect, reading: { ...reading, named: rest } });
  holdExcess(effect, rest, senders);
  gaps.addAll(rest, 'SHIPMENT_NOT_FOUND', message);
  return [...senders];
}

/** Open shipments to the organisation, each with what the event names of it; and what is in none. */
function sorted({ world, reading, act, reference }: Effect): { byShipment: Map<ShipmentState, Named>; rest: Named } {
  const of = new Map<string, ShipmentState>();
  for (const thing of thingsNamed(world, reading.named)) {
    const outer = outermost(world, thing);
    const shipment =
      outer.life === 'in_transit' && outer.shipment !== null ? world.shipments.get(outer.shipment) : undefined;
    const addressee = shipment && reference.site(shipment.toSite)?.organisationId;
    if (shipment && addressee === act.organisation) of.set(epcOf(thing), shipment);
  }
  const byShipment = new Map(
    [...new Set(of.values())].map((shipment) => [shipment, only(reading.named, (epc) => of.get(epc) === shipment)]),
  );
  return { byShipment, rest: only(reading.named, (epc) => !of.has(epc)) };
}

function receiveShipment(effect: Effect, shipment: ShipmentState, named: Named): void {
  const { world, reading, act, reference, ordinal, gaps, by } = effect;
  const missing = missingOf(world, shipment.id, named, reading.missing);
  attempt(named, gaps, () => {
    const none = { packs: [], containers: [] };
    const at = { ...act, site: shipment.toSite };
    receive(world, { step: 'receiving', shipment: shipment.id, missing, excess: none }, at, reference, ordinal);
  });
  if (effect.placeNamed)
    bring(
      world,
      thingsNamed(world, named).map((thing) => outermost(world, thing)),
      act,
      by,
    );
}

/**
 * What of a shipment is not named: a unit, where neither it nor anything in it is; beside what is named inside a unit, the
 * others that are directly in the same container; and whatever the event itself calls missing.
 */
function missingOf(
  world: World,
  shipment: EventRef,
  named: Named,
  said: Named,
): { packs: ItemState[]; containers: string[] } {
  const units = world.shipmentUnits.get(shipment) ?? { items: [], containers: [] };
  const here = thingsNamed(world, named);
  const arrived = new Set<Thing>(here);
  const opened = new Set(here.flatMap((thing) => ancestors(world, thing)));
  const missing = new Set<Thing>();
  for (const unit of [...units.items, ...units.containers]) {
    const open = unit.parent === null && unit.shipment === shipment && unit.life === 'in_transit';
    if (open && !arrived.has(unit) && !opened.has(unit as ContainerState)) missing.add(unit);
  }
  for (const container of opened) {
    if (arrived.has(container)) continue;
    const inside = world.children.get(container.sscc) ?? { items: [], containers: [] };
    for (const thing of [...inside.items, ...inside.containers]) {
      if (thing.parent === container.sscc && !arrived.has(thing) && !opened.has(thing as ContainerState))
        missing.add(thing);
    }
  }
  for (const thing of thingsNamed(world, said)) {
    const outer = outermost(world, thing);
    if (outer.shipment === shipment && !arrived.has(thing)) missing.add(thing);
  }
  const things = [...missing];
  return {
    packs: things.filter((thing): thing is ItemState => !('lots' in thing)),
    containers: things.flatMap((thing) => ('lots' in thing ? [thing.sscc] : [])),
  };
}

/** As at a receipt of our own: blocked only where the records say that a sender of what arrived has it. */
function holdExcess({ world, act, by }: Effect, excess: Named, senders: ReadonlySet<number>): void {
  for (const thing of thingsNamed(world, excess)) {
    const outer = outermost(world, thing);
    if (outer.holder === null || !senders.has(outer.holder)) continue;
    mismatch(world, thing, act, by, 'arrived in a shipment that did not name it');
  }
}

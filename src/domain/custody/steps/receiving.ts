import { invariant } from '../../errors.js';
import { sgtinUri, ssccUri } from '../../gs1/epc.js';
import type { Act, Decision, Reference } from '../act.js';
import { changed, contentsOf, outermost, takeOut } from '../aggregation.js';
import { epcOf, openHold, packWords } from '../blocking.js';
import { checkAct, checkBatch, epcsOf, type PackRef } from '../checks.js';
import { organisationOfSite, placeOf, sourceAndDestination, tradeDocuments, whenAndWhere } from '../event-fields.js';
import type { Hold } from '../holds.js';
import { Refusals, StepRefusedError } from '../refusal.js';
import {
  itemKey,
  pendingRef,
  type ContainerState,
  type EventRef,
  type ItemState,
  type ShipmentState,
  type World,
} from '../world.js';

/**
 * A shipment arrives at its consignee: ObjectEvent OBSERVE, receiving. All of it, but for what is `missing`; `excess` is
 * what came and was not in it. Each difference gets a `mismatch` hold, and the rest is free to use.
 */
export interface ReceiveCommand {
  readonly step: 'receiving';
  readonly shipment: EventRef;
  readonly missing: { readonly packs: readonly PackRef[]; readonly containers: readonly string[] };
  readonly excess: { readonly packs: readonly PackRef[]; readonly containers: readonly string[] };
}

type Thing = ItemState | ContainerState;

export function receive(
  world: World,
  command: ReceiveCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkAct(command.step, act, reference);
  const shipment = shipmentFor(world, command, act, reference);
  const units = unitsOf(world, shipment);
  const expected = new Set(units);
  const missing = missingThings(world, command, expected);
  const excess = excessThings(world, command, expected);
  const by = pendingRef(ordinal);
  for (const thing of missing) {
    takeOut(world, thing, by);
    mismatch(world, thing, act, by, `missing at the receipt by ${organisationOfSite(act.site, reference).gln}`);
    keepInTransit(world, shipment, thing);
  }
  // Only what the sender holds by the records can have come from it; a stranger's goods are named in the event, no more.
  const sender = organisationOfSite(shipment.fromSite, reference).id;
  for (const thing of excess.known.filter((each) => outermost(world, each).holder === sender)) {
    mismatch(world, thing, act, by, `arrived in a shipment that did not name it`);
  }
  const left = new Set<Thing>(missing);
  const arrived = units.filter((unit) => !left.has(unit));
  for (const thing of arrived) arrive(world, thing, shipment, act, by);
  if (shipment.receivedIn === null) {
    shipment.receivedIn = by;
    world.receivedShipments.add(shipment);
  }
  return receivingEvent(shipment, act, reference, arrived.map(epcOf), missing.map(epcOf), excess.epcs);
}

/** Hidden and non-existent are the same answer: a shipment to somebody else is not found. */
function shipmentFor(world: World, command: ReceiveCommand, act: Act, reference: Reference): ShipmentState {
  const shipment = world.shipments.get(command.shipment);
  if (!shipment || reference.site(shipment.toSite)?.organisationId !== act.organisation) {
    throw new StepRefusedError('SHIPMENT_NOT_FOUND', 'No such shipment is addressed to you.');
  }
  if (shipment.toSite !== act.site) {
    throw new StepRefusedError('NOT_AT_SITE', 'The shipment is addressed to another site of yours.');
  }
  return shipment;
}

function unitsOf(world: World, shipment: ShipmentState): Thing[] {
  const units = world.shipmentUnits.get(shipment.id) ?? { items: [], containers: [] };
  const here = [...units.items, ...units.containers].filter(
    (unit) => unit.parent === null && unit.shipment === shipment.id && unit.life === 'in_transit',
  );
  if (here.length > 0) return here;
  throw new StepRefusedError('SHIPMENT_RECEIVED', 'Everything in this shipment was already received.');
}

function missingThings(world: World, command: ReceiveCommand, units: ReadonlySet<Thing>): Thing[] {
  const { packs, containers } = command.missing;
  if (packs.length + containers.length === 0) return [];
  checkBatch(epcsOf(packs, containers));
  const refusals = new Refusals();
  const named = lookUp(world, packs, containers);
  const things = named.flatMap(({ epc, thing }) => {
    if (thing && units.has(outermost(world, thing))) return [thing];
    refusals.add(epc, 'NOT_IN_SHIPMENT', `${epc} cannot be missing: it is not in this shipment.`);
    return [];
  });
  refusals.throwIfAny();
  return things;
}

function excessThings(
  world: World,
  command: ReceiveCommand,
  units: ReadonlySet<Thing>,
): { known: Thing[]; epcs: readonly string[] } {
  const { packs, containers } = command.excess;
  const epcs = epcsOf(packs, containers);
  if (epcs.length === 0) return { known: [], epcs };
  checkBatch(epcs);
  const refusals = new Refusals();
  const known: Thing[] = [];
  for (const { epc, thing } of lookUp(world, packs, containers)) {
    if (thing && units.has(outermost(world, thing))) {
      const what = 'lots' in thing ? `Container ${thing.sscc}` : packWords(thing);
      refusals.add(epc, 'NOT_IN_SHIPMENT', `${what} is not excess: it is in this shipment.`);
    } else if (thing) known.push(thing);
  }
  refusals.throwIfAny();
  return { known, epcs };
}

function lookUp(
  world: World,
  packs: readonly PackRef[],
  containers: readonly string[],
): { epc: string; thing: Thing | undefined }[] {
  return [
    ...packs.map(({ gtin, serial }) => ({ epc: sgtinUri(gtin, serial), thing: world.item(gtin, serial) })),
    ...containers.map((sscc) => ({ epc: ssccUri(sscc), thing: world.containers.get(sscc) })),
  ];
}

/** What is missing is a unit of its shipment from now on: it may arrive later, even in the same group of events. */
function keepInTransit(world: World, { id }: ShipmentState, thing: Thing): void {
  const units = world.shipmentUnits.get(id);
  if (!units) return;
  const list: Thing[] = 'lots' in thing ? units.containers : units.items;
  if (!list.includes(thing)) list.push(thing);
}

function arrive(world: World, thing: Thing, shipment: ShipmentState, act: Act, by: EventRef): void {
  for (const [lotId, packs] of contentsOf(thing)) {
    world.moveStock(lotId, shipment.fromSite, 'in_transit', -packs);
    world.moveStock(lotId, act.site, 'active', packs);
  }
  thing.life = 'active';
  thing.holder = act.organisation;
  thing.site = act.site;
  thing.shipment = null;
  changed(world, thing, by);
  const holds =
    'lots' in thing ? world.containerHolds.get(thing.sscc) : world.itemHolds.get(itemKey(thing.gtin, thing.serial));
  for (const hold of [...(holds ?? [])]) {
    if (hold.kind !== 'mismatch') continue;
    world.removeHold(hold);
    const lift = { hold, liftedIn: by, liftedBy: act.organisation, at: act.recordTime, reason: 'received after all' };
    world.liftedHolds.push(lift);
  }
}

export function mismatch(world: World, thing: Thing, act: Act, by: EventRef, reason: string): void {
  const hold: Hold = {
    kind: 'mismatch',
    lotId: 'lots' in thing ? null : thing.lotId,
    item: 'lots' in thing ? null : { gtin: thing.gtin, serial: thing.serial },
    sscc: 'lots' in thing ? thing.sscc : null,
    recallClass: null,
    openedBy: act.organisation,
    openedIn: by,
    openedAt: act.recordTime,
    reason,
    liftRequestedBy: null,
  };
  openHold(world, hold, thing);
}

function receivingEvent(
  shipment: ShipmentState,
  act: Act,
  reference: Reference,
  arrived: readonly string[],
  missing: readonly string[],
  excess: readonly string[],
): Decision {
  const sender = organisationOfSite(shipment.fromSite, reference);
  const buyer = organisationOfSite(shipment.toSite, reference);
  invariant(shipment.eventId !== '', 'a shipment is received after it was stored');
  const differs = missing.length + excess.length > 0;
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'receiving',
      disposition: 'in_progress',
      ...(differs && { persistentDisposition: { set: ['mismatch_instance' as const] } }),
      bizLocation: placeOf(act.site, reference),
      epcList: arrived,
      ...tradeDocuments(shipment, buyer.gln, sender.gln),
      ...sourceAndDestination(shipment.fromSite, shipment.toSite, reference),
      'halisi:shipment': shipment.eventId,
      ...(missing.length > 0 && { 'halisi:missing': missing }),
      ...(excess.length > 0 && { 'halisi:excess': excess }),
    },
    parties: sender.id === act.organisation ? [] : [sender.id],
    mentions: [
      ...arrived.map((epc) => ({ epc, role: 'epc' as const })),
      ...missing.map((epc) => ({ epc, role: 'missing' as const })),
      ...excess.map((epc) => ({ epc, role: 'excess' as const })),
    ],
  };
}

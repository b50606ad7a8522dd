import { invariant } from '../../errors.js';
import type { Act, Decision, Reference } from '../act.js';
import { changed, contentsOf, packsIn } from '../aggregation.js';
import { epcOf } from '../blocking.js';
import { admit, checkAct, checkBatch, epcsOf, type PackRef } from '../checks.js';
import { organisationOfSite, sourceAndDestination, tradeDocuments, whenAndWhere } from '../event-fields.js';
import { Refusals, StepRefusedError } from '../refusal.js';
import { pendingRef, type ContainerState, type ItemState, type World } from '../world.js';

/** Packs or containers leave for a named consignee: ObjectEvent OBSERVE, shipping, in_transit. */
export interface ShipCommand {
  readonly step: 'shipping';
  readonly packs: readonly PackRef[];
  readonly containers: readonly string[];
  readonly toSite: number;
  readonly purchaseOrder: string | null;
  readonly despatchAdvice: string | null;
}

export function ship(world: World, command: ShipCommand, act: Act, reference: Reference, ordinal: number): Decision {
  checkAct(command.step, act, reference);
  checkConsignee(command, act, reference);
  checkBatch(epcsOf(command.packs, command.containers));
  const refusals = new Refusals();
  const { items, containers } = admit(world, command.step, act, reference, command, refusals);
  const things: (ItemState | ContainerState)[] = [...items, ...containers];
  for (const thing of things) {
    if (thing.parent !== null) {
      const message = `${epcOf(thing)} is in container ${thing.parent}: unpack it first, or ship the container.`;
      refusals.add(epcOf(thing), 'PACKED_ELSEWHERE', message);
    }
  }
  refusals.throwIfAny();
  const shipment = pendingRef(ordinal);
  for (const thing of things) {
    for (const [lotId, packs] of contentsOf(thing)) {
      world.moveStock(lotId, act.site, 'active', -packs);
      world.moveStock(lotId, act.site, 'in_transit', packs);
    }
    thing.life = 'in_transit';
    thing.shipment = shipment;
    changed(world, thing, shipment);
  }
  world.newShipments.push({
    id: shipment,
    eventId: '',
    fromSite: act.site,
    toSite: command.toSite,
    shippedAt: act.eventTime,
    purchaseOrder: command.purchaseOrder,
    despatchAdvice: command.despatchAdvice,
    packs: things.reduce((sum, thing) => sum + packsIn(thing), 0),
    receivedIn: null,
  });
  const epcs = things.map(epcOf);
  const consignee = organisationOfSite(command.toSite, reference);
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'shipping',
      disposition: 'in_transit',
      epcList: epcs,
      ...tradeDocuments(command, consignee.gln, organisationOfSite(act.site, reference).gln),
      ...sourceAndDestination(act.site, command.toSite, reference),
    },
    parties: consignee.id === act.organisation ? [] : [consignee.id],
    mentions: epcs.map((epc) => ({ epc, role: 'epc' })),
  };
}

function checkConsignee(command: ShipCommand, act: Act, reference: Reference): void {
  const consignee = reference.site(command.toSite);
  invariant(consignee, `site ${command.toSite} was not loaded`);
  if (consignee.id === act.site) {
    throw new StepRefusedError('STEP_NOT_ALLOWED', 'The consignee is the site that ships.');
  }
  const role = reference.organisation(consignee.organisationId)?.role;
  if (role === 'regulator' || role === 'auditor' || role === undefined) {
    throw new StepRefusedError('STEP_NOT_ALLOWED', `A ${role} cannot be the consignee of medicine.`);
  }
}

import { lgtinUri, sgtinUri } from '../../gs1/epc.js';
import type { Act, Decision, Reference } from '../act.js';
import { checkAct, checkBatch, judgedDay } from '../checks.js';
import { placeOf, whenAndWhere } from '../event-fields.js';
import { Refusals, StepRefusedError } from '../refusal.js';
import { pendingRef, type EventRef, type ItemState, type LotState, type World } from '../world.js';

/** Packs of one lot get their identity and come to life: ObjectEvent ADD, commissioning, active. */
export interface CommissionCommand {
  readonly step: 'commissioning';
  readonly gtin: string;
  readonly lot: string;
  readonly serials: readonly string[];
}

export function commission(
  world: World,
  command: CommissionCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkAct(command.step, act, reference);
  const lot = lotToFill(world, command, act, reference);
  const epcs = command.serials.map((serial) => sgtinUri(command.gtin, serial));
  checkBatch(epcs);
  if (lot.open !== true && lot.commissioned + epcs.length > lot.quantity) {
    throw new StepRefusedError(
      'LOT_FULL',
      `Lot ${lot.number} is of ${lot.quantity} packs: ${lot.commissioned} are commissioned, and ${epcs.length} more do not fit.`,
    );
  }
  refuseKnown(world, command, epcs);
  create(world, command, act, lot, pendingRef(ordinal));
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'ADD',
      bizStep: 'commissioning',
      disposition: 'active',
      bizLocation: placeOf(act.site, reference),
      epcList: epcs,
      ilmd: { 'cbvmda:lotNumber': lot.number, 'cbvmda:itemExpirationDate': lot.expiry },
    },
    parties: [],
    mentions: [{ epc: lgtinUri(lot.gtin, lot.number), role: 'class' }],
  };
}

function lotToFill(world: World, command: CommissionCommand, act: Act, reference: Reference): LotState {
  if (reference.ownerOfGtin(command.gtin) !== act.organisation) {
    throw new StepRefusedError(
      'NOT_PREFIX_OWNER',
      `GTIN ${command.gtin} is not under a company prefix of yours: only its owner commissions packs of it.`,
    );
  }
  const lot = world.lotByNumber(command.gtin, command.lot);
  if (!lot) {
    throw new StepRefusedError(
      'LOT_NOT_FOUND',
      `Lot ${command.lot} of ${command.gtin} is not registered. Register it first.`,
    );
  }
  if (world.lotHolds.get(lot.id)?.length) {
    throw new StepRefusedError('RECALLED', `Lot ${lot.number} of ${lot.gtin} is recalled or withdrawn.`);
  }
  if (judgedDay(act) > lot.expiry) {
    throw new StepRefusedError('EXPIRED', `Lot ${lot.number} of ${lot.gtin} expired on ${lot.expiry}.`);
  }
  return lot;
}

function refuseKnown(world: World, command: CommissionCommand, epcs: readonly string[]): void {
  const refusals = new Refusals();
  command.serials.forEach((serial, at) => {
    if (world.item(command.gtin, serial)) {
      refusals.add(epcs[at]!, 'ALREADY_COMMISSIONED', `Pack ${command.gtin} / ${serial} was commissioned before.`);
    }
  });
  refusals.throwIfAny();
}

function create(world: World, command: CommissionCommand, act: Act, lot: LotState, by: EventRef): void {
  const { gtin, serials } = command;
  for (const serial of serials) {
    const item: ItemState = {
      gtin,
      serial,
      lotId: lot.id,
      commissionedIn: by,
      changedIn: by,
      life: 'active',
      parent: null,
      holder: act.organisation,
      site: act.site,
      shipment: null,
      remaining: null,
      repeats: 0,
    };
    world.items.set(gtin + serial, item);
    world.newItems.push(item);
  }
  lot.commissioned += serials.length;
  world.lotProgress.set(lot.id, (world.lotProgress.get(lot.id) ?? 0) + serials.length);
  world.moveStock(lot.id, act.site, 'active', serials.length);
}

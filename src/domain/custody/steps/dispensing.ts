import type { Act, Decision, Reference, Repeated } from '../act.js';
import { changed, takeOut } from '../aggregation.js';
import { epcOf, openHold, packWords } from '../blocking.js';
import { admit, checkAct, checkBatch, checkPlaceAndTime, epcsOf, type PackRef } from '../checks.js';
import { placeOf, whenAndWhere } from '../event-fields.js';
import { Refusals, StepRefusedError } from '../refusal.js';
import { MAX_REPEATS, SOFT_REPEATS, TRANSITIONS } from '../transitions.js';
import { itemKey, pendingRef, type EarlierEvent, type EventRef, type ItemState, type World } from '../world.js';

/** Whole packs go to patients: ObjectEvent OBSERVE, dispensing, dispensed. */
export interface DispenseCommand {
  readonly step: 'dispensing';
  readonly packs: readonly PackRef[];
}

/** Some units of one pack go to a patient: disposition partially_dispensed, or dispensed with the last unit. */
export interface PartDispenseCommand {
  readonly step: 'part_dispensing';
  readonly pack: PackRef;
  /** Units handed out, of the pack size. */
  readonly units: number;
}

/** A dispense is taken back: the packs never left the hands of the site (Regulation (EU) 2016/161 article 13). */
export interface UndoDispenseCommand {
  readonly step: 'undo_dispensing';
  readonly packs: readonly PackRef[];
  /** The person attests that the packs were not handed out. */
  readonly notHandedOut: boolean;
}

/** A pack that was dispensed is presented again. At the same site that is soft at first; elsewhere it is a copy. */
export interface RepeatCommand {
  readonly step: 'repeating';
  readonly pack: PackRef;
}

export function dispense(
  world: World,
  command: DispenseCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkAct(command.step, act, reference);
  checkBatch(epcsOf(command.packs, []));
  const refusals = new Refusals();
  const { items } = admit(world, command.step, act, reference, { packs: command.packs, containers: [] }, refusals);
  refusals.throwIfAny();
  const by = pendingRef(ordinal);
  for (const item of items) settle(world, item, 'dispensed', by, 0);
  return dispensingEvent(items, 'dispensed', act, reference);
}

export function partDispense(
  world: World,
  command: PartDispenseCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkAct(command.step, act, reference);
  const refusals = new Refusals();
  const { items } = admit(world, command.step, act, reference, { packs: [command.pack], containers: [] }, refusals);
  refusals.throwIfAny();
  const item = items[0]!;
  const left = item.remaining ?? reference.packSize(item.gtin) ?? 0;
  if (!Number.isInteger(command.units) || command.units < 1 || command.units > left) {
    const message = `${packWords(item)} has ${left} units left; ${command.units} cannot be dispensed from it.`;
    throw new StepRefusedError('QUANTITY_INVALID', message, [{ epc: epcOf(item), code: 'QUANTITY_INVALID', message }]);
  }
  const life = command.units === left ? 'dispensed' : 'partially_dispensed';
  settle(world, item, life, pendingRef(ordinal), left - command.units);
  return dispensingEvent(items, life, act, reference, { 'halisi:units': command.units });
}

export function undoDispense(
  world: World,
  command: UndoDispenseCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkAct(command.step, act, reference);
  checkBatch(epcsOf(command.packs, []));
  if (!command.notHandedOut) {
    throw new StepRefusedError(
      'UNDO_NOT_ATTESTED',
      'A dispense is undone only where a person attests that the pack was not handed out.',
    );
  }
  const refusals = new Refusals();
  const { items } = admit(world, command.step, act, reference, { packs: command.packs, containers: [] }, refusals);
  const hours = TRANSITIONS.undo_dispensing.withinHours!;
  for (const item of items) {
    const dispensed = world.events.get(item.changedIn)!;
    if (!isWholeDispense(item, dispensed, reference)) {
      const message = `${packWords(item)} was dispensed in parts: what was handed out before does not come back.`;
      refusals.add(epcOf(item), 'STEP_NOT_ALLOWED', message);
    }
    if (Date.parse(act.recordTime) - dispensed.eventTime > hours * 3_600_000) {
      refusals.add(epcOf(item), 'UNDO_TOO_LATE', `${packWords(item)} was dispensed more than ${hours} hours ago.`);
    }
  }
  refusals.throwIfAny();
  const undone = [...new Set(items.map(({ changedIn }) => world.events.get(changedIn)!.eventId))];
  const by = pendingRef(ordinal);
  for (const item of items) {
    move(world, item, 'active');
    item.remaining = null;
    item.repeats = 0;
    changed(world, item, by);
  }
  const epcs = items.map(epcOf);
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'stocking',
      disposition: 'sellable_accessible',
      bizLocation: placeOf(act.site, reference),
      epcList: epcs,
      'halisi:undoes': undone,
    },
    parties: [],
    mentions: epcs.map((epc) => ({ epc, role: 'epc' })),
  };
}

/** Whether undoing its last dispense makes the pack whole again: no part of it was dispensed before. */
function isWholeDispense(item: ItemState, { units }: EarlierEvent, reference: Reference): boolean {
  if (item.life === 'dispensed') return item.remaining === null;
  return item.remaining! + (units ?? 0) === reference.packSize(item.gtin);
}

/** What to do about a pack that comes back after it was dispensed (design part 4: repeated scans). */
export function repeat(
  world: World,
  command: RepeatCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision | Repeated {
  checkPlaceAndTime(act, reference);
  const item = world.item(command.pack.gtin, command.pack.serial);
  if (!item || item.parent !== null || item.life !== 'dispensed') {
    throw new StepRefusedError('STEP_NOT_ALLOWED', `${packWords(command.pack)} is not a dispensed pack.`);
  }
  const sameSite = item.site === act.site;
  const kind = kindOfRepeat(sameSite);
  const known = isHeld(world, item, sameSite);
  if (sameSite) {
    item.repeats = Math.min(item.repeats + 1, MAX_REPEATS);
    world.changedItems.add(item);
  }
  if (known || (sameSite && item.repeats <= SOFT_REPEATS)) {
    return { repeatOf: item.changedIn, repeats: item.repeats, sameSite, soft: !known };
  }
  const reason = sameSite
    ? `presented ${item.repeats} times more at the site that dispensed it`
    : `presented at ${reference.site(act.site)!.gln} after it was dispensed at ${reference.site(item.site!)!.gln}`;
  return raise(world, item, kind, reason, act, reference, pendingRef(ordinal));
}

/** How often a dispensed pack was presented again so far, as `repeat` answers it; undefined for any other pack. */
export function repeatsSoFar(
  world: World,
  { pack }: RepeatCommand,
  act: { readonly site: number },
): Repeated | undefined {
  const item = world.item(pack.gtin, pack.serial);
  if (item?.life !== 'dispensed') return undefined;
  const sameSite = item.site === act.site;
  return { repeatOf: item.changedIn, repeats: item.repeats, sameSite, soft: !isHeld(world, item, sameSite) };
}

const kindOfRepeat = (sameSite: boolean) => (sameSite ? 'suspect' : 'clone_suspect');

const isHeld = (world: World, { gtin, serial }: ItemState, sameSite: boolean): boolean =>
  (world.itemHolds.get(itemKey(gtin, serial)) ?? []).some(({ kind }) => kind === kindOfRepeat(sameSite));

/** Opens a hold of suspicion on a pack, with the event that is its evidence: inspecting, non_sellable_other. */
export function raise(
  world: World,
  item: ItemState,
  kind: 'suspect' | 'clone_suspect',
  reason: string,
  act: Act,
  reference: Reference,
  by: EventRef,
): Decision {
  const hold = {
    kind,
    lotId: item.lotId,
    item: { gtin: item.gtin, serial: item.serial },
    sscc: null,
    recallClass: null,
    openedBy: act.organisation,
    openedIn: by,
    openedAt: act.recordTime,
    reason,
    liftRequestedBy: null,
  };
  openHold(world, hold, item);
  const owner = reference.ownerOfGtin(item.gtin);
  const epc = epcOf(item);
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'inspecting',
      disposition: 'non_sellable_other',
      epcList: [epc],
      'halisi:hold': kind,
      'halisi:reason': reason,
    },
    parties: owner === undefined || owner === act.organisation ? [] : [owner],
    mentions: [{ epc, role: 'epc' }],
  };
}

function settle(
  world: World,
  item: ItemState,
  life: 'dispensed' | 'partially_dispensed',
  by: EventRef,
  left: number,
): void {
  takeOut(world, item, by);
  move(world, item, life);
  // Of a pack dispensed in parts, what was left before the last part stays written down.
  if (life === 'partially_dispensed') item.remaining = left;
  changed(world, item, by);
}

function move(world: World, item: ItemState, life: ItemState['life']): void {
  world.moveStock(item.lotId, item.site!, item.life, -1);
  world.moveStock(item.lotId, item.site!, life, 1);
  item.life = life;
}

function dispensingEvent(
  items: readonly ItemState[],
  disposition: 'dispensed' | 'partially_dispensed',
  act: Act,
  reference: Reference,
  more: { readonly 'halisi:units'?: number } = {},
): Decision {
  const epcs = items.map(epcOf);
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'dispensing',
      disposition,
      bizLocation: placeOf(act.site, reference),
      epcList: epcs,
      ...more,
    },
    parties: [],
    mentions: epcs.map((epc) => ({ epc, role: 'epc' })),
  };
}

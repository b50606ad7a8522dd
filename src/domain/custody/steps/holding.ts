import { lgtinUri, sgtinUri, ssccUri } from '../../gs1/epc.js';
import { THE_PUBLIC, type Act, type Decision, type Reference } from '../act.js';
import { packWords } from '../blocking.js';
import { checkPlaceAndTime, type PackRef } from '../checks.js';
import { whenAndWhere } from '../event-fields.js';
import type { Hold, RecallClass } from '../holds.js';
import { StepRefusedError } from '../refusal.js';
import { itemKey, pendingRef, type LotState, type World } from '../world.js';
import { raise } from './dispensing.js';

/** The prefix owner or the regulator stops a lot everywhere: ObjectEvent OBSERVE, holding, recalled. */
export interface RecallCommand {
  readonly step: 'recalling';
  readonly gtin: string;
  readonly lot: string;
  readonly kind: 'recalled' | 'withdrawn';
  /** 1 is immediate, to the patient; 4 a caution. Null for a withdrawal. */
  readonly recallClass: RecallClass | null;
  readonly reason: string;
}

/**
 * A recall or withdrawal ends. What a regulator opened, a regulator lifts. What the prefix owner opened, both must want:
 * the first call is a request, the second, by the other, lifts it.
 */
export interface LiftRecallCommand {
  readonly step: 'lifting_recall';
  readonly gtin: string;
  readonly lot: string;
  readonly reason: string;
}

/** Whoever scans may say that something is wrong with a pack; it is blocked at once. */
export interface SuspectCommand {
  readonly step: 'suspecting';
  readonly pack: PackRef;
  readonly reason: string;
}

/**
 * Somebody states that a pack or container on hold is genuine, or that a difference is settled: the regulator or the owner of
 * the GTIN's company prefix of any hold, and whoever opened it of a suspicion or a mismatch.
 */
export interface ReleaseCommand {
  readonly step: 'releasing';
  /** Either a pack or a container. */
  readonly pack: PackRef | null;
  readonly sscc: string | null;
  readonly reason: string;
}

export function recall(
  world: World,
  command: RecallCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkPlaceAndTime(act, reference);
  const lot = lotOf(world, command, act, reference);
  const inForce = world.lotHolds.get(lot.id)?.find((hold) => hold.kind === command.kind);
  if (inForce) {
    const since = inForce.openedAt;
    throw new StepRefusedError(
      'ALREADY_RECALLED',
      `Lot ${lot.number} of ${lot.gtin} is ${command.kind} since ${since}.`,
    );
  }
  const hold: Hold = {
    kind: command.kind,
    lotId: lot.id,
    item: null,
    sscc: null,
    recallClass: command.recallClass,
    openedBy: act.organisation,
    openedIn: pendingRef(ordinal),
    openedAt: act.recordTime,
    reason: command.reason,
    liftRequestedBy: null,
  };
  world.addHold(hold);
  world.newHolds.push(hold);
  return lotEvent(lot, act, reference, 'recalled', {
    'halisi:hold': command.kind,
    ...(command.recallClass !== null && { 'halisi:recallClass': command.recallClass }),
    'halisi:reason': command.reason,
  });
}

export function liftRecall(
  world: World,
  command: LiftRecallCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkPlaceAndTime(act, reference);
  const lot = lotOf(world, command, act, reference);
  const hold = world.lotHolds.get(lot.id)?.[0];
  if (!hold) throw new StepRefusedError('HOLD_NOT_FOUND', `Lot ${lot.number} of ${lot.gtin} is not recalled.`);
  const opener = reference.organisation(hold.openedBy);
  const byRegulator = act.role === 'regulator';
  if (opener?.role === 'regulator' && !byRegulator) {
    throw new StepRefusedError('LIFT_NOT_ALLOWED', 'A recall that a regulator opened is lifted by a regulator.');
  }
  const asked = hold.liftRequestedBy === null ? undefined : reference.organisation(hold.liftRequestedBy);
  const agreed = asked !== undefined && (asked.role === 'regulator') !== byRegulator;
  const by = pendingRef(ordinal);
  if (opener?.role === 'regulator' || agreed) {
    world.removeHold(hold);
    world.liftedHolds.push({
      hold,
      liftedIn: by,
      liftedBy: act.organisation,
      at: act.recordTime,
      reason: command.reason,
    });
    return lotEvent(lot, act, reference, 'active', { 'halisi:lifts': hold.kind, 'halisi:reason': command.reason });
  }
  if (asked) {
    const other = byRegulator ? 'the owner of the company prefix' : 'the regulator';
    throw new StepRefusedError('LIFT_NOT_ALLOWED', `You asked for this before; now ${other} must agree.`);
  }
  hold.liftRequestedBy = act.organisation;
  world.liftRequests.push({ hold, requestedIn: by });
  const request = { 'halisi:liftRequested': hold.kind, 'halisi:reason': command.reason };
  return lotEvent(lot, act, reference, 'recalled', request);
}

export function suspect(
  world: World,
  command: SuspectCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkPlaceAndTime(act, reference);
  const item = world.item(command.pack.gtin, command.pack.serial);
  if (!item) {
    throw new StepRefusedError('NOT_COMMISSIONED', `${packWords(command.pack)} was never commissioned.`);
  }
  const holds = world.itemHolds.get(itemKey(item.gtin, item.serial)) ?? [];
  if (holds.some(({ kind, openedBy }) => kind === 'suspect' && openedBy === act.organisation)) {
    throw new StepRefusedError('ALREADY_ON_HOLD', `${packWords(item)} is under suspicion already, on your word.`);
  }
  return raise(world, item, 'suspect', command.reason, act, reference, pendingRef(ordinal));
}

export function release(
  world: World,
  command: ReleaseCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkPlaceAndTime(act, reference);
  const { epc, who, owner, all } = heldThing(world, command, reference);
  if (all.length === 0) throw new StepRefusedError('HOLD_NOT_FOUND', `${who} is under no hold.`);
  const overall = act.role === 'regulator' || (owner !== undefined && owner === act.organisation);
  const holds = all.filter((hold) => overall || (isOwnWord(hold) && hold.openedBy === act.organisation));
  if (holds.length === 0) {
    throw new StepRefusedError(
      'LIFT_NOT_ALLOWED',
      'Only the regulator, the owner of the company prefix, or whoever opened the hold releases it.',
    );
  }
  const by = pendingRef(ordinal);
  for (const hold of holds) {
    world.removeHold(hold);
    world.liftedHolds.push({
      hold,
      liftedIn: by,
      liftedBy: act.organisation,
      at: act.recordTime,
      reason: command.reason,
    });
  }
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'inspecting',
      disposition: 'conformant',
      epcList: [epc],
      'halisi:lifts': holds.map(({ kind }) => kind),
      'halisi:reason': command.reason,
    },
    parties: [...new Set(holds.map(({ openedBy }) => openedBy))].filter(
      (id) => id !== act.organisation && id !== THE_PUBLIC,
    ),
    mentions: [{ epc, role: 'epc' }],
  };
}

/** What somebody said of a thing before them, and may take back. */
const isOwnWord = ({ kind }: Hold): boolean => kind === 'suspect' || kind === 'mismatch';

/** The pack or container that is to be released, with the holds on it and the owner of its GTIN. */
function heldThing(
  world: World,
  { pack, sscc }: ReleaseCommand,
  reference: Reference,
): { epc: string; who: string; owner: number | undefined; all: readonly Hold[] } {
  if (pack !== null) {
    const all = [...(world.itemHolds.get(itemKey(pack.gtin, pack.serial)) ?? [])];
    const epc = sgtinUri(pack.gtin, pack.serial);
    return { epc, who: packWords(pack), owner: reference.ownerOfGtin(pack.gtin), all };
  }
  const all = [...(world.containerHolds.get(sscc!) ?? [])];
  return { epc: ssccUri(sscc!), who: `Container ${sscc}`, owner: undefined, all };
}

/** Hidden and non-existent are the same answer: only the regulator and the prefix owner find the lot. */
function lotOf(world: World, named: { gtin: string; lot: string }, act: Act, reference: Reference): LotState {
  const lot = world.lotByNumber(named.gtin, named.lot);
  const may = act.role === 'regulator' || reference.ownerOfGtin(named.gtin) === act.organisation;
  if (lot && may) return lot;
  throw new StepRefusedError('LOT_NOT_FOUND', `You have no lot ${named.lot} of ${named.gtin}.`);
}

function lotEvent(
  lot: LotState,
  act: Act,
  reference: Reference,
  disposition: 'recalled' | 'active',
  more: Record<`halisi:${string}`, string | number>,
): Decision {
  const epcClass = lgtinUri(lot.gtin, lot.number);
  const owner = reference.ownerOfGtin(lot.gtin);
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'OBSERVE',
      bizStep: 'holding',
      disposition,
      quantityList: [{ epcClass }],
      ...more,
    },
    parties: owner === undefined || owner === act.organisation ? [] : [owner],
    mentions: [{ epc: epcClass, role: 'class' }],
  };
}

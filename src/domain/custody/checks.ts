import { sgtinUri, ssccUri } from '../gs1/epc.js';
import { outermost } from './aggregation.js';
import { THE_PUBLIC, type Act, type Reference } from './act.js';
import { blockOfContainer, blockOfItem, epcOf, packWords } from './blocking.js';
import type { Life } from './life.js';
import { Refusals, StepRefusedError, type RefusalCode } from './refusal.js';
import { CLOCK_TOLERANCE_MS, LATE_REPORT_MS, MAX_BATCH, TRANSITIONS, type Capacity, type Step } from './transitions.js';
import type { ContainerState, ItemState, World } from './world.js';

/** A pack as a client names it: GTIN of 14 digits and the serial number. */
export interface PackRef {
  readonly gtin: string;
  readonly serial: string;
}

/** The local calendar day of an ISO 8601 time: the day on the wall where it happened. */
export const dayOf = (time: string): string => time.slice(0, 10);

/** The day by which an act's expiry dates are judged: the local day of the event, but for one that is reported late. */
export function judgedDay({ eventTime, recordTime }: Pick<Act, 'eventTime' | 'recordTime'>): string {
  const earliest = new Date(Date.parse(recordTime) - LATE_REPORT_MS).toISOString();
  return Date.parse(eventTime) < Date.parse(earliest) ? dayOf(earliest) : dayOf(eventTime);
}

/** Refuses a step by an organisation whose role never takes it, at a site that is not its own, or from the future. */
export function checkAct(step: Step, act: Act, reference: Reference): void {
  if (act.role === 'public' || !TRANSITIONS[step].roles.includes(act.role)) {
    throw new StepRefusedError('ROLE_NOT_ALLOWED', `A ${act.role} does not do ${step.replaceAll('_', ' ')}.`);
  }
  checkPlaceAndTime(act, reference);
}

export function checkPlaceAndTime(act: Act, reference: Reference): void {
  const ofThePublic = act.role === 'public' && act.site === THE_PUBLIC;
  if (!ofThePublic && reference.site(act.site)?.organisationId !== act.organisation) {
    throw new StepRefusedError('SITE_NOT_YOURS', 'The site is not one of your organisation.');
  }
  if (Date.parse(act.eventTime) > Date.parse(act.recordTime) + CLOCK_TOLERANCE_MS) {
    throw new StepRefusedError(
      'EVENT_TIME_IN_FUTURE',
      `The event time ${act.eventTime} is ahead of the server's clock, ${act.recordTime}.`,
    );
  }
}

/** Refuses an empty or too large batch, and one that names a thing twice. */
export function checkBatch(epcs: readonly string[]): void {
  if (epcs.length === 0) throw new StepRefusedError('BATCH_EMPTY', 'Name at least one pack or container.');
  if (epcs.length > MAX_BATCH) {
    throw new StepRefusedError(
      'BATCH_TOO_LARGE',
      `One event names at most ${MAX_BATCH} packs or containers; this one names ${epcs.length}.`,
    );
  }
  if (new Set(epcs).size === epcs.length) return;
  const refusals = new Refusals();
  const seen = new Set<string>();
  for (const epc of epcs) {
    if (seen.has(epc)) refusals.add(epc, 'DUPLICATE_IN_BATCH', `${epc} is named more than once.`);
    seen.add(epc);
  }
  refusals.throwIfAny();
}

export const epcsOf = (packs: readonly PackRef[], containers: readonly string[]): string[] => [
  ...packs.map(({ gtin, serial }) => sgtinUri(gtin, serial)),
  ...containers.map(ssccUri),
];

/** The packs and containers that a step may take, as the world knows them; every one that it may not take is refused. */
export function admit(
  world: World,
  step: Step,
  act: Act,
  reference: Reference,
  named: { packs: readonly PackRef[]; containers: readonly string[] },
  refusals: Refusals,
): { items: ItemState[]; containers: ContainerState[] } {
  const items: ItemState[] = [];
  for (const { gtin, serial } of named.packs) {
    const item = world.item(gtin, serial);
    if (!item) {
      refusals.add(
        sgtinUri(gtin, serial),
        'NOT_COMMISSIONED',
        `${packWords({ gtin, serial })} was never commissioned.`,
      );
    } else if (admitThing(world, step, act, reference, item, refusals)) items.push(item);
  }
  const containers: ContainerState[] = [];
  for (const sscc of named.containers) {
    const container = world.containers.get(sscc);
    if (!container || !hasCapacity(world, step, act, reference, container)) {
      refusals.add(ssccUri(sscc), 'CONTAINER_NOT_FOUND', `You hold no container ${sscc}.`);
    } else if (admitThing(world, step, act, reference, container, refusals)) containers.push(container);
  }
  return { items, containers };
}

/** True when the table lets this organisation take the step on the thing; otherwise the refusal is added. */
export function admitThing(
  world: World,
  step: Step,
  act: Act,
  reference: Reference,
  thing: ItemState | ContainerState,
  refusals: Refusals,
): boolean {
  const rule = TRANSITIONS[step];
  const outer = outermost(world, thing);
  const who = 'lots' in thing ? `Container ${thing.sscc}` : packWords(thing);
  const refuse = (code: RefusalCode, message: string): false => {
    refusals.add(epcOf(thing), code, `${who} ${message}`);
    return false;
  };
  if (!hasCapacity(world, step, act, reference, thing)) {
    if (!('lots' in thing) && rule.by.includes('holder') && outer.life === 'dispensed') {
      return refuse('ALREADY_DISPENSED', 'was already dispensed.');
    }
    return rule.by.includes('dispensing_site')
      ? refuse('UNDO_OTHER_SITE', 'was not dispensed at this site.')
      : refuse('NOT_HOLDER', `is not held by you, so you cannot do ${words(step)}.`);
  }
  if (rule.lives[outer.life] === undefined) {
    if (outer.life === 'dispensed' && rule.lives.active !== undefined) {
      return refuse('ALREADY_DISPENSED', 'was already dispensed.');
    }
    return refuse('STEP_NOT_ALLOWED', `is ${words(outer.life)}: ${words(step)} needs ${livesWanted(step)}.`);
  }
  if (rule.by.includes('holder') && outer.holder === act.organisation && outer.site !== act.site) {
    return refuse('NOT_AT_SITE', 'is at another site of yours.');
  }
  if (rule.whenBlocked === 'refused') {
    const day = judgedDay(act);
    const block = 'lots' in thing ? blockOfContainer(world, thing, day) : blockOfItem(world, thing, day);
    if (block) refusals.add(block.epc, block.code, block.message);
    return block === undefined;
  }
  return true;
}

const words = (name: Step | Life): string => name.replaceAll('_', ' ');
const livesWanted = (step: Step): string =>
  Object.keys(TRANSITIONS[step].lives)
    .map((life) => words(life as Life))
    .join(' or ');

function hasCapacity(
  world: World,
  step: Step,
  act: Act,
  reference: Reference,
  thing: ItemState | ContainerState,
): boolean {
  const outer = outermost(world, thing);
  return TRANSITIONS[step].by.some((capacity: Capacity) => {
    switch (capacity) {
      case 'holder':
        return outer.holder === act.organisation;
      case 'dispensing_site':
        return outer.holder === act.organisation && outer.site === act.site;
      case 'prefix_owner':
        // Whoever numbered a container has no say over the medicine in it.
        return !('lots' in thing) && reference.ownerOfGtin(thing.gtin) === act.organisation;
      case 'regulator':
        return act.role === 'regulator';
      case 'consignee':
        return false; // the shipment says who; see steps/receiving.ts
    }
  });
}

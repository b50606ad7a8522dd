import { openHold } from '../blocking.js';
import { StepRefusedError } from '../refusal.js';
import { decommission } from '../steps/decommissioning.js';
import { dispense, partDispense } from '../steps/dispensing.js';
import { recall } from '../steps/holding.js';
import { itemKey, type ItemState } from '../world.js';
import { attempt, batches } from './attempt.js';
import type { Effect } from './effect.js';
import { undoing } from './making.js';
import { bring, thingsNamed } from './place.js';
import { NOTHING_NAMED, type Named } from './reading.js';

/** Whole packs go to patients. One that was dispensed elsewhere before has a copy. */
export function foreignDispense(effect: Effect): readonly number[] {
  const { world, reading, act, reference, ordinal } = effect;
  suspectCopies(effect);
  each(effect, { ...reading.named, containers: [] }, ({ packs }) =>
    dispense(world, { step: 'dispensing', packs }, act, reference, ordinal),
  );
  return [];
}

/** Part of each pack goes to a patient; how much is known only where the event says so. */
export function foreignPartDispense(effect: Effect): readonly number[] {
  const { world, reading, act, reference, ordinal } = effect;
  suspectCopies(effect);
  for (const pack of reading.named.packs) {
    each(effect, { ...NOTHING_NAMED, packs: [pack] }, () =>
      partDispense(world, { step: 'part_dispensing', pack, units: reading.units ?? 0 }, act, reference, ordinal),
    );
  }
  return [];
}

/** Packs and containers leave supply. */
export function foreignDecommission(effect: Effect): readonly number[] {
  const { world, reading, act, reference, ordinal } = effect;
  const reason = reading.reason!;
  each(effect, reading.named, ({ packs, containers }) =>
    decommission(world, { step: 'decommissioning', reason, packs, containers }, act, reference, ordinal),
  );
  return [];
}

/** The owner of the GTIN or the regulator recalls whole lots; from anybody else it is no more than a word. */
export function foreignRecall({ world, reading, act, reference, ordinal }: Effect): readonly number[] {
  for (const { gtin, lot } of reading.lots) {
    const command = {
      step: 'recalling' as const,
      ...{ gtin, lot, kind: 'recalled' as const, recallClass: null, reason: 'as reported by an event of its system' },
    };
    try {
      recall(world, command, act, reference, ordinal);
    } catch (error) {
      if (!(error instanceof StepRefusedError)) throw error;
    }
  }
  return [];
}

function each(effect: Effect, named: Named, step: (named: Named) => void): void {
  const { world, act, by, gaps } = effect;
  for (const batch of batches(named)) {
    attempt(batch, gaps, (left) => undoing(bring(world, thingsNamed(world, left), act, by), () => step(left)));
  }
}

/** A pack that was dispensed at another site and is here now: one of the two is a copy (design part 4). */
export function suspectCopies(effect: Effect): void {
  const { world, reading, act } = effect;
  for (const item of thingsNamed(world, { ...reading.named, containers: [] }) as ItemState[]) {
    if (item.parent !== null || item.life !== 'dispensed' || item.site === act.site) continue;
    const dispensed = world.events.get(item.changedIn);
    if (dispensed === undefined || Date.parse(act.eventTime) <= dispensed.eventTime) continue;
    suspectCopy(effect, item);
  }
}

function suspectCopy({ world, act, by, reference }: Effect, item: ItemState): void {
  const holds = world.itemHolds.get(itemKey(item.gtin, item.serial)) ?? [];
  if (holds.some(({ kind }) => kind === 'clone_suspect')) return;
  const here = reference.site(act.site)?.gln ?? '';
  const hold = {
    kind: 'clone_suspect' as const,
    lotId: item.lotId,
    item: { gtin: item.gtin, serial: item.serial },
    sscc: null,
    recallClass: null,
    openedBy: act.organisation,
    openedIn: by,
    openedAt: act.recordTime,
    reason: `reported at ${here} after it was dispensed elsewhere`,
    liftRequestedBy: null,
  };
  openHold(world, hold, item);
}

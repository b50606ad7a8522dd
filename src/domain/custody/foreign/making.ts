import { ssccUri } from '../../gs1/epc.js';
import type { PackRef } from '../checks.js';
import { StepRefusedError } from '../refusal.js';
import { commission } from '../steps/commissioning.js';
import { decommission } from '../steps/decommissioning.js';
import { checkNewContainer, createContainer } from '../steps/packing.js';
import { attempt, batches } from './attempt.js';
import type { Effect } from './effect.js';
import { bring, thingsNamed } from './place.js';
import { NOTHING_NAMED, type Named } from './reading.js';

/** Packs come to life in the lot that the event names, and containers without contents. */
export function foreignCommission(effect: Effect): readonly number[] {
  const { reading } = effect;
  makePacks(effect, reading.named.packs);
  for (const sscc of reading.named.containers) {
    attempt({ ...NOTHING_NAMED, containers: [sscc] }, effect.gaps, () => makeContainer(effect, sscc));
  }
  return [];
}

/** Packs go into others: the inputs are consumed, the outputs are commissioned. */
export function foreignRepack(effect: Effect): readonly number[] {
  const { world, reading, act, reference, ordinal, by, gaps } = effect;
  for (const batch of batches({ ...reading.named, containers: [] })) {
    attempt(batch, gaps, ({ packs }) => {
      const back = bring(world, thingsNamed(world, { ...NOTHING_NAMED, packs }), act, by);
      undoing(back, () =>
        decommission(
          world,
          { step: 'decommissioning', reason: 'repacked', packs, containers: [] },
          act,
          reference,
          ordinal,
        ),
      );
    });
  }
  makePacks(effect, reading.outputs.packs);
  return [];
}

/** Runs a step before which something was brought about, which its refusal takes back. */
export function undoing<T>(back: () => void, step: () => T): T {
  try {
    return step();
  } catch (error) {
    back();
    throw error;
  }
}

function makePacks(effect: Effect, packs: readonly PackRef[]): void {
  for (const gtin of new Set(packs.map((pack) => pack.gtin))) {
    const ofGtin = packs.filter((pack) => pack.gtin === gtin);
    for (const batch of batches({ ...NOTHING_NAMED, packs: ofGtin })) makeBatch(effect, gtin, batch);
  }
}

function makeBatch({ world, reading, act, reference, ordinal, gaps }: Effect, gtin: string, batch: Named): void {
  const { lot, expiry } = reading;
  if (lot === null) return gaps.addAll(batch, 'LOT_NOT_FOUND', 'The event names no lot.');
  const known = world.lotByNumber(gtin, lot);
  if (known && expiry !== null && known.expiry !== expiry) {
    const words = `Lot ${lot} of ${gtin} expires on ${known.expiry}; the event says ${expiry}.`;
    return gaps.addAll(batch, 'EXPIRY_DIFFERS', words);
  }
  // Made when it was made: a history that is reported late may be of a lot that has expired since.
  const then = { ...act, recordTime: act.eventTime };
  attempt(batch, gaps, ({ packs }) => {
    const serials = packs.map(({ serial }) => serial);
    commission(world, { step: 'commissioning', gtin, lot, serials }, then, reference, ordinal);
  });
}

function makeContainer({ world, act, reference, by }: Effect, sscc: string): void {
  if (world.containers.has(sscc)) {
    const message = `Container ${sscc} was commissioned before.`;
    throw new StepRefusedError('ALREADY_COMMISSIONED', message, [
      { epc: ssccUri(sscc), code: 'ALREADY_COMMISSIONED', message },
    ]);
  }
  checkNewContainer(sscc, act, reference);
  createContainer(world, sscc, act, by);
}

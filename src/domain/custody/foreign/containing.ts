import { ssccUri } from '../../gs1/epc.js';
import { StepRefusedError } from '../refusal.js';
import { pack, unpack } from '../steps/packing.js';
import { attempt, batches, isNothing } from './attempt.js';
import type { Effect } from './effect.js';
import { undoing } from './making.js';
import { bring, thingsNamed } from './place.js';
import type { Named } from './reading.js';

/** Packs and containers go into a container, which this makes where nobody has. */
export function foreignPack(effect: Effect): readonly number[] {
  const { world, reading, reference, act, ordinal, gaps } = effect;
  const sscc = containerOf(effect);
  if (sscc === undefined) return [];
  for (const batch of batches(reading.named)) {
    withParent(effect, batch, sscc, ({ packs, containers }) =>
      pack(world, { step: 'packing', sscc, minted: false, packs, containers }, act, reference, ordinal),
    );
  }
  if (!world.containers.has(sscc))
    gaps.add(ssccUri(sscc), 'CONTAINER_NOT_FOUND', `Nothing could be packed into ${sscc}.`);
  return [];
}

/** Packs and containers come out; all that is inside where none is named. */
export function foreignUnpack(effect: Effect): readonly number[] {
  const { world, reading, reference, act, ordinal, gaps } = effect;
  const sscc = containerOf(effect);
  if (sscc === undefined) return [];
  const take = ({ packs, containers }: Named) =>
    unpack(world, { step: 'unpacking', sscc, packs, containers }, act, reference, ordinal);
  if (!isNothing(reading.named)) {
    for (const batch of batches(reading.named)) withParent(effect, batch, sscc, take);
  } else if (reading.named.others.length === 0) {
    const parent: Named = { packs: [], containers: [sscc], others: [] };
    attempt(parent, gaps, () => {
      const back = bring(world, thingsNamed(world, parent), act, effect.by);
      try {
        take({ packs: [], containers: [], others: [] });
      } catch (error) {
        // An empty container has nothing to come out, which is as it should be.
        if (error instanceof StepRefusedError && error.code === 'BATCH_EMPTY') return;
        back();
        throw error;
      }
    });
  }
  return [];
}

/** The container of the event. One that is no logistic unit cannot hold anything here. */
function containerOf({ reading, gaps }: Effect): string | undefined {
  const { parent, named } = reading;
  if (parent?.sscc != null) return parent.sscc;
  gaps.addAll(
    named,
    'PARENT_NO_CONTAINER',
    `Only a logistic unit (SSCC) holds others; the event names ${parent?.epc ?? 'none'}.`,
  );
  return undefined;
}

/** Tries a batch of children; where it is the parent that stands in the way, the parent has the gap too. */
function withParent(effect: Effect, batch: Named, sscc: string, step: (named: Named) => void): void {
  const { world, act, by, gaps } = effect;
  const epc = ssccUri(sscc);
  attempt(batch, gaps, (named) => {
    const parent = world.containers.get(sscc);
    const things = [...thingsNamed(world, named), ...(parent ? [parent] : [])];
    const back = bring(world, things, act, by);
    try {
      undoing(back, () => step(named));
    } catch (error) {
      const refusal = error instanceof StepRefusedError ? error.refusals.find((each) => each.epc === epc) : undefined;
      if (refusal) gaps.add(epc, refusal.code, refusal.message);
      throw error;
    }
  });
}

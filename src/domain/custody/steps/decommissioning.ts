import type { BusinessStep, Disposition } from '../../epcis/vocabulary.js';
import type { Act, Decision, Reference } from '../act.js';
import { changed, contentsOf, outermost, takeOut } from '../aggregation.js';
import { epcOf } from '../blocking.js';
import { admit, checkAct, checkBatch, epcsOf, type PackRef } from '../checks.js';
import { whenAndWhere } from '../event-fields.js';
import { Refusals } from '../refusal.js';
import { TRANSITIONS, type Step } from '../transitions.js';
import { pendingRef, type ContainerState, type ItemState, type World } from '../world.js';

/** Why packs leave supply for good, with the step of the table and the CBV words of its event. */
export const DECOMMISSION_REASONS = {
  destroyed: { step: 'destroying', bizStep: 'destroying', disposition: 'destroyed' },
  sampled: { step: 'sampling', bizStep: 'sampling', disposition: 'inactive' },
  exported: { step: 'exporting', bizStep: 'decommissioning', disposition: 'inactive' },
  stolen: { step: 'reporting_stolen', bizStep: 'decommissioning', disposition: 'stolen' },
  lost: { step: 'reporting_lost', bizStep: 'decommissioning', disposition: 'unknown' },
  damaged: { step: 'reporting_damaged', bizStep: 'decommissioning', disposition: 'damaged' },
} as const satisfies Record<string, { step: Step; bizStep: BusinessStep; disposition: Disposition }>;

export type DecommissionReason = keyof typeof DECOMMISSION_REASONS;

/** And what only other systems report: its code is taken off it, or it goes into other packs. */
export const LEAVING_REASONS = {
  ...DECOMMISSION_REASONS,
  inactive: { step: 'deactivating', bizStep: 'decommissioning', disposition: 'inactive' },
  repacked: { step: 'repacking', bizStep: 'repackaging', disposition: 'inactive' },
} as const satisfies Record<string, { step: Step; bizStep: BusinessStep; disposition: Disposition }>;

export type LeavingReason = keyof typeof LEAVING_REASONS;

/** Packs or containers leave supply: ObjectEvent DELETE. */
export interface DecommissionCommand {
  readonly step: 'decommissioning';
  readonly reason: LeavingReason;
  readonly packs: readonly PackRef[];
  readonly containers: readonly string[];
}

export function decommission(
  world: World,
  command: DecommissionCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  const { step, bizStep, disposition } = LEAVING_REASONS[command.reason];
  checkAct(step, act, reference);
  checkBatch(epcsOf(command.packs, command.containers));
  const refusals = new Refusals();
  const { items, containers } = admit(world, step, act, reference, command, refusals);
  refusals.throwIfAny();
  const by = pendingRef(ordinal);
  const things: (ItemState | ContainerState)[] = [...items, ...containers];
  const holders = new Set(things.map((thing) => outermost(world, thing).holder!));
  // All come out before any changes: one may be in another of them.
  for (const thing of things) takeOut(world, thing, by);
  for (const thing of things) {
    const life = TRANSITIONS[step].lives[thing.life]!;
    for (const [lotId, packs] of contentsOf(thing)) {
      world.moveStock(lotId, thing.site!, thing.life, -packs);
      world.moveStock(lotId, thing.site!, life, packs);
    }
    thing.life = life;
    thing.shipment = null;
    changed(world, thing, by);
  }
  const epcs = things.map(epcOf);
  return {
    event: {
      type: 'ObjectEvent',
      ...whenAndWhere(act, reference),
      action: 'DELETE',
      bizStep,
      disposition,
      epcList: epcs,
      'halisi:reason': command.reason,
    },
    parties: [...holders].filter((holder) => holder !== act.organisation),
    mentions: epcs.map((epc) => ({ epc, role: 'epc' })),
  };
}

import { DomainError } from '../../errors.js';
import { ssccUri } from '../../gs1/epc.js';
import type { Act, Decision, Reference } from '../act.js';
import { ancestors, putInto, takeOut } from '../aggregation.js';
import { epcOf } from '../blocking.js';
import { admit, checkAct, checkBatch, epcsOf, type PackRef } from '../checks.js';
import { placeOf, whenAndWhere } from '../event-fields.js';
import { Refusals, StepRefusedError } from '../refusal.js';
import { pendingRef, type ContainerState, type EventRef, type ItemState, type World } from '../world.js';

/** Packs or containers go into a container: AggregationEvent ADD. The container is new, or one that the holder has. */
export interface PackCommand {
  readonly step: 'packing';
  readonly sscc: string;
  /** The SSCC was minted for this: it must not stand for a container already. */
  readonly minted: boolean;
  readonly packs: readonly PackRef[];
  readonly containers: readonly string[];
}

/** A minted SSCC is in use, since somebody had chosen it by hand: whoever minted it takes the next. */
export class SsccTakenError extends DomainError<'SSCC_TAKEN'> {
  override readonly name = 'SsccTakenError';
}

/** Packs or containers come out of a container: AggregationEvent DELETE. With neither named, all that is in it. */
export interface UnpackCommand {
  readonly step: 'unpacking';
  readonly sscc: string;
  readonly packs: readonly PackRef[];
  readonly containers: readonly string[];
}

export function pack(world: World, command: PackCommand, act: Act, reference: Reference, ordinal: number): Decision {
  checkAct(command.step, act, reference);
  checkBatch(epcsOf(command.packs, command.containers));
  const refusals = new Refusals();
  const into = world.containers.get(command.sscc);
  if (into && command.minted) throw new SsccTakenError('SSCC_TAKEN', `SSCC ${command.sscc} is in use.`);
  if (into) admitParent(world, into, act, reference, refusals);
  else checkNewContainer(command.sscc, act, reference);
  const { items, containers } = admit(world, command.step, act, reference, command, refusals);
  const things = [...items, ...containers];
  for (const thing of things) {
    if (thing.parent !== null) {
      refusals.add(epcOf(thing), 'PACKED_ELSEWHERE', `${epcOf(thing)} is already in container ${thing.parent}.`);
    }
  }
  const around = into ? [into, ...ancestors(world, into)] : [];
  for (const container of containers) {
    if (around.includes(container) || container.sscc === command.sscc) {
      refusals.add(epcOf(container), 'STEP_NOT_ALLOWED', `Container ${container.sscc} cannot be put inside itself.`);
    }
  }
  refusals.throwIfAny();
  const by = pendingRef(ordinal);
  const parent = into ?? createContainer(world, command.sscc, act, by);
  parent.changedIn = by;
  for (const thing of things) putInto(world, thing, parent, by);
  if (into) world.changedContainers.add(into);
  return aggregation(act, reference, 'ADD', command.sscc, things);
}

export function unpack(
  world: World,
  command: UnpackCommand,
  act: Act,
  reference: Reference,
  ordinal: number,
): Decision {
  checkAct(command.step, act, reference);
  const refusals = new Refusals();
  const from = world.containers.get(command.sscc);
  if (from) admitParent(world, from, act, reference, refusals);
  else refusals.add(ssccUri(command.sscc), 'CONTAINER_NOT_FOUND', `You hold no container ${command.sscc}.`);
  refusals.throwIfAny();
  const all = command.packs.length + command.containers.length === 0;
  const inside = world.children.get(command.sscc) ?? { items: [], containers: [] };
  const { items, containers } = all ? inside : admit(world, command.step, act, reference, command, refusals);
  // What was loaded with the container may have gone out, or out and in again, earlier in the same group.
  const found = all ? new Set([...items, ...containers].filter(({ parent }) => parent === command.sscc)) : undefined;
  const things: (ItemState | ContainerState)[] = [...(found ?? [...items, ...containers])];
  checkBatch(all ? things.map(epcOf) : epcsOf(command.packs, command.containers));
  for (const thing of things) {
    if (thing.parent !== command.sscc) {
      refusals.add(epcOf(thing), 'PACKED_ELSEWHERE', `${epcOf(thing)} is not directly in container ${command.sscc}.`);
    }
  }
  refusals.throwIfAny();
  const by = pendingRef(ordinal);
  for (const thing of things) takeOut(world, thing, by);
  from!.changedIn = by;
  if (!world.newContainers.has(from!)) world.changedContainers.add(from!);
  return aggregation(act, reference, 'DELETE', command.sscc, things);
}

/** The container that things go into or come out of: the actor must hold it, here, on no journey. */
function admitParent(
  world: World,
  container: ContainerState,
  act: Act,
  reference: Reference,
  refusals: Refusals,
): void {
  admit(world, 'unpacking', act, reference, { packs: [], containers: [container.sscc] }, refusals);
}

export function checkNewContainer(sscc: string, act: Act, reference: Reference): void {
  if (reference.ownerOfSscc(sscc) === act.organisation) return;
  throw new StepRefusedError(
    'NOT_PREFIX_OWNER',
    `SSCC ${sscc} is neither a container that you hold nor under a company prefix of yours.`,
    [{ epc: ssccUri(sscc), code: 'NOT_PREFIX_OWNER', message: `SSCC ${sscc} is not under a company prefix of yours.` }],
  );
}

export function createContainer(world: World, sscc: string, act: Act, by: EventRef): ContainerState {
  const container: ContainerState = {
    sscc,
    createdIn: by,
    changedIn: by,
    life: 'active',
    parent: null,
    holder: act.organisation,
    site: act.site,
    shipment: null,
    lots: new Map(),
  };
  world.containers.set(sscc, container);
  world.newContainers.add(container);
  return container;
}

function aggregation(
  act: Act,
  reference: Reference,
  action: 'ADD' | 'DELETE',
  sscc: string,
  things: readonly (ItemState | ContainerState)[],
): Decision {
  const children = things.map(epcOf);
  return {
    event: {
      type: 'AggregationEvent',
      ...whenAndWhere(act, reference),
      action,
      bizStep: action === 'ADD' ? 'packing' : 'unpacking',
      disposition: 'in_progress',
      bizLocation: placeOf(act.site, reference),
      parentID: ssccUri(sscc),
      childEPCs: children,
    },
    parties: [],
    mentions: [{ epc: ssccUri(sscc), role: 'parent' }, ...children.map((epc) => ({ epc, role: 'child' as const }))],
  };
}

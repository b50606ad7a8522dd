import { ancestors } from '../../domain/custody/aggregation.js';
import { thingsNamed } from '../../domain/custody/foreign/place.js';
import type { ForeignReading } from '../../domain/custody/foreign/reading.js';
import type { World } from '../../domain/custody/world.js';

/**
 * Whether an event comes after something that happened later to what it names, or arrives from a shipment that is not stored
 * yet: it cannot be decided on the state as it is.
 */
export function isLate(world: World, { step, named, parent, outputs }: ForeignReading, time: number): boolean {
  if (step === undefined) return false;
  const containers = parent?.sscc == null ? named.containers : [parent.sscc, ...named.containers];
  const things = thingsNamed(world, {
    packs: [...named.packs, ...outputs.packs],
    containers,
    others: [],
  });
  return things.some((thing) => {
    const around = [thing, ...ancestors(world, thing)];
    const pending = step === 'receiving' && (around.at(-1)!.shipment ?? 0) < 0;
    return pending || around.some(({ changedIn }) => (world.events.get(changedIn)?.eventTime ?? 0) > time);
  });
}

import { sgtinUri, ssccUri } from '../gs1/epc.js';
import { ancestors, contentsOf } from './aggregation.js';
import { HOLD_WORDS, type Hold } from './holds.js';
import type { Refusal } from './refusal.js';
import { itemKey, type ContainerState, type HeldInside, type ItemState, type LotState, type World } from './world.js';

/** What a person calls a pack. */
export const packWords = (item: { gtin: string; serial: string }): string => `Pack ${item.gtin} / ${item.serial}`;

export const epcOf = (thing: ItemState | ContainerState): string =>
  'lots' in thing ? ssccUri(thing.sscc) : sgtinUri(thing.gtin, thing.serial);

/**
 * Why a pack may not move or be supplied on a day (`YYYY-MM-DD`), or undefined. A recall of its lot outranks its expiry,
 * which outranks the holds on itself and on a container around it.
 */
export function blockOfItem(world: World, item: ItemState, day: string): Refusal | undefined {
  const lot = world.lots.get(item.lotId)!;
  const who = packWords(item);
  const held = [
    ...(world.itemHolds.get(itemKey(item.gtin, item.serial)) ?? []),
    ...ancestors(world, item).flatMap(({ sscc }) => world.containerHolds.get(sscc) ?? []),
  ];
  return blockOfLot(world, lot, day, epcOf(item), who) ?? holdRefusal(epcOf(item), who, held[0]);
}

/** Why a container may not move: a lot inside it, a pack or container held inside it, or a hold on itself or around it. */
export function blockOfContainer(world: World, container: ContainerState, day: string): Refusal | undefined {
  const epc = ssccUri(container.sscc);
  const who = `Container ${container.sscc}`;
  for (const [lotId, packs] of contentsOf(container)) {
    const lot = packs > 0 ? world.lots.get(lotId) : undefined;
    const block = lot && blockOfLot(world, lot, day, epc, `${who} holds lot ${lot.number} of ${lot.gtin}, which`);
    if (block) return block;
  }
  const around = [container, ...ancestors(world, container)];
  const held = around.flatMap(({ sscc }) => world.containerHolds.get(sscc) ?? [])[0];
  if (held) return holdRefusal(epc, who, held);
  const inside = world.heldInside.get(container.sscc)?.find((held) => isStillHeld(world, container, held));
  return inside && holdRefusal(epc, `${who} holds ${inside.epc}, which`, inside.hold);
}

/** An earlier event of the same group may have taken the thing out, or lifted its hold. */
function isStillHeld(world: World, container: ContainerState, { hold }: HeldInside): boolean {
  if (world.liftedHolds.some((lift) => lift.hold === hold)) return false;
  const thing = hold.item ? world.item(hold.item.gtin, hold.item.serial) : world.containers.get(hold.sscc ?? '');
  return thing === undefined || ancestors(world, thing).includes(container);
}

function blockOfLot(world: World, lot: LotState, day: string, epc: string, who: string): Refusal | undefined {
  const hold = world.lotHolds.get(lot.id)?.[0];
  if (hold) {
    const words = hold.recallClass === null ? '' : ` (class ${hold.recallClass})`;
    return { epc, code: 'RECALLED', message: `${who} ${HOLD_WORDS[hold.kind]}${words}: ${hold.reason}.` };
  }
  if (day > lot.expiry) return { epc, code: 'EXPIRED', message: `${who} expired on ${lot.expiry}.` };
  return undefined;
}

function holdRefusal(epc: string, who: string, hold: Hold | undefined): Refusal | undefined {
  return hold && { epc, code: 'BLOCKED', message: `${who} ${HOLD_WORDS[hold.kind]}: ${hold.reason}.` };
}

/** Puts a hold into force, where a later event of the same group sees it too. */
export function openHold(world: World, hold: Hold, thing?: ItemState | ContainerState): void {
  world.addHold(hold);
  world.newHolds.push(hold);
  if (!thing) return;
  for (const { sscc } of ancestors(world, thing)) {
    const inside = world.heldInside.get(sscc) ?? [];
    inside.push({ epc: epcOf(thing), hold });
    world.heldInside.set(sscc, inside);
  }
}

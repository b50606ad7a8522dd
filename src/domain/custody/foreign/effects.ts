import type { Effect } from './effect.js';
import { foreignCommission, foreignRepack } from './making.js';
import { foreignDispense, foreignPartDispense, foreignDecommission, foreignRecall } from './leaving.js';
import { foreignPack, foreignUnpack } from './containing.js';
import { foreignReceive, foreignShip } from './moving.js';
import type { ForeignStep } from './table.js';

/** Takes the step; answers organisations beside the holders of what it named that it concerns. */
export const EFFECTS: Readonly<Record<ForeignStep, (effect: Effect) => readonly number[]>> = {
  commissioning: foreignCommission,
  packing: foreignPack,
  unpacking: foreignUnpack,
  shipping: foreignShip,
  receiving: foreignReceive,
  dispensing: foreignDispense,
  part_dispensing: foreignPartDispense,
  decommissioning: foreignDecommission,
  recalling: foreignRecall,
  repacking: foreignRepack,
};

import type { Act, Decision, ForeignReference, Repeated } from './act.js';
import { decideForeign, type ForeignCommand } from './foreign/decide-foreign.js';
import { commission, type CommissionCommand } from './steps/commissioning.js';
import { decommission, type DecommissionCommand } from './steps/decommissioning.js';
import {
  dispense,
  partDispense,
  repeat,
  undoDispense,
  type DispenseCommand,
  type PartDispenseCommand,
  type RepeatCommand,
  type UndoDispenseCommand,
} from './steps/dispensing.js';
import {
  liftRecall,
  recall,
  release,
  suspect,
  type LiftRecallCommand,
  type RecallCommand,
  type ReleaseCommand,
  type SuspectCommand,
} from './steps/holding.js';
import { pack, unpack, type PackCommand, type UnpackCommand } from './steps/packing.js';
import { receive, type ReceiveCommand } from './steps/receiving.js';
import { ship, type ShipCommand } from './steps/shipping.js';
import type { World } from './world.js';

/** Everything that can be asked of the write path; each makes one EPCIS event or is refused. */
export type Command =
  | CommissionCommand
  | PackCommand
  | UnpackCommand
  | ShipCommand
  | ReceiveCommand
  | DispenseCommand
  | PartDispenseCommand
  | UndoDispenseCommand
  | RepeatCommand
  | DecommissionCommand
  | RecallCommand
  | LiftRecallCommand
  | SuspectCommand
  | ReleaseCommand
  | ForeignCommand;

/**
 * Decides one command on the locked state. Throws StepRefusedError and leaves `world` as it was, or returns the event and
 * has made its changes in `world`. `ordinal` counts the events of the group.
 */
export function decide(
  world: World,
  command: Command,
  act: Act,
  reference: ForeignReference,
  ordinal: number,
): Decision | Repeated {
  switch (command.step) {
    case 'commissioning':
      return commission(world, command, act, reference, ordinal);
    case 'packing':
      return pack(world, command, act, reference, ordinal);
    case 'unpacking':
      return unpack(world, command, act, reference, ordinal);
    case 'shipping':
      return ship(world, command, act, reference, ordinal);
    case 'receiving':
      return receive(world, command, act, reference, ordinal);
    case 'dispensing':
      return dispense(world, command, act, reference, ordinal);
    case 'part_dispensing':
      return partDispense(world, command, act, reference, ordinal);
    case 'undo_dispensing':
      return undoDispense(world, command, act, reference, ordinal);
    case 'repeating':
      return repeat(world, command, act, reference, ordinal);
    case 'decommissioning':
      return decommission(world, command, act, reference, ordinal);
    case 'recalling':
      return recall(world, command, act, reference, ordinal);
    case 'lifting_recall':
      return liftRecall(world, command, act, reference, ordinal);
    case 'suspecting':
      return suspect(world, command, act, reference, ordinal);
    case 'releasing':
      return release(world, command, act, reference, ordinal);
    case 'foreign':
      return decideForeign(world, command, act, reference, ordinal);
  }
}

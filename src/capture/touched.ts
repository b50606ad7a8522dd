import type { Command } from '../domain/custody/decide.js';
import { epcsOf } from '../domain/custody/checks.js';
import { epcsOfReading } from '../domain/custody/foreign/attempt.js';
import { epcOf } from '../domain/custody/blocking.js';
import type { World } from '../domain/custody/world.js';
import { sgtinUri, ssccUri } from '../domain/gs1/epc.js';

/** The packs and containers that a command names, or that are in the shipment which it receives. */
export function touchedBy(command: Command, world: World): string[] {
  switch (command.step) {
    case 'foreign':
      return epcsOfReading(command.reading);
    case 'commissioning':
      return command.serials.map((serial) => sgtinUri(command.gtin, serial));
    case 'packing':
    case 'unpacking':
      return [ssccUri(command.sscc), ...epcsOf(command.packs, command.containers)];
    case 'shipping':
    case 'decommissioning':
      return epcsOf(command.packs, command.containers);
    case 'dispensing':
    case 'undo_dispensing':
      return epcsOf(command.packs, []);
    case 'receiving': {
      const units = world.shipmentUnits.get(command.shipment);
      return units ? [...units.items, ...units.containers].map(epcOf) : [];
    }
    case 'part_dispensing':
      return epcsOf([command.pack], []);
    default:
      return [];
  }
}

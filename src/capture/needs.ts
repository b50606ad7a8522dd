import type { PackRef } from '../domain/custody/checks.js';
import type { Command } from '../domain/custody/decide.js';
import { addForeignNeeds } from './foreign/foreign-needs.js';

/** What must be loaded and locked before a command can be decided. */
export interface Needs {
  /** Packs that exist, if they are what the client says. */
  packs: PackRef[];
  /** Packs that must not exist yet: looked up, not locked. */
  newPacks: { gtin: string; serials: readonly string[] }[];
  containers: string[];
  /** Containers of which everything directly inside is needed. */
  childrenOf: string[];
  /** Containers that go somewhere: what is held inside them matters. */
  moved: string[];
  shipments: number[];
  lots: { gtin: string; number: string }[];
  /** Packs whose last event's time and ID decide. */
  lastEventsOf: PackRef[];
  /** Packs and containers whose open shipments, with all that is in them, are needed. */
  arriving: { packs: PackRef[]; containers: string[] };
  /** Lots that come to be with the first packs of them, where their maker has not registered them. */
  newLots: { gtin: string; number: string; expiry: string }[];
  /** When each pack and container changed last decides. */
  times: boolean;
  /** A recall must not run beside a shipment of the same lot. */
  exclusiveLots: boolean;
}

export const noNeeds = (): Needs => ({
  packs: [],
  newPacks: [],
  containers: [],
  childrenOf: [],
  moved: [],
  shipments: [],
  lots: [],
  lastEventsOf: [],
  arriving: { packs: [], containers: [] },
  newLots: [],
  times: false,
  exclusiveLots: false,
});

/** Adds what one command needs to what its group needs. */
export function addNeeds(needs: Needs, command: Command): void {
  switch (command.step) {
    case 'foreign':
      return addForeignNeeds(needs, command.reading);
    case 'commissioning':
      needs.newPacks.push({ gtin: command.gtin, serials: command.serials });
      needs.lots.push({ gtin: command.gtin, number: command.lot });
      return;
    case 'packing':
      needs.packs.push(...command.packs);
      needs.containers.push(command.sscc, ...command.containers);
      needs.moved.push(...command.containers);
      return;
    case 'unpacking':
      needs.packs.push(...command.packs);
      needs.containers.push(command.sscc, ...command.containers);
      if (command.packs.length + command.containers.length === 0) needs.childrenOf.push(command.sscc);
      return;
    case 'shipping':
      needs.packs.push(...command.packs);
      needs.containers.push(...command.containers);
      needs.moved.push(...command.containers);
      return;
    case 'receiving':
      needs.shipments.push(command.shipment);
      needs.packs.push(...command.missing.packs, ...command.excess.packs);
      needs.containers.push(...command.missing.containers, ...command.excess.containers);
      return;
    case 'dispensing':
      needs.packs.push(...command.packs);
      return;
    case 'part_dispensing':
    case 'repeating':
    case 'suspecting':
      needs.packs.push(command.pack);
      return;
    case 'releasing':
      if (command.pack) needs.packs.push(command.pack);
      if (command.sscc !== null) needs.containers.push(command.sscc);
      return;
    case 'undo_dispensing':
      needs.packs.push(...command.packs);
      needs.lastEventsOf.push(...command.packs);
      return;
    case 'decommissioning':
      needs.packs.push(...command.packs);
      needs.containers.push(...command.containers);
      needs.moved.push(...command.containers);
      return;
    case 'recalling':
    case 'lifting_recall':
      needs.lots.push({ gtin: command.gtin, number: command.lot });
      needs.exclusiveLots = true;
      return;
  }
}

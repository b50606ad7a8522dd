import type { PackRef } from '../domain/custody/checks.js';
import { parseEpc } from '../domain/gs1/epc.js';
import { isSerial } from '../domain/gs1/lot-serial.js';
import { RequestRefusedError } from './step-refusals.js';

export interface Named {
  readonly packs: PackRef[];
  readonly containers: string[];
}

/**
 * The packs and containers that a client names, each by an EPC: a GS1 Digital Link of any host or an EPC URN.
 * Throws EPC_INVALID with every text that is neither a pack's nor a container's.
 */
export function parseEpcs(epcs: readonly string[]): Named {
  const packs: PackRef[] = [];
  const containers: string[] = [];
  const invalid: string[] = [];
  for (const text of epcs) {
    const epc = parseEpc(text);
    if (epc.kind === 'sgtin' && isSerial(epc.serial)) packs.push({ gtin: epc.gtin, serial: epc.serial });
    else if (epc.kind === 'sscc') containers.push(epc.sscc);
    else invalid.push(text);
  }
  if (invalid.length > 0) refuse(invalid, 'a pack (GTIN and serial number) or a container (SSCC)');
  return { packs, containers };
}

/** As parseEpcs, where only packs will do. */
export function parsePacks(epcs: readonly string[]): PackRef[] {
  const { packs, containers } = parseEpcs(epcs);
  if (containers.length > 0) refuse(containers, 'a pack (GTIN and serial number)');
  return packs;
}

export const parsePack = (epc: string): PackRef => parsePacks([epc])[0]!;

function refuse(invalid: readonly string[], expected: string): never {
  const refusals = invalid.slice(0, 100).map((epc) => ({
    epc: epc.slice(0, 200),
    code: 'EPC_INVALID',
    message: `Expected the EPC of ${expected}, as https://id.gs1.org/01/09506000134352/21/ABC, got ${JSON.stringify(epc.slice(0, 200))}.`,
  }));
  const [first] = refusals;
  throw new RequestRefusedError('EPC_INVALID', first!.message, { refusals });
}

import { DomainError } from '../domain/errors.js';
import { epcUri, parseEpc, type Epc } from '../domain/gs1/epc.js';
import { isSerial } from '../domain/gs1/lot-serial.js';

/** Why a question about the past cannot be answered as it was asked. */
export type TraceRefusal =
  'BIZ_STEP_UNKNOWN' | 'EPC_INVALID' | 'EVENT_REFERENCE_INVALID' | 'POSITION_INVALID' | 'SITE_NOT_YOURS';

export class TraceRefusedError extends DomainError<TraceRefusal> {
  override readonly name = 'TraceRefusedError';
}

/** A pack as a question names it, in its canonical form. Throws EPC_INVALID. */
export function packNamed(text: string): { readonly gtin: string; readonly serial: string; readonly epc: string } {
  const epc = parseEpc(text);
  if (epc.kind !== 'sgtin' || !isSerial(epc.serial)) throw invalid(text, 'the EPC of a pack (GTIN and serial number)');
  return { gtin: epc.gtin, serial: epc.serial, epc: epcUri(epc) };
}

/** Whatever an event can be found under. Throws EPC_INVALID. */
export function epcNamed(text: string): Epc {
  const epc = parseEpc(text);
  if (epc.kind === 'other') throw invalid(text, 'the EPC of a pack, a lot or a container');
  return epc;
}

const invalid = (text: string, expected: string): TraceRefusedError =>
  new TraceRefusedError(
    'EPC_INVALID',
    `Expected ${expected}, as https://id.gs1.org/01/09506000134352/21/ABC, got ${JSON.stringify(text.slice(0, 200))}.`,
    { got: text.slice(0, 200) },
  );

import { eventFields } from '../../domain/receipt/event-fields.js';
import { canonicalJson } from '../../domain/json/jcs.js';
import { aboutEpc } from '../../transparency/receipts/receipts.service.js';
import { ReceiptRefusedError } from './receipt-refusals.js';

/** What a receipt shall show: some fields, some EPCs; neither for all that the reader may see. */
export interface Wish {
  /** Fields of the event, as `bizStep`; `ilmd` or `bizTransactionList` stands for all its members. */
  readonly fields?: readonly string[] | null | undefined;
  /** Canonical GS1 Digital Links, as the event names them. */
  readonly epcs?: readonly string[] | null | undefined;
}

/** Disclosures by name (docs/formats/commitment.md), with their values. */
export type Disclosable = ReadonlyMap<string, unknown>;

const NAMES_AN_EPC =
  /^(?:parentID|(?:epcList|childEPCs|inputEPCList|outputEPCList|halisi:missing|halisi:excess)\/\d+)$/;
const LENGTH = '/~length';

/**
 * The disclosures of an event that a reader may have who may see `view` of it: a part of `event`, its lists cut. The
 * length of a list that was cut is not among them.
 */
export function disclosable(event: object, view: Readonly<Record<string, unknown>>): Disclosable {
  const allowed = new Map<string, unknown>();
  for (const part of eventFields(event)) {
    const field = fieldOf(part.name);
    if (!Object.hasOwn(view, field)) continue;
    if (!('members' in part)) {
      if (!part.name.endsWith(LENGTH) || (view[field] as unknown[]).length === part.value)
        allowed.set(part.name, part.value);
      continue;
    }
    const kept = keptMembers(event, view, field);
    part.members.forEach((member, i) => {
      if (kept === 'all' || kept.has(canonicalJson(member))) allowed.set(part.name + String(i), member);
    });
  }
  return allowed;
}

/** The members of a list that the view has, as canonical JSON. */
function keptMembers(
  event: object,
  view: Readonly<Record<string, unknown>>,
  field: string,
): ReadonlySet<string> | 'all' {
  const list = view[field] as readonly unknown[];
  return list === (event as Record<string, unknown>)[field]
    ? 'all'
    : new Set(list.map((member) => canonicalJson(member)));
}

/** The field of the event that a disclosure belongs to. */
const fieldOf = (name: string): string => name.split('/')[0]!.replaceAll('~1', '/').replaceAll('~0', '~');

/**
 * The names of what is wished for. Throws ReceiptRefusedError for a field or an EPC that is not there, hidden or not:
 * RECEIPT_FIELD_UNKNOWN, RECEIPT_EPC_UNKNOWN.
 */
export function chosen(allowed: Disclosable, { fields, epcs }: Wish): ReadonlySet<string> {
  if (fields == null && epcs == null) return new Set(allowed.keys());
  const names = new Set<string>();
  for (const field of new Set(fields)) for (const name of namesOf(allowed, field)) names.add(name);
  if (fields == null) for (const [name, value] of allowed) if (isBase(name, value)) names.add(name);
  if (epcs == null || epcs.length === 0) return names;
  const places = placesOfEpcs(allowed);
  for (const epc of epcs) {
    const found = places.get(epc);
    if (found === undefined) throw unknownEpc(epc);
    for (const name of found) names.add(name);
  }
  return names;
}

/** What happened when, lot and expiry: no EPC, nothing of trade. */
const isBase = aboutEpc('');

/** What of a wish an event of a set has, as far as the reader may see: what is hidden is as absent. */
export function present(allowed: Disclosable, { fields, epcs }: Wish): Wish {
  const named = placesOfEpcs(allowed);
  return {
    fields: fields && [...new Set(fields)].filter((field) => found(allowed, field).length > 0),
    epcs: epcs?.filter((epc) => named.has(epc)),
  };
}

/** The names under which each EPC stands. */
function placesOfEpcs(allowed: Disclosable): ReadonlyMap<unknown, string[]> {
  const places = new Map<unknown, string[]>();
  for (const [name, value] of allowed) {
    if (!NAMES_AN_EPC.test(name)) continue;
    const known = places.get(value);
    if (known === undefined) places.set(value, [name]);
    else known.push(name);
  }
  return places;
}

function found(allowed: Disclosable, field: string): string[] {
  if (allowed.has(field)) return [field];
  return field === '' ? [] : [...allowed.keys()].filter((name) => name.startsWith(`${field}/`));
}

function namesOf(allowed: Disclosable, field: string): string[] {
  const names = found(allowed, field);
  if (names.length > 0) return names;
  throw new ReceiptRefusedError(
    'RECEIPT_FIELD_UNKNOWN',
    `The event has no field ${JSON.stringify(field.slice(0, 80))} that you may see.`,
    { field: field.slice(0, 80) },
  );
}

const unknownEpc = (epc: string): ReceiptRefusedError =>
  new ReceiptRefusedError(
    'RECEIPT_EPC_UNKNOWN',
    `The event names no ${JSON.stringify(epc.slice(0, 200))} that you may see.`,
    { epc: epc.slice(0, 200) },
  );

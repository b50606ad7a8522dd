import { ReceiptError } from './errors.js';

/** Fields of an event that come first, in this order. Part of the format: docs/formats/commitment.md. */
export const FIELD_ORDER: readonly string[] = [
  '@context',
  'type',
  'eventID',
  'eventTime',
  'eventTimeZoneOffset',
  'recordTime',
  'action',
  'bizStep',
  'disposition',
  'persistentDisposition',
  'readPoint',
  'bizLocation',
  'parentID',
  'transformationID',
  'ilmd',
  'certificationInfo',
  'errorDeclaration',
  'bizTransactionList',
  'sourceList',
  'destinationList',
  'sensorElementList',
  'quantityList',
  'childQuantityList',
  'inputQuantityList',
  'outputQuantityList',
  'epcList',
  'childEPCs',
  'inputEPCList',
  'outputEPCList',
];
const FIXED: ReadonlySet<string> = new Set(FIELD_ORDER);

/** The object that is disclosed member by member; every other object is one value. */
const SPLIT_OBJECT = 'ilmd';

/**
 * A part of an event that gives one disclosure, or one for each of `members`. `name` is the disclosure's, or for a list
 * ends with the slash that the member's number follows.
 */
export type FieldPart =
  { readonly name: string; readonly value: unknown } | { readonly name: string; readonly members: readonly unknown[] };

/**
 * The parts of an event in the order of their disclosures. Throws COMMITMENT_EVENT_INVALID for what is not an object
 * with at least one field.
 */
export function eventFields(event: object): FieldPart[] {
  if (Object.prototype.toString.call(event) !== '[object Object]' || Object.keys(event).length === 0) {
    throw new ReceiptError('COMMITMENT_EVENT_INVALID', 'An event is a JSON object with at least one field.');
  }
  const fields = event as Readonly<Record<string, unknown>>;
  const others = Object.keys(fields).filter((name) => !FIXED.has(name));
  const names = [...FIELD_ORDER.filter((name) => Object.hasOwn(fields, name)), ...others.sort()];
  return names.flatMap((name) => partsOf(name, fields[name]));
}

/** How many disclosures the parts give. */
export const countDisclosures = (parts: readonly FieldPart[]): number =>
  parts.reduce((count, part) => count + ('members' in part ? part.members.length : 1), 0);

function partsOf(field: string, value: unknown): FieldPart[] {
  const name = escapeName(field);
  if (Array.isArray(value)) {
    return [
      { name: `${name}/~length`, value: value.length },
      { name: `${name}/`, members: value },
    ];
  }
  if (field !== SPLIT_OBJECT || Object.prototype.toString.call(value) !== '[object Object]') return [{ name, value }];
  const object = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(object).sort();
  return [
    { name: `${name}/~members`, value: members.length },
    ...members.map((member) => ({ name: `${name}/${escapeName(member)}`, value: object[member] })),
  ];
}

/** As in a JSON Pointer (RFC 6901 §3), so that `/` only separates and `~` never stands before `l` or `m`. */
const escapeName = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

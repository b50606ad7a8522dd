import { canonicalJson, type Json } from '../../json/jcs.js';
import { bytesToUtf8, concatBytes, utf8ToBytes } from '../../bytes.js';
import type { CborValue } from '../../cbor/index.js';

/** Names of disclosures that are written as their number here. Part of the format: docs/formats/receipt-compact.md. */
export const NAMES: readonly string[] = (
  '@context type eventID eventTime eventTimeZoneOffset recordTime action bizStep disposition persistentDisposition ' +
  'readPoint bizLocation parentID transformationID ilmd certificationInfo errorDeclaration bizTransactionList ' +
  'sourceList destinationList sensorElementList quantityList childQuantityList inputQuantityList outputQuantityList ' +
  'epcList childEPCs inputEPCList outputEPCList ilmd/~members ilmd/cbvmda:lotNumber ' +
  'ilmd/cbvmda:itemExpirationDate ilmd/lotNumber ilmd/itemExpirationDate'
).split(' ');

/** Beginnings of texts that are written as one byte, their number here. Part of the format. */
export const BEGINNINGS: readonly string[] = (
  'https://id.gs1.org/01/ https://id.gs1.org/00/ https://id.gs1.org/414/ https://id.gs1.org/417/ ' +
  'https://id.gs1.org/ https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld ' +
  'https://ref.gs1.org/standards/epcis/ https://ref.gs1.org/cbv/ https://ref.gs1.org/ https:// http:// ' +
  'ni:///sha-256; urn:uuid: urn:epc:id:sgtin: urn:epc:id:sscc: urn:epc:id:sgln: urn:epc:id: urn:epcglobal:cbv:bt: ' +
  'urn:epcglobal:cbv: urn: ObjectEvent AggregationEvent TransactionEvent TransformationEvent AssociationEvent ' +
  'OBSERVE DELETE commissioning decommissioning packing unpacking shipping receiving dispensing inspecting holding ' +
  'destroying accepting arriving departing stocking storing transporting void_shipping retail_selling returned ' +
  'active inactive in_transit in_progress container_closed dispensed destroyed disposed expired recalled retail_sold ' +
  'sellable_accessible sellable_not_accessible non_sellable_other damaged stolen unknown'
).split(' ');

const NUMBERS = new Map(NAMES.map((name, number) => [name, number]));
const MEMBER = /^(.*)\/(0|[1-9][0-9]{0,8}|~length)$/s;

/** A name: its number; `[number]` and `[number, i]` for the length and the members of a list; or its text. */
export function packName(name: string): CborValue {
  const number = NUMBERS.get(name);
  if (number !== undefined) return number;
  const [, list = '', member = ''] = MEMBER.exec(name) ?? [];
  const ofList = NUMBERS.get(list);
  if (ofList === undefined) return name;
  return member === '~length' ? [ofList] : [ofList, Number(member)];
}

/** The name that `packName` wrote; undefined for what it never writes. */
export function unpackName(packed: CborValue): string | undefined {
  if (typeof packed === 'string') return packed;
  if (typeof packed === 'number') return NAMES[packed];
  if (!Array.isArray(packed)) return undefined;
  const [number, member] = packed as readonly CborValue[];
  const list = typeof number === 'number' ? NAMES[number] : undefined;
  if (list === undefined || packed.length > 2 || (packed.length === 2 && typeof member !== 'number')) return undefined;
  return `${list}/${packed.length === 1 ? '~length' : String(member)}`;
}

/** Longest first, so that a text is written with the longest beginning that it has. */
const BY_LENGTH = [...BEGINNINGS.keys()].sort((a, b) => BEGINNINGS[b]!.length - BEGINNINGS[a]!.length);
const NUMBER = 0xff;

/**
 * A JSON value. Texts with a known beginning are byte strings of its number and the UTF-8 of the rest; numbers that
 * are no integers below 2^53 are byte strings of 0xff and their canonical JSON.
 */
export function packValue(value: Json): CborValue {
  if (typeof value === 'string') return packText(value);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value + 0;
    return concatBytes(Uint8Array.of(NUMBER), utf8ToBytes(canonicalJson(value)));
  }
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(packValue);
  return new Map(Object.entries(value).map(([name, member]) => [name, packValue(member as Json)]));
}

function packText(text: string): CborValue {
  const number = BY_LENGTH.find((candidate) => text.startsWith(BEGINNINGS[candidate]!));
  if (number === undefined) return text;
  return concatBytes(Uint8Array.of(number), utf8ToBytes(text.slice(BEGINNINGS[number]!.length)));
}

/** The JSON value that `packValue` wrote; undefined for what it never writes. */
export function unpackValue(packed: CborValue): Json | undefined {
  if (packed instanceof Uint8Array) return unpackBytes(packed);
  if (packed instanceof Map) return unpackObject(packed as ReadonlyMap<CborValue, CborValue>);
  if (!Array.isArray(packed)) return typeof packed === 'object' && packed !== null ? undefined : (packed as Json);
  const list = (packed as readonly CborValue[]).map(unpackValue);
  return list.includes(undefined) ? undefined : (list as Json[]);
}

function unpackObject(packed: ReadonlyMap<CborValue, CborValue>): Json | undefined {
  const members = [...packed].map(([name, member]) => [name, unpackValue(member)] as const);
  if (members.some(([name, member]) => typeof name !== 'string' || member === undefined)) return undefined;
  return Object.fromEntries(members as [string, Json][]);
}

function unpackBytes(bytes: Uint8Array): Json | undefined {
  const rest = utf8Text(bytes.subarray(1));
  if (bytes.length === 0 || rest === undefined) return undefined;
  const beginning = BEGINNINGS[bytes[0]!];
  if (beginning !== undefined) return beginning + rest;
  const number = Number(rest);
  return bytes[0] === NUMBER && /^-?[0-9]/.test(rest) && Number.isFinite(number) ? number : undefined;
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return bytesToUtf8(bytes);
  } catch {
    return undefined;
  }
}

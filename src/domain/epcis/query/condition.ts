import type { JsonValue } from '../event.js';

/** An event, or a part of one, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the asker's master data says, for `WD_`, `HASATTR_` and `EQATTR_`. Identifiers in any form. */
export interface Vocabulary {
  /** Canonical identifiers below `id` in the hierarchy, `id` itself included. */
  descendantsOf(id: string): ReadonlySet<string>;
  /** The values of each attribute, names in full. */
  attributesOf(id: string): ReadonlyMap<string, readonly JsonValue[]>;
}

/** Where an index can look for the events of a condition: whatever it finds is still tested. */
export type Lookup =
  /** Events that have one of these terms (`terms.ts`). */
  | { readonly by: 'terms'; readonly any: readonly string[] }
  /** Events that name one of these EPCs, canonical. */
  | { readonly by: 'epcs'; readonly any: readonly string[] }
  /** Events with one of these eventIDs. */
  | { readonly by: 'eventIDs'; readonly any: readonly string[] }
  /** Events of [from, until), milliseconds since 1970. */
  | { readonly by: 'eventTime' | 'recordTime'; readonly from?: number; readonly until?: number };

/** What one parameter asks. All of a query's conditions must hold. */
export interface Condition {
  readonly parameter: string;
  readonly test: (event: Fields, vocabulary: Vocabulary) => boolean;
  /** What an index can do for it, given the asker's master data; without it every event must be looked at. */
  readonly lookup?: (vocabulary: Vocabulary) => Lookup;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** A repeated element is a list in JSON, one that stands alone is not. */
export const eachOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
export const textsOf = (value: unknown): readonly string[] => eachOf(value).filter((each) => typeof each === 'string');
export const objectsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isFields);
/** A part of an event that is an object; one without fields where it is missing. */
export const partOf = (fields: Fields, name: string): Fields => {
  const part = fields[name];
  return isFields(part) ? part : {};
};

const QUANTITY_LISTS = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList'] as const;
/** The quantities of an event, of whichever list. */
export const quantitiesOf = (event: Fields): readonly Fields[] =>
  QUANTITY_LISTS.flatMap((name) => objectsOf(event[name]));

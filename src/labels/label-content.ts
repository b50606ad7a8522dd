import { CANONICAL_STEM } from '../domain/gs1/epc.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { parseLot, parseSerial } from '../domain/gs1/lot-serial.js';
import { percentEncode } from '../domain/gs1/percent.js';
import { parseSscc } from '../domain/gs1/sscc.js';
import { LabelError } from './label-error.js';

/** A pack: every part of the identity that medicines law wants on it. `expiry` is an ISO date (`2028-12-31`). */
export interface PackIdentity {
  readonly kind: 'pack';
  readonly gtin: string;
  readonly serial: string;
  readonly lot: string;
  readonly expiry: string;
}

/** A lot of a GTIN, without a serial number: a shipper case's or a shelf's label. */
export interface LotIdentity {
  readonly kind: 'lot';
  readonly gtin: string;
  readonly lot: string;
  readonly expiry: string;
}

/** A product alone. */
export interface ProductIdentity {
  readonly kind: 'product';
  readonly gtin: string;
}

/** A case, pallet or other logistic unit. */
export interface ContainerIdentity {
  readonly kind: 'container';
  readonly sscc: string;
}

export type LabelIdentity = PackIdentity | LotIdentity | ProductIdentity | ContainerIdentity;

/** One application identifier with its value. */
export type Element = readonly [ai: string, value: string];

/** What a label says, in every form that it is said in. */
export interface LabelContent {
  readonly elements: readonly Element[];
  /** As a scanner transmits it: no symbology identifier, GS (0x1D) where FNC1 separates. */
  readonly elementString: string;
  /** Uncompressed GS1 Digital Link URI. */
  readonly digitalLink: string;
  /** GS1 GenSpecs 4.14: one element a line, its application identifier in parentheses. */
  readonly hri: readonly string[];
}

/** Separates an element of variable length from the next (GS1 GenSpecs 7.8.3). */
export const GROUP_SEPARATOR = '\u001d';

const PREDEFINED_LENGTH = new Set(['00', '01', '17']);

/** Writes elements one after the other; only one of variable length that another follows is closed by a separator. */
export function writeElementString(elements: readonly Element[]): string {
  const last = elements.length - 1;
  return elements
    .map(([ai, value], at) => ai + value + (at === last || PREDEFINED_LENGTH.has(ai) ? '' : GROUP_SEPARATOR))
    .join('');
}

/**
 * Makes what the label of `identity` says. `stem` is the Digital Link's host without a trailing slash.
 * Throws the domain's errors for a wrong GTIN, SSCC, lot or serial number, and LABEL_EXPIRY_INVALID.
 */
export function labelContent(identity: LabelIdentity, stem: string = CANONICAL_STEM): LabelContent {
  const elements = elementsOf(identity);
  return {
    elements,
    elementString: writeElementString(elements),
    digitalLink: stem + linkPath(elements),
    hri: elements.map(([ai, value]) => `(${ai})${value}`),
  };
}

// The order is docs/formats/labels.md's: a pack's single separator stands behind the serial number, before a date.
function elementsOf(identity: LabelIdentity): Element[] {
  switch (identity.kind) {
    case 'container':
      return [['00', parseSscc(identity.sscc)]];
    case 'product':
      return [['01', parseGtin(identity.gtin)]];
    case 'lot':
      return [['01', parseGtin(identity.gtin)], ...expiryAndLot(identity)];
    case 'pack':
      return [['01', parseGtin(identity.gtin)], ['21', parseSerial(identity.serial)], ...expiryAndLot(identity)];
  }
}

const expiryAndLot = (identity: LotIdentity | PackIdentity): Element[] => [
  ['17', expiryDigits(identity.expiry)],
  ['10', parseLot(identity.lot)],
];

/** AI 17 (YYMMDD) of an ISO date. Years outside the window of GS1 GenSpecs 7.12 are not checked here. */
export function expiryDigits(iso: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? new Date(`${iso}T00:00:00Z`) : undefined;
  if (date === undefined || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso) {
    throw new LabelError(
      'LABEL_EXPIRY_INVALID',
      `An expiry is a date like 2028-12-31; this is ${JSON.stringify(iso)}.`,
      {
        pointer: '/expiry',
        input: iso,
      },
    );
  }
  return iso.slice(2, 4) + iso.slice(5, 7) + iso.slice(8, 10);
}

// GS1 Digital Link URI syntax 1.4: key, then its qualifiers in the order 22, 10, 21; attributes are the query.
function linkPath(elements: readonly Element[]): string {
  const valueOf = new Map(elements);
  const path = ['00', '01', '10', '21']
    .filter((ai) => valueOf.has(ai))
    .map((ai) => `/${ai}/${percentEncode(valueOf.get(ai)!)}`)
    .join('');
  const expiry = valueOf.get('17');
  return expiry === undefined ? path : `${path}?17=${expiry}`;
}

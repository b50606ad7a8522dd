import { InvariantError } from '../domain/errors.js';
import { findAi } from '../domain/gs1/application-identifier.js';
import { toDigitalLink } from '../domain/gs1/digital-link.js';
import { type AiValue, GS, toUnbracketed } from '../domain/gs1/element-string.js';
import { CANONICAL_STEM } from '../domain/gs1/epc.js';
import { formatExpiry } from '../domain/gs1/expiry.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { parseLot, parseSerial } from '../domain/gs1/lot-serial.js';
import { parseSscc } from '../domain/gs1/sscc.js';

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

/** What a label says, in every form that it is said in. */
export interface LabelContent {
  /** As a scanner transmits it: no symbology identifier, GS (0x1D) where FNC1 separates (GS1 GenSpecs 7.8.3). */
  readonly elementString: string;
  /** Uncompressed GS1 Digital Link URI. */
  readonly digitalLink: string;
  /** GS1 GenSpecs 4.14: one element a line, its application identifier in parentheses. */
  readonly hri: readonly string[];
}

/**
 * Makes what the label of `identity` says. `stem` is the Digital Link's scheme and host without a trailing slash.
 * Throws the domain's errors for a wrong GTIN, SSCC, lot, serial number or expiry.
 */
export function labelContent(identity: LabelIdentity, stem: string = CANONICAL_STEM): LabelContent {
  const elements = elementsOf(identity);
  return {
    elementString: toUnbracketed(elements, GS).slice(GS.length),
    digitalLink: toDigitalLink(elements, stem),
    hri: elements.map(({ ai, value }) => `(${ai})${value}`),
  };
}

// The order is docs/formats/labels.md's: a pack's single separator stands behind the serial number, before a date.
function elementsOf(identity: LabelIdentity): AiValue[] {
  switch (identity.kind) {
    case 'container':
      return [element('00', parseSscc(identity.sscc))];
    case 'product':
      return [element('01', parseGtin(identity.gtin))];
    case 'lot':
      return [element('01', parseGtin(identity.gtin)), ...expiryAndLot(identity)];
    case 'pack':
      return [
        element('01', parseGtin(identity.gtin)),
        element('21', parseSerial(identity.serial)),
        ...expiryAndLot(identity),
      ];
  }
}

const expiryAndLot = (identity: LotIdentity | PackIdentity): AiValue[] => [
  element('17', formatExpiry(identity.expiry)),
  element('10', parseLot(identity.lot)),
];

function element(ai: string, value: string): AiValue {
  const definition = findAi(ai);
  if (definition === undefined) throw new InvariantError(`AI (${ai}) is not in the dictionary.`);
  return { ai, value, definition };
}

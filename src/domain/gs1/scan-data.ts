import { checkDigit, hasValidCheckDigit, isDigits } from './check-digit.js';
import { DomainError } from '../errors.js';
import { parseDigitalLink } from './digital-link.js';
import { GS, parseUnbracketed } from './element-string.js';

/** The symbologies that carry GS1 data. */
export type Symbology =
  | 'DM'
  | 'DataBarExpanded'
  | 'DataBarLimited'
  | 'DataBarOmni'
  | 'DataBarStacked'
  | 'DataBarStackedOmni'
  | 'DataBarTruncated'
  | 'DotCode'
  | 'EAN13'
  | 'EAN8'
  | 'GS1_128_CCA'
  | 'GS1_128_CCC'
  | 'NONE'
  | 'QR'
  | 'UPCA'
  | 'UPCE';

export class ScanDataError extends DomainError<'SCAN_DATA_INVALID' | 'SYMBOLOGY_UNSUPPORTED'> {
  override readonly name = 'ScanDataError';
}

/** What a scanner's output says: the symbology, and the message with `^` for FNC1 (`\^` is a plain caret in front). */
export interface ScanMessage {
  readonly symbology: Symbology;
  readonly message: string;
}

interface Identifier {
  readonly symbology: Symbology;
  readonly gs1: boolean;
}

/** ISO/IEC 15424 symbology identifiers (GS1 GenSpecs figure 5.1.2-1). */
const IDENTIFIERS: Readonly<Record<string, Identifier>> = {
  ']C1': { symbology: 'GS1_128_CCA', gs1: true },
  ']E0': { symbology: 'EAN13', gs1: false },
  ']E4': { symbology: 'EAN8', gs1: false },
  ']J0': { symbology: 'DotCode', gs1: false },
  ']J1': { symbology: 'DotCode', gs1: true },
  ']Q1': { symbology: 'QR', gs1: false },
  ']Q3': { symbology: 'QR', gs1: true },
  ']d1': { symbology: 'DM', gs1: false },
  ']d2': { symbology: 'DM', gs1: true },
  ']e0': { symbology: 'DataBarExpanded', gs1: true },
};

const COMPOSITE = '|]e0';

const invalid = (message: string): never => {
  throw new ScanDataError('SCAN_DATA_INVALID', message);
};

/**
 * Reads the output of a scanner that transmits symbology identifiers, and checks GS1 data and Digital Links within.
 * Throws ScanDataError, ElementStringError or DigitalLinkError.
 */
export function processScanData(scan: string): ScanMessage {
  const identifier = IDENTIFIERS[scan.slice(0, 3)];
  if (identifier === undefined) {
    throw new ScanDataError(
      'SYMBOLOGY_UNSUPPORTED',
      `No symbology identifier at the start of ${JSON.stringify(scan)}.`,
    );
  }
  const data = scan.slice(3);
  const { symbology, gs1 } = identifier;
  if (symbology === 'EAN13' || symbology === 'EAN8') return processRetail(symbology, data);
  if (gs1) return { symbology, message: fromGs1(data) };
  if (/^(?:https?|HTTPS?):\/\//.test(data)) parseDigitalLink(data);
  return { symbology, message: /^\\*\^/.test(data) ? `\\${data}` : data };
}

function processRetail(symbology: 'EAN13' | 'EAN8', data: string): ScanMessage {
  const length = symbology === 'EAN13' ? 13 : 8;
  const primary = data.slice(0, length);
  if (primary.length !== length || !hasValidCheckDigit(primary))
    invalid(`Expected ${length} digits, the last a check.`);
  const rest = data.slice(length);
  if (rest === '') return { symbology, message: primary };
  if (!rest.startsWith(COMPOSITE)) invalid(`Expected nothing after ${length} digits.`);
  return { symbology, message: `${primary}|${fromGs1(rest.slice(COMPOSITE.length))}` };
}

function fromGs1(data: string): string {
  if (data.includes('^')) invalid('GS1 data must not contain a caret.');
  const message = `^${data.replaceAll(GS, '^')}`;
  parseUnbracketed(message);
  return message;
}

/**
 * What a scanner transmits for a message in a symbology; the message as in ScanMessage, with `|^...` for a composite component.
 * Undefined where the symbology cannot carry the message.
 */
export function generateScanData(symbology: Symbology, message: string): string | undefined {
  switch (symbology) {
    case 'QR':
      return twoDimensional(message, ']Q1', ']Q3');
    case 'DM':
      return twoDimensional(message, ']d1', ']d2');
    case 'DotCode':
      return twoDimensional(message, ']J0', ']J1');
    case 'GS1_128_CCA':
    case 'GS1_128_CCC':
      return linear(message, ']C1');
    case 'DataBarExpanded':
      return linear(message, ']e0');
    case 'DataBarOmni':
    case 'DataBarTruncated':
    case 'DataBarStacked':
    case 'DataBarStackedOmni':
    case 'DataBarLimited':
      return dataBar(symbology, message);
    case 'EAN13':
      return retail(message, ']E0', 13, '');
    case 'EAN8':
      return retail(message, ']E4', 8, '');
    case 'UPCA':
    case 'UPCE':
      return retail(message, ']E0', 12, '0');
    case 'NONE':
      return undefined;
  }
}

const toGs1 = (message: string): string => message.slice(1).replaceAll('^', GS);

/** A composite component is a separate `^...` after `|`; undefined where it is no GS1 data. */
function composite(message: string): { readonly primary: string; readonly component: string | undefined } | undefined {
  const bar = message.indexOf('|');
  if (bar < 0) return { primary: message, component: undefined };
  const component = message.slice(bar + 1);
  return component.startsWith('^') ? { primary: message.slice(0, bar), component: toGs1(component) } : undefined;
}

function twoDimensional(message: string, plain: string, gs1: string): string {
  if (!message.startsWith('^')) return plain + (/^\\+\^/.test(message) ? message.slice(1) : message);
  return gs1 + toGs1(message.split('|', 1)[0]!);
}

function linear(message: string, alone: string): string | undefined {
  const parts = composite(message);
  if (parts === undefined || !message.startsWith('^')) return undefined;
  if (parts.component === undefined) return alone + toGs1(parts.primary);
  const separate = parseUnbracketed(parts.primary).at(-1)!.definition.fnc1;
  return `]e0${toGs1(parts.primary)}${separate ? GS : ''}${parts.component}`;
}

function withCheckDigit(digits: string, length: number): string | undefined {
  if (!isDigits(digits)) return undefined;
  if (digits.length === length - 1) return digits + checkDigit(digits);
  return digits.length === length && hasValidCheckDigit(digits) ? digits : undefined;
}

/** GS1 DataBar Limited has no room for an indicator above 1. */
function dataBar(symbology: Symbology, message: string): string | undefined {
  const parts = composite(message);
  if (parts === undefined) return undefined;
  const gtin = withCheckDigit(parts.primary.startsWith('^01') ? parts.primary.slice(3) : parts.primary, 14);
  if (gtin === undefined || (symbology === 'DataBarLimited' && gtin > '19999999999999')) return undefined;
  return `]e001${gtin}${parts.component ?? ''}`;
}

function retail(message: string, identifier: string, length: number, pad: string): string | undefined {
  const parts = composite(message);
  if (parts === undefined) return undefined;
  const zeros = '^01'.padEnd(17 - length, '0');
  const digits = parts.primary.startsWith(zeros) ? parts.primary.slice(zeros.length) : parts.primary;
  const primary = withCheckDigit(digits, length);
  if (primary === undefined) return undefined;
  return identifier + pad + primary + (parts.component === undefined ? '' : COMPOSITE + parts.component);
}

import { hasValidCheckDigit, isDigits } from '../check-digit.js';
import { GS } from '../element-string.js';

/** The parts of a scan that holds several codes, and whether they show that they belong together. */
export interface GluedParts {
  readonly parts: readonly string[];
  /** True when the parts repeat each other's key. */
  readonly sure: boolean;
}

const IDENTIFIER_WITHIN = /(?!^)(?=\](?:d[12]|C1|Q[13]|e0|E[04]|J[01]))/;

/** Finds where a second scan begins in the text; empty when it looks like one code. */
export function gluedParts(text: string): readonly GluedParts[] {
  const found = [doubled(text), ...atBreaks(text), retailFirst(text), ...retailLast(text)];
  return found.filter((one) => one !== undefined);
}

function doubled(text: string): GluedParts | undefined {
  const half = text.length / 2;
  const isEven = Number.isInteger(half);
  const first = text.slice(0, Math.floor(half));
  const second = text.slice(Math.ceil(half));
  const between = isEven ? '' : text[Math.floor(half)]!;
  const joint = between === '' || between === GS || /\s/.test(between);
  return first.length >= 8 && first === second && joint ? { parts: [first], sure: true } : undefined;
}

function atBreaks(text: string): readonly GluedParts[] {
  if (!/[\r\n\t]|(?!^)\]/.test(text)) return [];
  const lines = text.split(/[\r\n\t]+/).filter((part) => part !== '');
  const codes = text.split(IDENTIFIER_WITHIN);
  return [lines, codes]
    .filter((parts) => parts.length > 1)
    .map((parts) => ({ parts: [...new Set(parts)], sure: new Set(parts).size === 1 }));
}

/** A retail barcode in front of the DataMatrix: its digits are the GTIN of what follows, or the only GTIN there is. */
function retailFirst(text: string): GluedParts | undefined {
  if (!isDigits(text.slice(0, 8))) return undefined;
  const startsWithGtin = text.startsWith('01') && hasValidCheckDigit(text.slice(2, 16));
  for (const length of [13, 14, 12, 8]) {
    const digits = text.slice(0, length);
    const rest = text.slice(length).replace(/^(?:\][A-Za-z]\d|\u001d)+/, '');
    if (digits.length < length || rest.length < 3 || !hasValidCheckDigit(digits)) continue;
    const gtin = digits.padStart(14, '0');
    if (rest.startsWith(`01${gtin}`) || rest.startsWith(`(01)${gtin}`)) return { parts: [rest], sure: true };
    if (!startsWithGtin && /^(?:10|17|21)/.test(rest)) return { parts: [`01${gtin}${rest}`], sure: false };
  }
  return undefined;
}

/**
 * A retail barcode behind the DataMatrix, in its last field. Where that ends in a zero it cannot be told how many digits the
 * barcode has, so there may be several.
 */
function retailLast(text: string): readonly GluedParts[] {
  if (!isDigits(text.slice(-8))) return [];
  const gtin = /^(?:\][A-Za-z]\d)?01(\d{14})./.exec(text)?.[1];
  if (gtin === undefined) return [];
  const key = `01${gtin}`;
  const body = text.slice(text.indexOf(key) + key.length);
  return [gtin, gtin.slice(1), gtin.slice(2), gtin.slice(6)]
    .filter((digits) => /^0*$/.test(gtin.slice(0, 14 - digits.length)))
    .filter((digits) => body.length > digits.length && body.endsWith(digits))
    .map((digits) => ({ parts: [text.slice(0, -digits.length)], sure: true }));
}

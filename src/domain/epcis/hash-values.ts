import { DomainError } from '../errors.js';
import { parseDateTime } from './date-time.js';
import { canonicalIdentifier, isPlainCanonicalLink } from './identifiers.js';

/** An event that cannot be hashed because a field has no defined pre-hash form. Validated events always have one. */
export class EventNotHashableError extends DomainError<'EVENT_NOT_HASHABLE'> {
  override readonly name = 'EventNotHashableError';
}

/** Refuses to hash `field`. */
export function notHashable(field: string, expected: string, got: unknown): never {
  const shown = JSON.stringify(got) ?? typeof got;
  throw new EventNotHashableError('EVENT_NOT_HASHABLE', `${field} must be ${expected}, but is ${shown}.`, {
    field,
    expected,
  });
}

/** A date-time in UTC with exactly three decimals and `Z`, as the pre-hash string carries it. */
export function utcTime(field: string, value: unknown): string {
  const instant = typeof value === 'string' ? parseDateTime(value.trim()) : NaN;
  if (Number.isNaN(instant)) notHashable(field, 'an ISO 8601 date-time with an offset', value);
  return new Date(instant).toISOString();
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The shortest plain decimal text of a number: no exponent, no `+`, no needless zeros, no point without decimals. Text that
 * is not a number comes back as it is. Works on digits, so it loses none (CBV 2.0 §8.9.4).
 */
export function plainDecimal(text: string): string {
  const match = DECIMAL.exec(text);
  if (match === null) return text;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return text;
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction)
    .padEnd(point, '0')
    .padStart(whole.length + fraction.length - Math.min(point, 0), '0');
  const at = Math.max(point, 0);
  const integer = digits.slice(0, at).replace(/^0+/, '') || '0';
  const decimals = digits.slice(at).replace(/0+$/, '');
  const plain = decimals === '' ? integer : `${integer}.${decimals}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}

/** A JSON number or numeric text as plain decimal text. */
export function numberText(field: string, value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return plainDecimal(String(value));
  return typeof value === 'string' ? plainDecimal(value.trim()) : notHashable(field, 'a number', value);
}

/**
 * An identifier as it is hashed: an EPC URN or a Digital Link of any host becomes the canonical Digital Link, anything else
 * stays. The published vectors leave an apostrophe bare, which our canonical form escapes.
 */
export function hashedIdentifier(text: string): string {
  if (isPlainCanonicalLink(text)) return text;
  const canonical = canonicalIdentifier(text) ?? text;
  return canonical.includes('%27') ? canonical.replaceAll('%27', "'") : canonical;
}

const SURROGATE = /[\uD800-\uDFFF]/;

/** Sorts by the UTF-8 bytes, in place. UTF-16 order, the order of `sort()`, differs only where surrogates occur. */
export function sortByUtf8(texts: string[]): string[] {
  if (texts.length < 2) return texts;
  return texts.some((text) => SURROGATE.test(text)) ? texts.sort(compareUtf8) : texts.sort();
}

function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

// A surrogate stands for a code point above U+FFFF, so it ranks after U+E000 to U+FFFF.
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

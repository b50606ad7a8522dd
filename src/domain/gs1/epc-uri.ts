import { DomainError } from '../errors.js';
import { checkDigit } from './check-digit.js';
import { CANONICAL_STEM } from './epc.js';
import { EPC_SCHEMES, type EpcScheme } from './epc-schemes.js';

export class EpcUriError extends DomainError<'EPC_URI_INVALID'> {
  override readonly name = 'EpcUriError';
}

const PREFIX_SHORTEST = 6;
const PREFIX_LONGEST = 12;

/** A GS1 key between its two spellings: `key` as in the Digital Link, without check digit, pieces and serial. */
interface Parsed {
  readonly scheme: EpcScheme;
  /** Company prefix and reference as the URN has them, the leading digit still in the reference. */
  readonly prefix: string;
  readonly reference: string;
  readonly pieces: string;
  /** Undefined for a class. */
  readonly serial?: string;
}

interface UrnPattern {
  readonly scheme: EpcScheme;
  readonly isClass: boolean;
  readonly expression: RegExp;
}

function urnPatterns(scheme: EpcScheme): readonly UrnPattern[] {
  const reference = scheme.reference ?? '\\d*';
  const pieces = scheme.pieces ? '\\.(\\d{2})\\.(\\d{2})' : '()()';
  const head = (form: string): string => `^urn:epc:${form}:${scheme.name}:(\\d{6,12})\\.(${reference})${pieces}`;
  const serial = scheme.serial === undefined ? '()' : `\\.(${scheme.serial.expression})`;
  const patterns = [{ scheme, isClass: false, expression: new RegExp(`${head(scheme.form)}${serial}$`) }];
  if (scheme.pattern) patterns.push({ scheme, isClass: true, expression: new RegExp(`${head('idpat')}\\.\\*()$`) });
  return patterns;
}

const URN_PATTERNS = new Map<string, readonly UrnPattern[]>(EPC_SCHEMES.map((one) => [one.name, urnPatterns(one)]));

function readUrn(urn: string): Parsed | undefined {
  const name = urn.split(':', 4)[3] ?? '';
  for (const { scheme, isClass, expression } of URN_PATTERNS.get(name) ?? []) {
    const match = expression.exec(urn);
    if (match === null) continue;
    const [, prefix, reference, piece, total, serial] = match as unknown as readonly string[];
    const parsed = { scheme, prefix: prefix!, reference: reference!, pieces: `${piece}${total}` };
    const empty = reference === '' && (scheme.leading || (scheme.digits === undefined && !isClass));
    if (empty || !fitsKey(parsed)) continue;
    return isClass ? parsed : { ...parsed, serial: serial! };
  }
  return undefined;
}

function fitsKey({ scheme, prefix, reference }: Parsed): boolean {
  const length = prefix.length + reference.length;
  return scheme.digits === undefined ? length <= scheme.longest! : length === scheme.digits;
}

function keyOf({ scheme, prefix, reference, pieces }: Parsed): string {
  const body = scheme.leading ? reference[0]! + prefix + reference.slice(1) : prefix + reference;
  const check = scheme.checkDigit ? checkDigit(body) : '';
  return scheme.filler + body + check + pieces;
}

/** Key and qualifier of a Digital Link, the values as the URN spells them. */
export interface EpcLink {
  readonly ai: string;
  readonly key: string;
  readonly qualifier?: { readonly ai: string; readonly value: string };
}

/** Reads an EPC URN into the parts of its Digital Link, without decoding; undefined when it is no URN of a GS1 key. */
export function readEpcUrn(urn: string): EpcLink | undefined {
  const parsed = readUrn(urn);
  if (parsed === undefined) return undefined;
  const { scheme, serial } = parsed;
  const key = keyOf(parsed);
  if (serial === undefined || scheme.serial === undefined || serial === scheme.serial.none)
    return { ai: scheme.ai, key };
  if (scheme.serial.ai === undefined) return { ai: scheme.ai, key: key + serial };
  return { ai: scheme.ai, key, qualifier: { ai: scheme.serial.ai, value: serial } };
}

/**
 * Writes an EPC URN as a Digital Link on https://id.gs1.org, the serial spelt as it was. For one spelling of every identifier
 * see `canonicalDigitalLink`. Throws EpcUriError.
 */
export function urnToDigitalLink(urn: string): string {
  const link = readEpcUrn(urn);
  if (link === undefined) throw invalid(urn, 'an EPC URN of a GS1 key');
  const path = `${CANONICAL_STEM}/${link.ai}/${link.key}`;
  return link.qualifier === undefined ? path : `${path}/${link.qualifier.ai}/${link.qualifier.value}`;
}

const invalid = (uri: string, expected: string): EpcUriError =>
  new EpcUriError('EPC_URI_INVALID', `Expected ${expected}; this is ${JSON.stringify(uri)}.`, { uri });

interface LinkPattern {
  readonly scheme: EpcScheme;
  readonly isClass: boolean;
  readonly expression: RegExp;
}

function linkPatterns(scheme: EpcScheme): readonly LinkPattern[] {
  const body =
    scheme.digits === undefined ? `(\\d{6}${scheme.reference!})` : `${scheme.filler}(\\d{${scheme.digits}})\\d`;
  const start = '^https?://.+?';
  const key = `/${scheme.ai}/${body}${scheme.pieces ? '(\\d{2})(\\d{2})' : '()()'}`;
  const alone = scheme.serial?.ai === undefined ? '' : `(?!.*/${scheme.serial.ai}/)`;
  const isClass = scheme.serial !== undefined && scheme.serial.none === undefined;
  const bare = { scheme, isClass, expression: new RegExp(`${start}${alone}${key}()$`) };
  if (scheme.serial === undefined) return [bare];
  const separator = scheme.serial.ai === undefined ? '' : `/${scheme.serial.ai}/`;
  const instance = {
    scheme,
    isClass: false,
    expression: new RegExp(`${start}${key}${separator}(${scheme.serial.expression})$`),
  };
  return scheme.pattern || scheme.serial.none !== undefined ? [instance, bare] : [instance];
}

const LINK_PATTERNS: readonly LinkPattern[] = EPC_SCHEMES.flatMap(linkPatterns);

function readLink(link: string, prefixLength: number): Parsed | undefined {
  for (const { scheme, isClass, expression } of LINK_PATTERNS) {
    const match = expression.exec(link);
    if (match === null) continue;
    const [, body, piece, total, serial] = match as unknown as readonly string[];
    const parts = splitBody(scheme, body!, prefixLength);
    if (parts === undefined) continue;
    const parsed = { scheme, ...parts, pieces: `${piece}${total}` };
    return isClass ? parsed : { ...parsed, serial: serial === '' ? (scheme.serial?.none ?? '') : serial! };
  }
  return undefined;
}

function splitBody(scheme: EpcScheme, body: string, length: number): { prefix: string; reference: string } | undefined {
  if (scheme.digits !== undefined) {
    const shift = scheme.leading ? 1 : 0;
    const prefix = body.slice(shift, shift + length);
    return { prefix, reference: body.slice(0, shift) + body.slice(shift + length) };
  }
  if (body.length < length) return undefined;
  if (scheme.textStart === 'prefix' && !/^\d+$/.test(body.slice(0, length))) return undefined;
  return { prefix: body.slice(0, length), reference: body.slice(length) };
}

const goodPrefixLength = (length: number): boolean => length >= PREFIX_SHORTEST && length <= PREFIX_LONGEST;

/**
 * Writes a Digital Link of any host as an EPC URN. Only who knows how many digits the company prefix has can do this; the number
 * is 6 to 12. Throws EpcUriError.
 */
export function digitalLinkToUrn(link: string, prefixLength: number): string {
  const parsed = goodPrefixLength(prefixLength) ? readLink(link, prefixLength) : undefined;
  if (parsed === undefined) throw invalid(link, `a Digital Link with a company prefix of ${prefixLength} digits`);
  const { scheme, prefix, reference, pieces, serial } = parsed;
  const piecesText = scheme.pieces ? `.${pieces.slice(0, 2)}.${pieces.slice(2)}` : '';
  const head = `${scheme.name}:${prefix}.${reference}${piecesText}`;
  if (serial === undefined) return `urn:epc:idpat:${head}.*`;
  return `urn:epc:${scheme.form}:${head}${scheme.serial === undefined ? '' : `.${serial}`}`;
}

/**
 * True for an EPC URN of a GS1 key, or a Digital Link that becomes one with a company prefix of that many digits. Lengths and
 * characters are checked, check digits are not.
 */
export function isEpcUri(uri: string, prefixLength?: number): boolean {
  if (uri.startsWith('urn:')) return readUrn(uri) !== undefined;
  if (prefixLength === undefined || !goodPrefixLength(prefixLength)) return false;
  const parsed = readLink(uri, prefixLength);
  return parsed !== undefined && fitsKey(parsed);
}

import { checkDigit, hasValidCheckDigit, isDigits } from './check-digit.js';
import { isGln } from './gln.js';
import { isGtin } from './gtin.js';
import { isSscc } from './sscc.js';
import { percentDecode, percentEncode } from './percent.js';

/** What an EPC, in whichever form it came, identifies. `other` is anything that the custody rules do not look into. */
export type Epc =
  | { readonly kind: 'sgtin'; readonly gtin: string; readonly serial: string }
  | { readonly kind: 'lgtin'; readonly gtin: string; readonly lot: string }
  | { readonly kind: 'gtin'; readonly gtin: string }
  | { readonly kind: 'sscc'; readonly sscc: string }
  | { readonly kind: 'sgln'; readonly gln: string; readonly extension?: string }
  | { readonly kind: 'pgln'; readonly gln: string }
  | { readonly kind: 'other'; readonly uri: string };

/** The host of the canonical form (GS1 Digital Link URI syntax, canonical URIs). */
export const CANONICAL_STEM = 'https://id.gs1.org';

/** Canonical Digital Link of one pack: `gtin` of 14 digits, `serial` as printed. Checks nothing. */
export const sgtinUri = (gtin: string, serial: string): string =>
  `${CANONICAL_STEM}/01/${gtin}/21/${percentEncode(serial)}`;
/** Canonical Digital Link of a lot of a GTIN. Checks nothing. */
export const lgtinUri = (gtin: string, lot: string): string => `${CANONICAL_STEM}/01/${gtin}/10/${percentEncode(lot)}`;
/** Canonical Digital Link of a product. Checks nothing. */
export const gtinUri = (gtin: string): string => `${CANONICAL_STEM}/01/${gtin}`;
/** Canonical Digital Link of a container. Checks nothing. */
export const ssccUri = (sscc: string): string => `${CANONICAL_STEM}/00/${sscc}`;
/** Canonical Digital Link of a place, with its extension if it has one. Checks nothing. */
export const sglnUri = (gln: string, extension?: string): string =>
  `${CANONICAL_STEM}/414/${gln}${extension === undefined ? '' : `/254/${percentEncode(extension)}`}`;
/** Canonical Digital Link of a party. Checks nothing. */
export const pglnUri = (gln: string): string => `${CANONICAL_STEM}/417/${gln}`;

/** The canonical Digital Link of what `parseEpc` read. */
export function epcUri(epc: Epc): string {
  switch (epc.kind) {
    case 'sgtin':
      return sgtinUri(epc.gtin, epc.serial);
    case 'lgtin':
      return lgtinUri(epc.gtin, epc.lot);
    case 'gtin':
      return gtinUri(epc.gtin);
    case 'sscc':
      return ssccUri(epc.sscc);
    case 'sgln':
      return sglnUri(epc.gln, epc.extension);
    case 'pgln':
      return pglnUri(epc.gln);
    case 'other':
      return epc.uri;
  }
}

/**
 * Reads an uncompressed GS1 Digital Link of any host, or an EPC URN, of the six kinds that custody works on. Never throws:
 * what it does not know, or whose check digit is wrong, is `other`. Query and fragment are ignored, a variant (22) is dropped,
 * and a serial number outranks a lot, as in the CBV 2.0 canonical form (8.9).
 */
export function parseEpc(uri: string): Epc {
  return (uri.startsWith('urn:') ? parseUrn(uri) : parseLink(uri)) ?? { kind: 'other', uri };
}

function parseLink(uri: string): Epc | undefined {
  const scheme = uri.indexOf('://');
  if (scheme < 0) return undefined;
  const pathStart = uri.indexOf('/', scheme + 3);
  if (pathStart < 0) return undefined;
  const parts = uri.slice(pathStart + 1, endOfPath(uri, pathStart)).split('/');
  for (let at = parts.length - 2; at >= 0; at--) {
    const key = parts[at];
    if (key === '01') return gtinKey(parts, at);
    if (key === '00') return at === parts.length - 2 ? ssccKey(parts[at + 1]!) : undefined;
    if (key === '414') return placeKey(parts, at);
    if (key === '417') return at === parts.length - 2 && isGln(parts[at + 1]!) ? party(parts[at + 1]!) : undefined;
  }
  return undefined;
}

function endOfPath(uri: string, from: number): number {
  for (let i = from; i < uri.length; i++) {
    const code = uri.charCodeAt(i);
    if (code === 63 || code === 35) return i;
  }
  return uri.length;
}

const party = (gln: string): Epc => ({ kind: 'pgln', gln });
const ssccKey = (sscc: string): Epc | undefined => (isSscc(sscc) ? { kind: 'sscc', sscc } : undefined);

function gtinKey(parts: readonly string[], at: number): Epc | undefined {
  const digits = parts[at + 1]!;
  const gtin = digits.length === 14 ? digits : digits.padStart(14, '0');
  if (!isGtin(gtin) || (digits.length !== 14 && ![8, 12, 13].includes(digits.length))) return undefined;
  let lot: string | undefined;
  for (let i = at + 2; i < parts.length; i += 2) {
    const value = parts[i + 1];
    if (value === undefined || value === '') return undefined;
    if (parts[i] === '21') return i + 2 === parts.length ? serialised(gtin, percentDecode(value)) : undefined;
    if (parts[i] === '10') lot = percentDecode(value);
    else if (parts[i] !== '22') return undefined;
  }
  return lot === undefined ? { kind: 'gtin', gtin } : { kind: 'lgtin', gtin, lot };
}

const serialised = (gtin: string, serial: string): Epc => ({ kind: 'sgtin', gtin, serial });

function placeKey(parts: readonly string[], at: number): Epc | undefined {
  const gln = parts[at + 1]!;
  if (!isGln(gln)) return undefined;
  if (parts.length === at + 2) return { kind: 'sgln', gln };
  const extension = parts[at + 3];
  if (parts.length !== at + 4 || parts[at + 2] !== '254' || !extension) return undefined;
  return { kind: 'sgln', gln, extension: percentDecode(extension) };
}

function parseUrn(urn: string): Epc | undefined {
  const typeStart = urn.startsWith('urn:epc:id:') ? 11 : 14;
  if (typeStart === 14 && !urn.startsWith('urn:epc:class:') && !urn.startsWith('urn:epc:idpat:')) return undefined;
  const colon = urn.indexOf(':', typeStart);
  if (colon < 0) return undefined;
  const first = urn.indexOf('.', colon);
  if (first < 0) return undefined;
  const second = urn.indexOf('.', first + 1);
  const prefix = urn.slice(colon + 1, first);
  const reference = second < 0 ? urn.slice(first + 1) : urn.slice(first + 1, second);
  const rest = second < 0 ? undefined : urn.slice(second + 1);
  return fromUrn(urn.slice(8, colon), prefix, reference, rest);
}

function fromUrn(type: string, prefix: string, reference: string, rest: string | undefined): Epc | undefined {
  if (!isDigits(prefix)) return undefined;
  switch (type) {
    case 'id:sgtin':
      return withGtin(prefix, reference, (gtin) => (rest ? serialised(gtin, percentDecode(rest)) : undefined));
    case 'class:lgtin':
      return withGtin(prefix, reference, (gtin) =>
        rest ? { kind: 'lgtin', gtin, lot: percentDecode(rest) } : undefined,
      );
    case 'idpat:sgtin':
      return withGtin(prefix, reference, (gtin) => (rest === '*' ? { kind: 'gtin', gtin } : undefined));
    case 'id:sscc':
      return rest === undefined ? ssccKey(keyOf(reference[0] + prefix + reference.slice(1), 17) ?? '') : undefined;
    case 'id:sgln':
      return withGln(prefix, reference, (gln) => sgln(gln, rest));
    case 'id:pgln':
      return withGln(prefix, reference, (gln) => (rest === undefined ? party(gln) : undefined));
    default:
      return undefined;
  }
}

// TDS 6.3.3: the extension 0 of an SGLN URN says that there is none.
function sgln(gln: string, extension: string | undefined): Epc | undefined {
  if (!extension) return undefined;
  return extension === '0' ? { kind: 'sgln', gln } : { kind: 'sgln', gln, extension: percentDecode(extension) };
}

function keyOf(body: string, length: number): string | undefined {
  const full = body.length === length && isDigits(body) ? body + checkDigit(body) : undefined;
  return full !== undefined && hasValidCheckDigit(full) ? full : undefined;
}

function withGtin(prefix: string, reference: string, then: (gtin: string) => Epc | undefined): Epc | undefined {
  const gtin = reference === '' ? undefined : keyOf(reference[0] + prefix + reference.slice(1), 13);
  return gtin === undefined ? undefined : then(gtin);
}

function withGln(prefix: string, reference: string, then: (gln: string) => Epc | undefined): Epc | undefined {
  const gln = keyOf(prefix + reference, 12);
  return gln === undefined ? undefined : then(gln);
}

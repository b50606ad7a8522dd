import { hasValidCheckDigit } from '../gs1/check-digit.js';
import { epcUri, parseEpc } from '../gs1/epc.js';

const STEM_LENGTH = 'https://id.gs1.org/'.length;

/** Keys whose values need no percent-encoding: nearly every identifier of a long EPC list. */
const PLAIN_CANONICAL =
  /^https:\/\/id\.gs1\.org\/(?:01\/\d{14}(?:\/(?:21|10)\/[\w.~-]+)?|00\/\d{18}|414\/\d{13}(?:\/254\/[\w.~-]+)?|417\/\d{13})$/;

/**
 * True for a canonical GS1 Digital Link of a pack, lot, product, container, place or party whose serial, lot or extension
 * has only ASCII letters, digits and `-._~`. Check digits are not looked at.
 */
export const isPlainCanonicalLink = (text: string): boolean => PLAIN_CANONICAL.test(text);

/** The canonical Digital Link of an EPC URN or a Digital Link of any host; undefined for every other URI. */
export function canonicalIdentifier(text: string): string | undefined {
  if (!text.startsWith('urn:epc:') && !text.startsWith('http')) return undefined;
  const epc = parseEpc(text);
  return epc.kind === 'other' ? undefined : epcUri(epc);
}

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/;

/** True for an absolute URI, a prefixed name included (RFC 3986 §3; white space and delimiters must be escaped). */
export const isUri = (text: string): boolean => URI.test(text);

/** What is wrong with an identifier; undefined where nothing is. */
export type IdentifierFault = 'URI_INVALID' | 'EPC_INVALID' | 'CHECK_DIGIT_WRONG';

const KEYED_LINK =
  /^https?:\/\/[^/?#]+\/(?:[^?#]*\/)?(?:(?:01|gtin)\/(\d{8}|\d{12,14})|(?:00|sscc)\/(\d{18})|(?:414|417|gln|party)\/(\d{13}))(?=[/?#]|$)/;

/**
 * Checks an identifier: a URI; where it is an EPC URN or a link on id.gs1.org, one that GS1 defines; check digits right.
 * URIs of other owners pass.
 */
export function identifierFault(text: string): IdentifierFault | undefined {
  if (PLAIN_CANONICAL.test(text)) {
    return hasValidCheckDigit(plainKey(text)) ? undefined : 'CHECK_DIGIT_WRONG';
  }
  if (!URI.test(text)) return 'URI_INVALID';
  if (canonicalIdentifier(text) !== undefined) return undefined;
  if (text.startsWith('urn:epc:')) return 'EPC_INVALID';
  const key = KEYED_LINK.exec(text);
  if (key !== null && !hasValidCheckDigit(key[1] ?? key[2] ?? key[3] ?? '')) return 'CHECK_DIGIT_WRONG';
  return /^https?:\/\/id\.gs1\.org\//.test(text) ? 'EPC_INVALID' : undefined;
}

function plainKey(link: string): string {
  const start = link.indexOf('/', STEM_LENGTH) + 1;
  const end = link.indexOf('/', start);
  return end < 0 ? link.slice(start) : link.slice(start, end);
}

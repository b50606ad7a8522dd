import { canonicalDigitalLink } from '../gs1/canonical.js';
import { hasValidCheckDigit } from '../gs1/check-digit.js';

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
  return text.startsWith('urn:epc:') || text.startsWith('http') ? canonicalDigitalLink(text) : undefined;
}

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/;

/** True for an absolute URI, a prefixed name included (RFC 3986 §3; white space and delimiters must be escaped). */
export const isUri = (text: string): boolean => URI.test(text);

/** What is wrong with an identifier; undefined where nothing is. */
export type IdentifierFault = 'URI_INVALID' | 'EPC_INVALID' | 'CHECK_DIGIT_WRONG';

/** How many digits of a key its check digit closes; a serial or pieces may follow. The other keys have none. */
const CHECKED_DIGITS: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '253': 13,
  '255': 13,
  '402': 17,
  '414': 13,
  '417': 13,
  '8003': 14,
  '8006': 14,
  '8017': 18,
  '8018': 18,
};

/** A pack, product, container, place or party. */
const CUSTODY_LINK = /^https:\/\/id\.gs1\.org\/(?:0[01]|41[47])\//;

/**
 * Checks an identifier: a URI; where it is an EPC URN or a link on id.gs1.org, one that GS1 defines; check digits right.
 * URIs of other owners pass, also where their paths happen to look like a key that custody does not work on.
 */
export function identifierFault(text: string): IdentifierFault | undefined {
  if (PLAIN_CANONICAL.test(text)) return checkDigitFault(text);
  if (!URI.test(text)) return 'URI_INVALID';
  const canonical = canonicalIdentifier(text);
  const declared = /^(?:urn:epc:|https?:\/\/id\.gs1\.org\/)/.test(text);
  if (canonical === undefined) return declared ? 'EPC_INVALID' : undefined;
  return declared || CUSTODY_LINK.test(canonical) ? checkDigitFault(canonical) : undefined;
}

function checkDigitFault(canonical: string): IdentifierFault | undefined {
  const keyStart = canonical.indexOf('/', STEM_LENGTH) + 1;
  const digits = CHECKED_DIGITS[canonical.slice(STEM_LENGTH, keyStart - 1)];
  if (digits === undefined || hasValidCheckDigit(canonical.slice(keyStart, keyStart + digits))) return undefined;
  return 'CHECK_DIGIT_WRONG';
}

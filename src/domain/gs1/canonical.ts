import { findAi, hasAiFormat } from './application-identifier.js';
import { CONVENIENCE_ALPHAS } from './convenience-alphas.js';
import { CANONICAL_STEM } from './epc.js';
import { readEpcUrn } from './epc-uri.js';
import { isKeyPath } from './key-path.js';
import { percentDecode, percentEncode } from './percent.js';

/** The qualifiers that stay in the canonical form, the first that is there winning (CBV 2.0, section 8.9.1). */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  '01': ['21', '10', '235'],
  '414': ['254'],
  '8006': ['21', '10'],
  '8010': ['8011'],
};

/** The keys that identify what an event is about. */
const KEYS = new Set([
  '00',
  '01',
  '253',
  '255',
  '401',
  '402',
  '414',
  '417',
  '8003',
  '8004',
  '8006',
  '8010',
  '8017',
  '8018',
]);

type Pair = readonly [ai: string, value: string];

/**
 * The one spelling of an identifier that events are compared and hashed by: any EPC URN or Digital Link of a GS1 key, on
 * https://id.gs1.org, GTINs in 14 digits, at most one qualifier, percent-encoded throughout, without query. Undefined for
 * anything else. Lengths and characters are checked, check digits are not.
 */
export function canonicalDigitalLink(uri: string): string | undefined {
  const pairs = uri.startsWith('urn:') ? urnPairs(uri) : linkPairs(uri);
  if (pairs === undefined || !pairs.every(hasFormat)) return undefined;
  return CANONICAL_STEM + pairs.map(([ai, value]) => `/${ai}/${percentEncode(value)}`).join('');
}

function hasFormat([ai, value]: Pair): boolean {
  const definition = findAi(ai);
  return definition !== undefined && hasAiFormat(definition, value);
}

function urnPairs(urn: string): readonly Pair[] | undefined {
  const link = readEpcUrn(urn);
  if (link === undefined) return undefined;
  const key: Pair = [link.ai, percentDecode(link.key)];
  return link.qualifier === undefined ? [key] : [key, [link.qualifier.ai, percentDecode(link.qualifier.value)]];
}

function linkPairs(uri: string): readonly Pair[] | undefined {
  const match = /^https?:\/\/[^/?#]+(\/[^?#]*)/i.exec(uri);
  if (match === null) return undefined;
  const segments = match[1]!.slice(1).split('/');
  const pairs: Pair[] = [];
  for (let at = segments.length - 2; at >= 0; at -= 2) {
    const ai = CONVENIENCE_ALPHAS.get(segments[at]!) ?? segments[at]!;
    pairs.unshift([ai, percentDecode(segments[at + 1]!)]);
    if (KEYS.has(ai)) return isKeyPath(pairs.map(([name]) => name)) ? keptPairs(pairs) : undefined;
  }
  return undefined;
}

function keptPairs(pairs: readonly Pair[]): readonly Pair[] {
  const [ai, value] = pairs[0]!;
  const key: Pair = ai === '01' && [8, 12, 13].includes(value.length) ? [ai, value.padStart(14, '0')] : [ai, value];
  for (const kept of KEPT[ai] ?? []) {
    const qualifier = pairs.find(([name]) => name === kept);
    if (qualifier !== undefined) return [key, qualifier];
  }
  return [key];
}

import { canonicalIdentifier } from '../identifiers.js';
import { comparable, MANY_GTINS, term } from './terms.js';

/** One value of a `MATCH_` parameter (EPCIS 2.0 §8.2.7.1.1): an EPC, a class or a pattern. */
export interface EpcMatch {
  /** Whether a canonical identifier is meant. */
  readonly fits: (canonical: string) => boolean;
  /** The canonical EPC where only that one is meant. */
  readonly epc?: string;
  /** The GTIN where only objects of one product are meant. */
  readonly gtin?: string;
}

const PATTERN = /^urn:epc:idpat:([a-z]+):([^*]*?)\.?((?:\*)(?:\.\*)*)$/;

/** By scheme: the key of its Digital Link, and how many digits stand before the company prefix in it. */
const KEYS: Readonly<Record<string, readonly [key: string, before: number]>> = {
  sgtin: ['01', 1],
  sscc: ['00', 1],
  sgln: ['414', 0],
  pgln: ['417', 0],
  grai: ['8003', 1],
  giai: ['8004', 0],
  gsrn: ['8018', 0],
  gsrnp: ['8017', 0],
  gdti: ['253', 0],
  sgcn: ['255', 0],
  cpi: ['8010', 0],
  ginc: ['401', 0],
  gsin: ['402', 0],
  itip: ['8006', 1],
  upui: ['01', 1],
};

const CLASS = /^https:\/\/id\.gs1\.org\/01\/(\d{14})$/;
const LOT = /^https:\/\/id\.gs1\.org\/01\/(\d{14})\/10\//;

/** Reads a value of `MATCH_`; undefined for a pattern that none of the schemes has. */
export function epcMatch(value: string): EpcMatch | undefined {
  const pattern = PATTERN.exec(value);
  if (pattern !== null) return patternMatch(pattern as unknown as readonly [string, string, string, string], value);
  if (value.includes('*') && value.startsWith('urn:epc:idpat:')) return undefined;
  const canonical = comparable(value);
  const [, gtin] = CLASS.exec(canonical) ?? [];
  if (gtin !== undefined) return ofKey(canonical, gtin);
  const [, lotOf] = LOT.exec(canonical) ?? [];
  return { fits: (id) => id === canonical, epc: canonical, ...(lotOf !== undefined && { gtin: lotOf }) };
}

function patternMatch(
  [, scheme, fixed, stars]: readonly [string, string, string, string],
  value: string,
): EpcMatch | undefined {
  const key = KEYS[scheme];
  if (key === undefined) return undefined;
  const stem = `https://id.gs1.org/${key[0]}/`;
  if (fixed === '') return { fits: (id) => id.startsWith(stem) };
  // All but the last component are fixed: a class, which has a canonical form.
  const whole = stars === '*' ? canonicalIdentifier(value) : undefined;
  if (whole !== undefined) return ofKey(whole, CLASS.exec(whole)?.[1]);
  if (!/^\d+$/.test(fixed)) return undefined;
  const from = stem.length + key[1];
  return { fits: (id) => id.startsWith(stem) && id.startsWith(fixed, from) };
}

const ofKey = (canonical: string, gtin: string | undefined): EpcMatch => ({
  fits: (id) => id === canonical || id.startsWith(`${canonical}/`),
  ...(gtin !== undefined && { gtin }),
});

/** Where an index finds the events that name one of the values. */
export function lookupOf(matches: readonly EpcMatch[]) {
  const epcs = matches.flatMap(({ epc }) => (epc === undefined ? [] : [epc]));
  if (epcs.length === matches.length) return { by: 'epcs' as const, any: epcs };
  const gtins = matches.flatMap(({ gtin }) => (gtin === undefined ? [] : [gtin]));
  if (gtins.length < matches.length) return undefined;
  return { by: 'terms' as const, any: [...gtins.map(term.gtin), MANY_GTINS] };
}

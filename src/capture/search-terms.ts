import { termsOf } from '../domain/epcis/query/terms.js';
import { epcIndexKey } from './seal.js';

/** Keys of terms that were hashed before: most terms of most events are the same few. */
const known = new Map<string, string>();
const MOST_KNOWN = 20_000;

/** Under what the index of events has a term: as an EPC in the EPC index, the first 8 bytes of its SHA-256, signed. */
export function termKey(term: string): string {
  const found = known.get(term);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const key = epcIndexKey(term);
  known.set(term, key);
  return key;
}

/** The term of an organisation that captured an event or is named in it. */
export const partyTerm = (organisation: number): string => `party ${organisation}`;

/** Keys of all terms of an event, as an array in PostgreSQL's text form. */
export const searchKeys = (event: object, parties: Iterable<number>): string =>
  `{${[...new Set([...termsOf(event), ...[...parties].map(partyTerm)].map(termKey))].join(',')}}`;

import { canonicalJson } from '../json/jcs.js';
import { namespacesOf, type Namespaces } from './context.js';
import { parseDateTime } from './date-time.js';
import { parseEpc } from '../gs1/epc.js';
import { canonicalIdentifier } from './identifiers.js';
import { toBareWord, type VocabularyName } from './vocabulary.js';

/** Set by a repository, or about the event rather than of it. */
const NOT_CONTENT = new Set(['@context', 'eventID', 'recordTime']);

/** Fields whose values are words of a vocabulary, wherever they stand. */
const WORDS: Readonly<Record<string, VocabularyName>> = {
  bizStep: 'bizStep',
  disposition: 'disposition',
  set: 'disposition',
  unset: 'disposition',
  reason: 'errorReason',
};
const TIMES = new Set(['eventTime', 'declarationTime', 'time', 'startTime', 'endTime']);

/**
 * The content of an event in its one spelling, as canonical JSON: everything that it says but eventID and recordTime. Other
 * spellings of the same (an EPC as URN or link, a CBV word, a prefix, a time, a number as text) come out alike; what the CBV
 * hash leaves out (a query in a link, leading zeros of a lot, an error declaration) counts.
 */
export function contentOf(event: object): string {
  const fields = event as Readonly<Record<string, unknown>>;
  const namespaces = namespacesOf(fields['@context']);
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!NOT_CONTENT.has(name)) out[expanded(name, namespaces)] = spelled(name, value, namespaces);
  }
  return canonicalJson(out);
}

function spelled(name: string, value: unknown, namespaces: Namespaces): unknown {
  if (Array.isArray(value)) {
    const members = value.map((member: unknown) => spelled(name, member, namespaces));
    const keyed = members.map(
      (member) => [typeof member === 'string' ? member : canonicalJson(member), member] as const,
    );
    return keyed.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, member]) => member);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        expanded(key, namespaces),
        spelled(key === 'type' ? `${name}.type` : key, member, namespaces),
      ]),
    );
  }
  return text(name, String(value).trim());
}

function text(name: string, value: string): string {
  const vocabulary = WORDS[name] ?? TYPES[name];
  if (vocabulary !== undefined) return toBareWord(vocabulary, value);
  if (TIMES.has(name)) {
    const instant = parseDateTime(value);
    return Number.isNaN(instant) ? value : new Date(instant).toISOString();
  }
  return identifier(value);
}

const TYPES: Readonly<Record<string, VocabularyName>> = {
  'bizTransactionList.type': 'bizTransactionType',
  'sourceList.type': 'sourceDestinationType',
  'destinationList.type': 'sourceDestinationType',
  'sensorReport.type': 'measurementType',
};

/** A link that says more than its canonical form keeps that: its own path and query stay beside it. */
function identifier(value: string): string {
  const canonical = canonicalIdentifier(value);
  if (canonical === undefined || value.startsWith('urn:')) return canonical ?? value;
  const { pathname, search } = split(value);
  const plain = parseEpc(value).kind !== 'other' && search === '' && canonical.endsWith(pathname);
  return plain ? canonical : `${canonical} ${pathname}${search}`;
}

function split(link: string): { pathname: string; search: string } {
  const rest = /^https?:\/\/[^/?#]*([^?#]*)(\?[^#]*)?/i.exec(link);
  return { pathname: rest?.[1] ?? '', search: rest?.[2] ?? '' };
}

function expanded(name: string, namespaces: Namespaces): string {
  const colon = name.indexOf(':');
  const namespace = colon < 0 ? undefined : namespaces.get(name.slice(0, colon));
  return namespace === undefined ? name : namespace + name.slice(colon + 1);
}

import type { Namespaces } from './context.js';
import { hashedIdentifier, notHashable, numberText, plainDecimal, sortByUtf8, utcTime } from './hash-values.js';
import { isPlainCanonicalLink } from './identifiers.js';
import { toVocabularyUri, type VocabularyName } from './vocabulary.js';

/**
 * `documented`: the order of the table in CBV 2.0 §8.9. `reference-impl`: what the implementation published with the
 * standard's vectors writes, where it differs: parentID before epcList; bizTransactionList, destinationList, ilmd and
 * sourceList sorted among the extensions; extension text that reads as a decimal number written as one.
 */
export type EventHashProfile = 'documented' | 'reference-impl';

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** What holds for the whole of one event. */
export interface Hashing {
  readonly namespaces: Namespaces;
  /** By which prefixed values are expanded. */
  readonly valueNamespaces: Namespaces;
  readonly profile: EventHashProfile;
  readonly ignored: readonly string[];
}

/** Writes one property, name included, or nothing where it has no value. */
export type Writer = (name: string, value: unknown, hashing: Hashing) => string;
/** Properties in the order in which they are written. */
export type Order = readonly (readonly [name: string, write: Writer])[];

/** Writes the properties of `order` that `fields` has. */
export function writeFields(order: Order, fields: Fields, hashing: Hashing): string {
  let out = '';
  for (const [name, write] of order) {
    const value = fields[name];
    if (value !== undefined) out += write(name, value, hashing);
  }
  return out;
}

/** A scalar as text, white space around it removed; nothing for null. */
export function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null || value === undefined ? '' : notHashable(name, 'a text', value);
}

/** A list; null counts as an empty one. */
export function listOf(name: string, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : notHashable(name, 'a list', value);
}

function fieldsOf(name: string, value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : notHashable(name, 'an object', value);
}

const leaf = (name: string, text: string): string => (text === '' ? '' : `${name}=${text}`);
/** Text as it is. */
export const text: Writer = (name, value) => leaf(name, textOf(name, value));
/** A date-time, in UTC. */
export const time: Writer = (name, value) => (value === null || value === '' ? '' : `${name}=${utcTime(name, value)}`);
/** A number, as plain decimal text. */
export const number: Writer = (name, value) => (value === null ? '' : leaf(name, numberText(name, value)));
/** A URI; a GS1 identifier in its canonical form. */
export const identifier: Writer = (name, value) => leaf(name, hashedIdentifier(textOf(name, value)));

/** A word of a vocabulary, as its full URI. */
export const term =
  (vocabulary: VocabularyName): Writer =>
  (name, value, hashing) =>
    leaf(name, termUri(vocabulary, textOf(name, value), hashing));

function termUri(vocabulary: VocabularyName, value: string, hashing: Hashing): string {
  return value === '' ? '' : expandCurie(toVocabularyUri(vocabulary, value), hashing.valueNamespaces);
}

/** A prefixed name as a full URI, where its prefix is known. */
export function expandCurie(value: string, namespaces: Namespaces): string {
  const colon = value.indexOf(':');
  if (colon < 0 || value.startsWith('//', colon + 1)) return value;
  const namespace = namespaces.get(value.slice(0, colon));
  return namespace === undefined ? value : namespace + value.slice(colon + 1);
}

/** Members that share one name: `name=a` `name=b`..., sorted. */
function repeated(name: string, values: readonly string[]): string {
  const present = values.filter((value) => value !== '');
  return present.length === 0 ? '' : `${name}=${sortByUtf8(present).join(`${name}=`)}`;
}

/** A list of EPCs. The first test keeps long lists of our own EPCs fast. */
export const epcs: Writer = (name, value) => {
  const members = listOf(name, value).map((epc) => {
    if (typeof epc === 'string' && isPlainCanonicalLink(epc)) return epc;
    return hashedIdentifier(textOf(name, epc));
  });
  return container(name, repeated('epc', members));
};

/** A name before its content; nothing before nothing. */
export const container = (name: string, content: string): string => (content === '' ? '' : name + content);

/** A list of objects; each member is `item` (an element name that only XML has) and its fields in `order`. */
export const listOfItems =
  (item: string, order: Order): Writer =>
  (name, value, hashing) => {
    const members = listOf(name, value).map((member) =>
      container(item, writeFields(order, fieldsOf(name, member), hashing)),
    );
    return container(name, sortByUtf8(members).join(''));
  };

/** A list of words of a vocabulary. */
export const terms =
  (vocabulary: VocabularyName): Writer =>
  (name, value, hashing) =>
    repeated(
      name,
      listOf(name, value).map((member) => termUri(vocabulary, textOf(name, member), hashing)),
    );

/** An object that may hold extensions: its own fields in order, then the extensions, sorted. */
export const extensible = (order: Order): Writer => {
  const known = new Set(order.map(([name]) => name));
  return (name, value, hashing) => {
    if (value === null) return '';
    const fields = fieldsOf(name, value);
    const extensions = sortByUtf8(extensionTexts(fields, known, hashing));
    return container(name, writeFields(order, fields, hashing) + extensions.join(''));
  };
};

/** One certificate or a list of them. */
export const certificates: Writer = (name, value) =>
  repeated(
    name,
    (Array.isArray(value) ? value : [value]).map((member) => hashedIdentifier(textOf(name, member))),
  );

/** The names in `fields` that are not `known`, written as extensions. */
export function extensionTexts(fields: Fields, known: ReadonlySet<string>, hashing: Hashing): string[] {
  const out: string[] = [];
  for (const name of Object.keys(fields)) {
    if (known.has(name) || isComment(name) || hashing.ignored.includes(name)) continue;
    const written = extension(name, fields[name], hashing);
    if (written !== '') out.push(written);
  }
  return out;
}

const COMMENTS: ReadonlySet<string> = new Set(['rdfs:comment', 'comment', 'halisi:comments']);
const isComment = (name: string): boolean => COMMENTS.has(name);
const NO_NAMES: ReadonlySet<string> = new Set();

function extension(name: string, value: unknown, hashing: Hashing): string {
  return extensionValue(extensionName(name, hashing.namespaces), value, hashing);
}

function extensionValue(name: string, value: unknown, hashing: Hashing): string {
  if (Array.isArray(value)) {
    return sortByUtf8(value.map((member: unknown) => extensionValue(name, member, hashing))).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const { '#text': own, ...members } = value as Fields;
    const inner = sortByUtf8(extensionTexts(withAttributes(members), NO_NAMES, hashing)).join('');
    return own === undefined ? container(name, inner) : extensionValue(name, own, hashing) + inner;
  }
  if (typeof value === 'number') return leaf(name, numberText(name, value));
  const written = textOf(name, value);
  return leaf(
    name,
    hashing.profile === 'documented' ? hashedIdentifier(written) : plainDecimal(hashedIdentifier(written)),
  );
}

/** Attributes of XML (`@name`) count as members; those of XML Schema say how to read the XML, not what it says. */
function withAttributes(members: Fields): Fields {
  const entries = Object.entries(members).filter(([name]) => !name.startsWith('@xsi:'));
  return Object.fromEntries(entries.map(([name, value]) => [name.startsWith('@') ? name.slice(1) : name, value]));
}

/** `{namespace}localName`. The local part of a name given as a URI starts after its last `/` or `#`, else its last `:`. */
export function extensionName(name: string, namespaces: Namespaces): string {
  const colon = name.indexOf(':');
  if (colon < 0) return name;
  const namespace = namespaces.get(name.slice(0, colon));
  if (namespace !== undefined) return `{${namespace}}${name.slice(colon + 1)}`;
  const end = Math.max(name.lastIndexOf('/'), name.lastIndexOf('#'));
  const split = (end < 0 ? name.lastIndexOf(':') : end) + 1;
  return `{${name.slice(0, split)}}${name.slice(split)}`;
}

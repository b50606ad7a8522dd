import { foldContext, isStandardDefinition, prefixesUsed } from '../event-context.js';
import { EVENT_TYPES, type EventType, type JsonValue } from '../event.js';
import { HALISI_NAMESPACE } from '../context.js';
import { isMembers, readSequence, refuseText, type Members, type Reading } from './codec.js';
import {
  elementsOf,
  isStructural,
  marker,
  markerOf,
  plain,
  plainAttribute,
  refuse,
  XSI_NAMESPACE,
  type XmlVersion,
  isXmlText,
  type XmlAttribute,
  type XmlElement,
} from './element.js';
import { EVENT_FIELDS } from './event-fields.js';
import { arrange12, conform12 } from './event-1-2.js';
import { parseJsonIn } from './json-text.js';
import { ReadNames, type WriteNames } from './names.js';
import { writeMember } from './values.js';

/** Names of the members of an event that XML says with markers and attributes. */
const ATTRIBUTES = 'halisi:attributes';
const COMMENTS = 'halisi:comments';
const NOT_ELEMENTS = new Set(['type', '@context', ATTRIBUTES, COMMENTS]);

export interface EventOptions {
  readonly version: XmlVersion;
  /** Refuse what the schema of 2.0 refuses. */
  readonly strict: boolean;
}

/** An event of an XML document in its 2.0 JSON form, standing by itself. Throws DocumentError. */
export function readXmlEvent(element: XmlElement, options: EventOptions): Members {
  const type = EVENT_TYPES.find((candidate) => candidate === element.local);
  if (element.local === 'QuantityEvent' && element.uri === '' && !options.strict) return readQuantityEvent(element);
  if (type === undefined) return refuse(element, 'DOCUMENT_TYPE_UNKNOWN', EVENT_TYPES.join(', '), element.local);
  const names = new ReadNames();
  const reading: Reading = { names, strict: options.strict };
  refuseText(element);
  const fields = readSequence(
    element,
    unwrapped(element, options.strict),
    { fields: EVENT_FIELDS[type], extensible: true },
    reading,
  );
  const event = {
    type,
    ...Object.fromEntries(fields),
    ...readAttributes(element, names),
    ...readComments(element, names),
  };
  const shaped = withMarkers(element, options.version === '1.2' ? conform12(type, event) : event);
  const declared = [...(element.declared ?? [])].filter(([, uri]) => !isStructural(uri));
  return foldContext(shaped, new Map([...declared, ...names.definitions])) as Members;
}

/** The fields of the wrappers of EPCIS 1.2 stand among the others in 2.0; a wrapper of 2.0 has extensions only. */
function unwrapped(element: XmlElement, strict: boolean): readonly XmlElement[] {
  return elementsOf(element).flatMap((child) => {
    if (!isWrapper(child)) return [child];
    refuseText(child);
    const inner = unwrapped(child, strict);
    const wrong = strict ? inner.find(({ uri }) => uri === '') : undefined;
    return wrong === undefined ? inner : refuse(wrong, 'FIELD_UNKNOWN', 'an element of another namespace', wrong.local);
  });
}

/** EPCIS 1.0: deprecated since 1.1, which says the same with an ObjectEvent and a quantityList. */
function readQuantityEvent(element: XmlElement): Members {
  const quantity = elementsOf(element).filter(({ local }) => local === 'epcClass' || local === 'quantity');
  const rest = elementsOf(element).filter((child) => !quantity.includes(child));
  const list = plain('quantityList', [plain('quantityElement', quantity)]);
  const content = [...rest, plain('epcList', []), plain('action', ['OBSERVE']), list];
  return readXmlEvent({ ...element, local: 'ObjectEvent', content }, { version: '1.2', strict: false });
}

function readAttributes(element: XmlElement, names: ReadNames): Members {
  const kept = element.attributes.filter(({ uri }) => uri !== XSI_NAMESPACE && uri !== HALISI_NAMESPACE);
  if (kept.length === 0) return {};
  return { [ATTRIBUTES]: Object.fromEntries(kept.map((one) => [names.nameOf(one), one.value])) };
}

/** Comments before the event (`before` absent) and before its fields. */
function readComments(element: XmlElement, names: ReadNames): Members {
  const found: { before?: string; text: string }[] = (element.comments ?? []).map((text) => ({ text }));
  for (const child of elementsOf(element)) {
    const before = child.uri === '' ? undefined : names.nameOf(child);
    for (const { text, local } of commentsIn(child)) found.push({ before: before ?? local, text });
  }
  return found.length === 0 ? {} : { [COMMENTS]: found };
}

/** A comment inside a field is told as one before it; one before a wrapper as one before the first field in it. */
function commentsIn(element: XmlElement): readonly { text: string; local: string }[] {
  const elements = elementsOf(element);
  const inner = elements.flatMap(commentsIn);
  const local = isWrapper(element) ? firstField(element).local : element.local;
  const own = (element.comments ?? []).map((text) => ({ text, local }));
  return [...own, ...(isWrapper(element) ? inner : inner.map(({ text }) => ({ text, local })))];
}

const isWrapper = ({ uri, local }: XmlElement): boolean =>
  uri === '' && (local === 'extension' || local === 'baseExtension');

function firstField(element: XmlElement): XmlElement {
  const [first] = elementsOf(element);
  return first !== undefined && isWrapper(element) ? firstField(first) : element;
}

/** What XML cannot tell: whether one certificate is a list of one, and how the event had its `@context`. */
function withMarkers(element: XmlElement, event: Members): Members {
  const certificates = event['certificationInfo'];
  const one = Array.isArray(certificates) && certificates.length === 1 && markerOf(element, 'list') === undefined;
  const context = markerOf(element, 'context');
  return {
    ...event,
    ...(one && { certificationInfo: (certificates as readonly JsonValue[])[0]! }),
    ...(markerOf(element, 'empty') === 'certificationInfo' && { certificationInfo: [] }),
    ...(context !== undefined && { '@context': parseJsonIn(element, context) }),
  };
}

/** The element of an event in the 2.0 or the 1.2 binding. Throws DocumentError, NOT_EXPRESSIBLE. */
export function writeXmlEvent(event: Members, names: WriteNames, version: XmlVersion): XmlElement {
  const type = event['type'] as EventType;
  const fields = new Map<string, readonly XmlElement[]>();
  for (const { name, codec, repeats = false } of EVENT_FIELDS[type]) {
    const value = event[name];
    if (value === undefined) continue;
    const values = repeats && Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    fields.set(
      name,
      values.map((one) => codec.write(name, one, names)),
    );
  }
  const known = new Set([...NOT_ELEMENTS, ...EVENT_FIELDS[type].map(({ name }) => name)]);
  const commented = withComments(fields, event[COMMENTS]);
  const extensions = [...withComments(extensionsOf(event, known, names), event[COMMENTS]).values()].flat();
  const content = version === '2.0' ? [...commented.values()].flat() : arrange12(type, commented);
  const written = plain(type, [...content, ...extensions], writeAttributes(event, names));
  const comments = commentsFor(event[COMMENTS], undefined);
  return comments.length === 0 ? written : { ...written, comments };
}

function extensionsOf(
  event: Members,
  known: ReadonlySet<string>,
  names: WriteNames,
): ReadonlyMap<string, readonly XmlElement[]> {
  const others = Object.entries(event).filter(([name, value]) => !known.has(name) && value !== undefined);
  return new Map(others.map(([name, value]) => [name, writeMember(name, value, names)]));
}

function writeAttributes(event: Members, names: WriteNames): readonly XmlAttribute[] {
  const attributes = Object.entries((event[ATTRIBUTES] ?? {}) as Members).map(([name, value]) => {
    const resolved = names.resolve(name);
    return resolved === undefined ? plainAttribute(name, String(value)) : { ...resolved, value: String(value) };
  });
  const certificates = event['certificationInfo'];
  if (Array.isArray(certificates) && certificates.length < 2) {
    attributes.push(marker(certificates.length === 0 ? 'empty' : 'list', 'certificationInfo'));
  }
  const context = event['@context'];
  if (context !== undefined && !isPlainContext(context, event))
    attributes.push(marker('context', JSON.stringify(context)));
  return attributes;
}

/** True for a context that reading the declarations of the event gives again. */
function isPlainContext(context: JsonValue, event: Members): boolean {
  if (!isMembers(context)) return false;
  const used = prefixesUsed(event);
  return Object.entries(context).every(
    ([prefix, value]) => typeof value === 'string' && used.has(prefix) && !isStandardDefinition(prefix, value),
  );
}

interface Comment {
  readonly before?: string;
  readonly text: string;
}

function commentsFor(value: JsonValue | undefined, before: string | undefined): readonly string[] {
  const comments = Array.isArray(value) ? (value as readonly (Comment | null)[]) : [];
  return comments.flatMap((one) =>
    typeof one?.text === 'string' && one.before === before && isCommentText(one.text) ? [one.text] : [],
  );
}

const isCommentText = (text: string): boolean => isXmlText(text) && !text.includes('--') && !text.endsWith('-');

function withComments(
  fields: ReadonlyMap<string, readonly XmlElement[]>,
  value: JsonValue | undefined,
): ReadonlyMap<string, readonly XmlElement[]> {
  if (value === undefined) return fields;
  return new Map(
    [...fields].map(([name, [first, ...more]]) => {
      const comments = commentsFor(value, name);
      return [
        name,
        first === undefined || comments.length === 0
          ? [...(first ? [first] : []), ...more]
          : [{ ...first, comments }, ...more],
      ];
    }),
  );
}

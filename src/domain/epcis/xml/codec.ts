import { DocumentError } from '../document.js';
import { HALISI_NAMESPACE } from '../context.js';
import type { JsonValue } from '../event.js';
import {
  elementsOf,
  plain,
  plainAttribute,
  refuse,
  textOf,
  XSI_NAMESPACE,
  type XmlAttribute,
  type XmlElement,
} from './element.js';
import type { ReadNames, WriteNames } from './names.js';
import type { Scalar } from './scalars.js';
import { readMembers, writeMember } from './values.js';

/** What holds for the reading of one document. */
export interface Reading {
  readonly names: ReadNames;
  /** Refuse what the schema of EPCIS 2.0 refuses: an element out of order, a wrapper of EPCIS 1.2. */
  readonly strict: boolean;
}

/** How a field of the standard is read from its element and written to it. */
export interface Codec {
  readonly read: (element: XmlElement, reading: Reading) => JsonValue;
  readonly write: (name: string, value: JsonValue, names: WriteNames) => XmlElement;
}

export type Members = Readonly<Record<string, JsonValue>>;
type Entry = readonly [string, JsonValue];

export const isMembers = (value: JsonValue | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ends the writing of a value that does not have the type of its field. */
export function notExpressible(name: string, expected: string, got: unknown): never {
  throw new DocumentError('NOT_EXPRESSIBLE', { pointer: `/${name}` }, expected, JSON.stringify(got) ?? 'nothing');
}

export function listOf(name: string, value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : notExpressible(name, 'a list', value);
}

const isXsi = ({ uri }: XmlAttribute): boolean => uri === XSI_NAMESPACE;
const isOurs = ({ uri }: XmlAttribute): boolean => uri === HALISI_NAMESPACE;

/** Refuses attributes other than `names`; those of XML Schema and ours say nothing about the content. */
export function refuseAttributes(element: XmlElement, names: readonly string[] = []): void {
  for (const one of element.attributes) {
    if (isXsi(one) || isOurs(one) || (one.uri === '' && names.includes(one.local))) continue;
    refuse(
      element,
      'FIELD_UNKNOWN',
      names.length === 0 ? 'no attribute' : names.join(', '),
      `the attribute ${one.local}`,
    );
  }
}

const attributeOf = (element: XmlElement, local: string): string | undefined =>
  element.attributes.find((one) => one.uri === '' && one.local === local)?.value;

/** The text of an element without children, as its scalar. */
function readScalar(element: XmlElement, scalar: Scalar, strict: boolean): JsonValue {
  const [child] = elementsOf(element);
  if (child !== undefined) refuse(child, 'FIELD_UNKNOWN', `${scalar.expected}, no element`, child.local);
  const value = scalar.read(textOf(element), strict);
  return value ?? refuse(element, 'VALUE_INVALID', scalar.expected, JSON.stringify(textOf(element)));
}

function writeScalar(name: string, value: JsonValue, scalar: Scalar): string {
  return scalar.write(value) ?? notExpressible(name, scalar.expected, value);
}

const textContent = (text: string): readonly string[] => (text === '' ? [] : [text]);

/** A field with simple content. */
export const simple = (scalar: Scalar): Codec => ({
  read: (element, { strict }) => {
    refuseAttributes(element);
    return readScalar(element, scalar, strict);
  },
  write: (name, value) => plain(name, textContent(writeScalar(name, value, scalar))),
});

/** The children of a list, all of one name. */
export function itemsOf(element: XmlElement, name: string): readonly XmlElement[] {
  refuseAttributes(element);
  refuseText(element);
  const items = elementsOf(element);
  for (const item of items) {
    if (item.uri !== '' || item.local !== name) refuse(item, 'FIELD_UNKNOWN', name, item.local);
  }
  return items;
}

export function refuseText(element: XmlElement): void {
  const text = textOf(element).trim();
  if (text !== '') refuse(element, 'VALUE_INVALID', 'elements only', JSON.stringify(text));
}

/** A list whose members are elements called `item`. */
export const list = (item: string, member: Codec): Codec => ({
  read: (element, reading) => itemsOf(element, item).map((one) => member.read(one, reading)),
  write: (name, value, names) =>
    plain(
      name,
      listOf(name, value).map((one) => member.write(item, one, names)),
    ),
});

/** An object in JSON; in XML an element with its `key` as text and its type as an attribute. */
export const typed = (key: string, type: Scalar, identifier: Scalar, typeRequired: boolean): Codec => ({
  read: (element, { strict }) => {
    refuseAttributes(element, ['type']);
    const given = attributeOf(element, 'type');
    if (given === undefined && typeRequired) refuse(element, 'FIELD_REQUIRED', 'the attribute type', 'nothing');
    const value = readScalar(element, identifier, strict);
    return given === undefined ? { [key]: value } : { type: type.read(given, strict) ?? given, [key]: value };
  },
  write: (name, value) => {
    if (!isMembers(value)) notExpressible(name, 'an object', value);
    const attributes =
      value['type'] === undefined ? [] : [plainAttribute('type', writeScalar(name, value['type'], type))];
    return plain(name, textContent(writeScalar(name, value[key] ?? null, identifier)), attributes);
  },
});

export interface SequenceField {
  readonly name: string;
  readonly codec: Codec;
  readonly required?: boolean;
  /** The element may be repeated; in JSON the field is a list. */
  readonly repeats?: boolean;
}

interface SequenceOptions {
  readonly fields: readonly SequenceField[];
  /** Whether elements of other namespaces may follow. */
  readonly extensible: boolean;
  /** Whether the fields may come in any order, as in an error declaration. */
  readonly anyOrder?: boolean;
}

/** An object whose fields are child elements in the order of the schema, extensions after them. */
export const sequence = (options: SequenceOptions): Codec => ({
  read: (element, reading) => {
    refuseAttributes(element);
    refuseText(element);
    return Object.fromEntries(readSequence(element, elementsOf(element), options, reading));
  },
  write: (name, value, names) =>
    isMembers(value) ? plain(name, writeSequence(value, options, names)) : notExpressible(name, 'an object', value),
});

/** The fields and extensions among `elements`. */
export function readSequence(
  element: XmlElement,
  elements: readonly XmlElement[],
  options: SequenceOptions,
  reading: Reading,
): readonly Entry[] {
  const order = new Order(options, reading.strict);
  const values = new Map<string, JsonValue>();
  const extensions: XmlElement[] = [];
  for (const child of elements) {
    const field = order.take(child);
    if (field === undefined) extensions.push(child);
    else if (!isNil(child)) add(values, child, field, reading);
  }
  for (const { name, required = false } of options.fields) {
    if (required && !values.has(name)) refuse(element, 'FIELD_REQUIRED', `the element ${name}`, 'nothing');
  }
  return [...values, ...readMembers(extensions, reading.names)];
}

const isNil = (element: XmlElement): boolean =>
  element.attributes.some((one) => isXsi(one) && one.local === 'nil' && /^(?:true|1)$/.test(one.value));

function add(values: Map<string, JsonValue>, child: XmlElement, field: SequenceField, reading: Reading): void {
  const value = field.codec.read(child, reading);
  const before = values.get(field.name);
  if (field.repeats === true) values.set(field.name, [...((before as readonly JsonValue[] | undefined) ?? []), value]);
  else if (before === undefined) values.set(field.name, value);
  else refuse(child, 'FIELD_REPEATED', `one element ${field.name}`, 'another one');
}

/** Follows elements through the sequence of their schema. */
class Order {
  private reached = 0;

  constructor(
    private readonly options: SequenceOptions,
    private readonly strict: boolean,
  ) {}

  /** The field of the element; undefined for an extension. Throws DocumentError for one that may not stand here. */
  take(child: XmlElement): SequenceField | undefined {
    const { fields, extensible } = this.options;
    const at = child.uri === '' ? fields.findIndex(({ name }) => name === child.local) : fields.length;
    const names = fields.map(({ name }) => name).join(', ');
    if (at < 0 || (child.uri !== '' && !extensible)) {
      refuse(child, 'FIELD_UNKNOWN', extensible ? `${names}, or an element of another namespace` : names, child.local);
    }
    if (this.strict && at < this.reached && this.options.anyOrder !== true) {
      const after = fields[this.reached]?.name ?? 'the extensions';
      refuse(child, 'ELEMENT_ORDER', `${child.local} before ${after}`, `${child.local} after it`);
    }
    this.reached = Math.max(this.reached, at);
    return fields[at];
  }
}

/** The elements of an object's fields in the order of the schema, then its extensions. */
export function writeSequence(value: Members, options: SequenceOptions, names: WriteNames): readonly XmlElement[] {
  const known = new Set(options.fields.map(({ name }) => name));
  const fields = options.fields.flatMap(({ name, codec, repeats = false }) => {
    const member = value[name];
    if (member === undefined) return [];
    return (repeats ? listOf(name, member) : [member]).map((one) => codec.write(name, one, names));
  });
  return [...fields, ...writeExtensions(value, known, names, options.extensible)];
}

/** What is in `value` and not `known`, as elements. */
export function writeExtensions(
  value: Members,
  known: ReadonlySet<string>,
  names: WriteNames,
  extensible = true,
): readonly XmlElement[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (known.has(name) || member === undefined) return [];
    return extensible ? writeMember(name, member, names) : notExpressible(name, [...known].join(', '), name);
  });
}

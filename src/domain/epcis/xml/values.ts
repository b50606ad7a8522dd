import type { JsonValue } from '../event.js';
import { HALISI_NAMESPACE } from '../context.js';
import {
  elementsOf,
  isXmlText,
  marker,
  markerOf,
  refuse,
  textOf,
  XSI_NAMESPACE,
  type XmlAttribute,
  type XmlElement,
  type XmlName,
} from './element.js';
import { parseJsonIn } from './json-text.js';
import type { ReadNames, WriteNames } from './names.js';

type Members = Readonly<Record<string, JsonValue>>;

const isObject = (value: JsonValue): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/**
 * The JSON value of an element that the standard does not define: its text; or an object of its attributes (`@name`), its
 * text beside them (`#text`) and its child elements, a repeated one as a list; `#content` where text and elements are mixed.
 */
export function readValue(element: XmlElement, names: ReadNames): JsonValue {
  if (markerOf(element, 'json') === 'value') return parseJsonIn(element, textOf(element));
  const attributes = readAttributes(element, names);
  const text = textOf(element);
  const elements = elementsOf(element);
  if (elements.length === 0) {
    if (attributes.length === 0) return text;
    return Object.fromEntries(text === '' ? attributes : [...attributes, ['#text', text]]);
  }
  if (text.trim() === '') return Object.fromEntries([...attributes, ...readMembers(elements, names)]);
  const content = element.content.map((part) =>
    typeof part === 'string' ? part : Object.fromEntries(readMembers([part], names)),
  );
  return Object.fromEntries([...attributes, ['#content', content]]);
}

function readAttributes(element: XmlElement, names: ReadNames): (readonly [string, JsonValue])[] {
  return element.attributes
    .filter(({ uri }) => uri !== HALISI_NAMESPACE)
    .map((attribute) => {
      noteTypePrefix(attribute, names);
      return [`@${names.nameOf(attribute)}`, attribute.value] as const;
    });
}

/** The prefix in the value of `xsi:type` needs a definition too. */
function noteTypePrefix({ uri, local, valueUri, value }: XmlAttribute, names: ReadNames): void {
  if (uri !== XSI_NAMESPACE || local !== 'type' || valueUri === undefined) return;
  names.nameOf({ prefix: value.split(':', 1)[0]!, local: '', uri: valueUri });
}

/** Elements as members of an object, in the order in which their names occur first. */
export function readMembers(elements: readonly XmlElement[], names: ReadNames): (readonly [string, JsonValue])[] {
  const found = new Map<string, { values: JsonValue[]; isList: boolean }>();
  for (const element of elements) {
    const name = markerOf(element, 'name') ?? names.nameOf(element);
    if (name === '__proto__') refuse(element, 'NAME_REFUSED', 'another name', name);
    const member = found.get(name) ?? { values: [], isList: markerOf(element, 'list') === 'one' };
    member.values.push(readValue(element, names));
    found.set(name, member);
  }
  return [...found].map(([name, { values, isList: one }]) => [name, values.length === 1 && !one ? values[0]! : values]);
}

/** The elements of one member of an object: the opposite of `readMembers`. */
export function writeMember(name: string, value: JsonValue, names: WriteNames): readonly XmlElement[] {
  const { named, attributes } = elementName(name, names);
  const one = (item: JsonValue, extra: readonly XmlAttribute[] = []): XmlElement => {
    const body = writeValue(item, names);
    return { ...named, attributes: [...attributes, ...extra, ...body.attributes], content: body.content };
  };
  if (!isList(value)) return [one(value)];
  if (value.length > 1) return value.map((item) => one(item));
  if (value.length === 1 && !isList(value[0]!)) return [one(value[0]!, [marker('list', 'one')])];
  const body = jsonBody(value);
  return [{ ...named, attributes: [...attributes, ...body.attributes], content: body.content }];
}

function elementName(name: string, names: WriteNames): { named: XmlName; attributes: readonly XmlAttribute[] } {
  const resolved = names.resolve(name);
  if (resolved !== undefined) return { named: resolved, attributes: [] };
  const named = names.resolveUri(name) ?? { prefix: 'halisi', local: 'member', uri: HALISI_NAMESPACE };
  return { named, attributes: [marker('name', name)] };
}

type Body = Pick<XmlElement, 'attributes' | 'content'>;

function writeValue(value: JsonValue, names: WriteNames): Body {
  if (typeof value === 'string') return isXmlText(value) ? textBody(value) : jsonBody(value);
  if (!isObject(value) || Object.keys(value).length === 0) return jsonBody(value);
  return writeObject(value, names) ?? jsonBody(value);
}

const textBody = (text: string): Body => ({ attributes: [], content: text === '' ? [] : [text] });

/** What XML has no form for is written as JSON. */
function jsonBody(value: JsonValue): Body {
  const text = JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
  return { attributes: [marker('json', 'value')], content: [text] };
}

function writeObject(value: Members, names: WriteNames): Body | undefined {
  if (!Object.keys(value).every(isXmlText)) return undefined;
  const attributes: XmlAttribute[] = [];
  const members: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    const attribute = writeAttribute(name, member, names);
    if (attribute !== undefined) attributes.push(attribute);
    else members.push([name, member]);
  }
  const [first] = members;
  if (first === undefined) return { attributes, content: [] };
  if (first[0] === '#content' && members.length === 1) {
    const content = mixedContent(first[1], names);
    return content === undefined ? undefined : { attributes, content };
  }
  if (Object.hasOwn(value, '#text') || Object.hasOwn(value, '#content')) {
    const alone = members.length === 1 && attributes.length > 0 && first[0] === '#text';
    return alone && isText(first[1]) ? { attributes, content: [first[1]] } : undefined;
  }
  return { attributes, content: members.flatMap(([name, member]) => writeMember(name, member, names)) };
}

const isText = (value: JsonValue): value is string => typeof value === 'string' && value !== '' && isXmlText(value);

function writeAttribute(name: string, value: JsonValue, names: WriteNames): XmlAttribute | undefined {
  if (!name.startsWith('@') || typeof value !== 'string' || !isXmlText(value)) return undefined;
  const resolved = names.resolve(name.slice(1));
  if (resolved === undefined || resolved.uri === HALISI_NAMESPACE || resolved.local === 'xmlns') return undefined;
  if (resolved.uri !== XSI_NAMESPACE || resolved.local !== 'type') return { ...resolved, value };
  const type = names.resolve(value);
  const valueUri = type?.uri.replace(/#$/, '');
  return { ...resolved, value, ...(valueUri !== undefined && valueUri !== '' && { valueUri }) };
}

/** Undefined unless reading it gives the same list again. */
function mixedContent(value: JsonValue, names: WriteNames): readonly (string | XmlElement)[] | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  const parts: (string | XmlElement)[] = [];
  let [hasText, hasElement] = [false, false];
  for (const part of value) {
    if (isText(part)) {
      if (typeof parts.at(-1) === 'string') return undefined;
      hasText ||= part.trim() !== '';
      parts.push(part);
      continue;
    }
    const [member, ...more] = isObject(part) ? Object.entries(part) : [];
    if (member === undefined || more.length > 0 || !isXmlText(member[0])) return undefined;
    const [element, ...others] = writeMember(member[0], member[1], names);
    if (element === undefined || others.length > 0) return undefined;
    hasElement = true;
    parts.push(element);
  }
  return hasText && hasElement ? parts : undefined;
}

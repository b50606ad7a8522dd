import type { JsonValue } from '../event.js';
import { isMembers, itemsOf, listOf, notExpressible, refuseAttributes, refuseText, type Members } from './codec.js';
import {
  childOf,
  elementsOf,
  isXmlText,
  marker,
  markerOf,
  plain,
  plainAttribute,
  refuse,
  textOf,
  type XmlElement,
} from './element.js';
import type { ReadNames, WriteNames } from './names.js';
import { readMembers, readValue, writeMember } from './values.js';

const COMMENTS = 'halisi:comments';

/** `VocabularyList` of a header, a master data document or a query result. */
export function readVocabularyList(list: XmlElement, names: ReadNames): readonly JsonValue[] {
  return itemsOf(list, 'Vocabulary').map((vocabulary) => ({
    type: requiredAttribute(vocabulary, 'type'),
    ...listMember(vocabulary, 'VocabularyElementList', 'vocabularyElementList', (one) =>
      itemsOf(one, 'VocabularyElement').map((element) => readElement(element, names)),
    ),
    ...rest(vocabulary, ['VocabularyElementList'], names),
  }));
}

function readElement(element: XmlElement, names: ReadNames): JsonValue {
  const attributes = elementsOf(element).filter((child) => child.uri === '' && child.local === 'attribute');
  return {
    id: requiredAttribute(element, 'id'),
    ...((attributes.length > 0 || markerOf(element, 'empty') === 'attributes') && {
      attributes: attributes.map((attribute) => readAttribute(attribute, names)),
    }),
    ...listMember(element, 'children', 'children', (children) =>
      itemsOf(children, 'id').map((id) => textOf(id).trim()),
    ),
    ...rest(element, ['attribute', 'children'], names),
  };
}

function readAttribute(attribute: XmlElement, names: ReadNames): JsonValue {
  const id = requiredAttribute(attribute, 'id');
  if (markerOf(attribute, 'json') === 'nothing') return { id };
  const others = attribute.attributes.filter((one) => one.uri !== '' || one.local !== 'id');
  return { id, attribute: readValue({ ...attribute, attributes: others }, names) };
}

function requiredAttribute(element: XmlElement, local: string): string {
  refuseText2(element);
  const found = element.attributes.find((one) => one.uri === '' && one.local === local);
  return found === undefined ? refuse(element, 'FIELD_REQUIRED', `the attribute ${local}`, 'nothing') : found.value;
}

function refuseText2(element: XmlElement): void {
  if (element.local !== 'attribute') refuseText(element);
}

function listMember(
  element: XmlElement,
  local: string,
  name: string,
  read: (list: XmlElement) => readonly JsonValue[],
): Members {
  const list = childOf(element, local);
  return list === undefined ? {} : { [name]: read(list) };
}

/** Extensions of a vocabulary or an element of one, and the comments before it. */
function rest(element: XmlElement, known: readonly string[], names: ReadNames): Members {
  refuseAttributes(element, ['id', 'type']);
  const extensions = elementsOf(element).filter((child) => child.uri !== '' || !known.includes(child.local));
  const unknown = extensions.find((child) => child.uri === '');
  if (unknown !== undefined)
    refuse(unknown, 'FIELD_UNKNOWN', `${known.join(', ')}, or an element of another namespace`, unknown.local);
  return {
    ...Object.fromEntries(readMembers(extensions, names)),
    ...(element.comments !== undefined && { [COMMENTS]: element.comments }),
  };
}

/** The opposite of `readVocabularyList`. */
export function writeVocabularyList(list: JsonValue, names: WriteNames): XmlElement {
  return plain(
    'VocabularyList',
    listOf('vocabularyList', list).map((vocabulary) => {
      const { type, vocabularyElementList, ...others } = membersOf('vocabularyList', vocabulary);
      const elements =
        vocabularyElementList === undefined
          ? []
          : [
              plain(
                'VocabularyElementList',
                listOf('vocabularyElementList', vocabularyElementList).map((one) => writeElement(one, names)),
              ),
            ];
      return commented(
        plain('Vocabulary', [...elements, ...extensions(others, names)], [plainAttribute('type', String(type))]),
        others[COMMENTS],
      );
    }),
  );
}

function writeElement(element: JsonValue, names: WriteNames): XmlElement {
  const { id, attributes, children, ...others } = membersOf('vocabularyElementList', element);
  const written =
    attributes === undefined ? [] : listOf('attributes', attributes).map((one) => writeAttribute(one, names));
  const ids = children === undefined ? [] : listOf('children', children).map((child) => plain('id', [String(child)]));
  const empty = attributes !== undefined && written.length === 0 ? [marker('empty', 'attributes')] : [];
  const content = [
    ...written,
    ...(children === undefined ? [] : [plain('children', ids)]),
    ...extensions(others, names),
  ];
  return commented(plain('VocabularyElement', content, [plainAttribute('id', String(id)), ...empty]), others[COMMENTS]);
}

function writeAttribute(attribute: JsonValue, names: WriteNames): XmlElement {
  const { id, attribute: value } = membersOf('attributes', attribute);
  const named = plainAttribute('id', String(id));
  if (value === undefined) return plain('attribute', [], [named, marker('json', 'nothing')]);
  const [body] = writeMember('attribute', value, names);
  return { ...body!, attributes: [named, ...body!.attributes] };
}

const membersOf = (name: string, value: JsonValue): Members =>
  isMembers(value) ? value : notExpressible(name, 'objects', value);

const extensions = (others: Members, names: WriteNames): readonly XmlElement[] =>
  Object.entries(others).flatMap(([name, value]) => (name === COMMENTS ? [] : writeMember(name, value, names)));

function commented(element: XmlElement, comments: JsonValue | undefined): XmlElement {
  return Array.isArray(comments) ? { ...element, comments: commentTexts(comments as readonly JsonValue[]) } : element;
}

/** Those that XML can hold as comments. */
export const commentTexts = (comments: readonly JsonValue[]): readonly string[] =>
  comments.filter(
    (text): text is string =>
      typeof text === 'string' && isXmlText(text) && !text.includes('--') && !text.endsWith('-'),
  );

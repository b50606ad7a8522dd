import { DocumentError } from '../document.js';
import { isXmlText, XML_NAMESPACE, type XmlAttribute, type XmlElement } from './element.js';

/** Prefixes to namespaces that the elements around have declared. */
export type Scope = ReadonlyMap<string, string>;
export const EMPTY_SCOPE: Scope = new Map([['xml', XML_NAMESPACE]]);

/** An element and all in it as XML text, with the declarations that `scope` does not have yet. Throws DocumentError. */
export function serialize(element: XmlElement, scope: Scope = EMPTY_SCOPE): string {
  const { open, inner } = startTag(element, scope);
  const before = (element.comments ?? []).map((text) => `<!--${text}-->`).join('');
  if (element.content.length === 0) return `${before}${open}/>`;
  let text = `${before}${open}>`;
  for (const part of element.content) text += typeof part === 'string' ? escapeText(part) : serialize(part, inner);
  return `${text}</${qualified(element)}>`;
}

/** The start tag without its end, and what is in scope inside. `declared` is declared whether it is used here or not. */
export function startTag(
  element: XmlElement,
  scope: Scope,
  declared: Scope = new Map(),
): { open: string; inner: Scope } {
  const needed = new Map([...declared, ...needs(element)].filter(([prefix, uri]) => scope.get(prefix) !== uri));
  const declarations = [...needed].map(([prefix, uri]) => ` xmlns:${prefix}="${escapeAttribute(uri)}"`);
  const attributes = element.attributes.map((one) => ` ${qualified(one)}="${escapeAttribute(one.value)}"`);
  const inner = needed.size === 0 ? scope : new Map([...scope, ...needed]);
  return { open: `<${qualified(element)}${declarations.join('')}${attributes.join('')}`, inner };
}

const qualified = ({ prefix, local }: { prefix: string; local: string }): string =>
  prefix === '' ? local : `${prefix}:${local}`;

function needs(element: XmlElement): Map<string, string> {
  const needed = new Map<string, string>();
  if (element.prefix !== '') needed.set(element.prefix, element.uri);
  for (const attribute of element.attributes) {
    if (attribute.prefix !== '') need(needed, attribute.prefix, attribute.uri);
    if (attribute.valueUri !== undefined) need(needed, typePrefix(attribute), attribute.valueUri);
  }
  return needed;
}

function need(needed: Map<string, string>, prefix: string, uri: string): void {
  const before = needed.get(prefix);
  if (before !== undefined && before !== uri) {
    throw new DocumentError('NOT_EXPRESSIBLE', {}, `one namespace for the prefix ${prefix}`, `${before} and ${uri}`);
  }
  needed.set(prefix, uri);
}

const typePrefix = ({ value }: XmlAttribute): string => value.split(':', 1)[0]!;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function checked(text: string): string {
  if (isXmlText(text)) return text;
  throw new DocumentError('NOT_EXPRESSIBLE', {}, 'characters that XML can hold', JSON.stringify(text));
}

/** Text as XML content. */
export const escapeText = (text: string): string =>
  /[&<>\r]/.test(checked(text)) ? text.replace(/[&<>\r]/g, (character) => ESCAPES[character]!) : text;

/** Text as the value of an attribute in double quotes. */
export const escapeAttribute = (text: string): string =>
  checked(text).replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character]!);

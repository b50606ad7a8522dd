import { DocumentError, type DocumentErrorCode, type DocumentPlace } from '../document.js';
import { HALISI_NAMESPACE } from '../context.js';

export interface XmlName {
  readonly prefix: string;
  readonly local: string;
  /** The namespace; empty for none. */
  readonly uri: string;
}

export interface XmlAttribute extends XmlName {
  readonly value: string;
  /** Of `xsi:type`: the namespace of the prefix in its value. */
  readonly valueUri?: string;
}

/** An element of a document that is read or written. White space between elements is not kept. */
export interface XmlElement extends XmlName {
  /** Without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  readonly content: readonly (string | XmlElement)[];
  /** Comments before the element. */
  readonly comments?: readonly string[];
  /** Of an event that is read: the prefixes that it declares. */
  readonly declared?: ReadonlyMap<string, string>;
  /** Of an element that is read: what it stands in, its name in the path, where it starts, counted from 1. */
  readonly parent?: XmlElement;
  readonly label?: string;
  readonly line?: number;
  readonly column?: number;
}

export const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';
export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const SBDH_NAMESPACE = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader';

/** The versions of the XML binding by the namespace of their root element. */
export const DOCUMENT_NAMESPACES: ReadonlyMap<string, XmlVersion> = new Map([
  ['urn:epcglobal:epcis:xsd:2', '2.0'],
  ['urn:epcglobal:epcis-query:xsd:2', '2.0'],
  ['urn:epcglobal:epcis:xsd:1', '1.2'],
  ['urn:epcglobal:epcis-query:xsd:1', '1.2'],
]);
export const MASTER_DATA_DOCUMENTS: ReadonlyMap<string, XmlVersion> = new Map([
  ['urn:epcglobal:epcis-masterdata:xsd:2', '2.0'],
  ['urn:epcglobal:epcis-masterdata:xsd:1', '1.2'],
]);
export type XmlVersion = '1.2' | '2.0';

const STRUCTURAL: ReadonlySet<string> = new Set([
  XSI_NAMESPACE,
  XML_NAMESPACE,
  HALISI_NAMESPACE,
  ...DOCUMENT_NAMESPACES.keys(),
  ...MASTER_DATA_DOCUMENTS.keys(),
]);
/** True for a namespace that the XML itself needs, whatever the document says. */
export const isStructural = (uri: string): boolean => STRUCTURAL.has(uri);

/** An element without namespace, as the standard has them inside the root. */
export const plain = (
  local: string,
  content: readonly (string | XmlElement)[],
  attributes: readonly XmlAttribute[] = [],
): XmlElement => ({ prefix: '', local, uri: '', attributes, content });

export const plainAttribute = (local: string, value: string): XmlAttribute => ({ prefix: '', local, uri: '', value });
/** An attribute of ours that says how JSON had what XML has no form for. */
export const marker = (local: string, value: string): XmlAttribute => ({
  prefix: 'halisi',
  local,
  uri: HALISI_NAMESPACE,
  value,
});

export const elementsOf = (element: XmlElement): readonly XmlElement[] =>
  element.content.filter((part) => typeof part !== 'string');
export const textOf = (element: XmlElement): string =>
  element.content.length === 1 && typeof element.content[0] === 'string'
    ? element.content[0]
    : element.content.filter((part) => typeof part === 'string').join('');
export const childOf = (element: XmlElement, local: string, uri = ''): XmlElement | undefined =>
  elementsOf(element).find((child) => child.local === local && child.uri === uri);

/** The value of one of our attributes. */
export const markerOf = (element: XmlElement, local: string): string | undefined =>
  element.attributes.find((one) => one.local === local && one.uri === HALISI_NAMESPACE)?.value;

/** Where an element stands. */
export function placeOf(element: XmlElement): DocumentPlace {
  const path: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) path.unshift(at.label ?? at.local);
  return {
    path: `/${path.join('/')}`,
    ...(element.line !== undefined && element.column !== undefined && { line: element.line, column: element.column }),
  };
}

export function refuse(element: XmlElement, code: DocumentErrorCode, expected: string, got: string): never {
  throw new DocumentError(code, placeOf(element), expected, got);
}

const NC_NAME =
  /^[A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF][\w.\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF-]*$/;
/** True for a name without colon that every XML reader takes. */
export const isNcName = (text: string): boolean => NC_NAME.test(text);

const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
/** True for text that XML 1.0 can hold (§2.2). */
export const isXmlText = (text: string): boolean => !NOT_XML.test(text);

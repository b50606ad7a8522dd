import { EPCIS_CONTEXT_URL, HALISI_NAMESPACE } from '../context.js';
import type { DocumentHeader } from '../document.js';
import type { JsonValue } from '../event.js';
import { isEventType } from '../json-document.js';
import { checkDocument } from '../validate-document.js';
import { refuseText, type Members } from './codec.js';
import {
  childOf,
  DOCUMENT_NAMESPACES,
  elementsOf,
  isStructural,
  MASTER_DATA_DOCUMENTS as MASTER_DATA,
  markerOf,
  refuse,
  SBDH_NAMESPACE,
  textOf,
  XSI_NAMESPACE,
  type XmlElement,
  type XmlVersion,
} from './element.js';
import { readVocabularyList } from './master-data.js';
import { parseJsonIn } from './json-text.js';
import { ReadNames } from './names.js';
import { partiesOf, saysTheSame, sbdhOf, type Parties } from './sbdh.js';
import { readMembers, readValue } from './values.js';

const COMMENTS = 'halisi:comments';
const ATTRIBUTES = 'halisi:attributes';

/** The kind and version of a document by its root element. Throws DocumentError. */
export function rootOf(root: XmlElement): {
  type: DocumentHeader['type'] | 'EPCISMasterDataDocument';
  version: XmlVersion;
} {
  if (isEventType(root.local)) return { type: root.local, version: DOCUMENT_NAMESPACES.get(root.uri) ?? '2.0' };
  const version = DOCUMENT_NAMESPACES.get(root.uri) ?? MASTER_DATA.get(root.uri);
  const type = DOCUMENT_TYPES.find((one) => one === root.local);
  if (type !== undefined && version !== undefined) return { type, version };
  const expected = 'EPCISDocument, EPCISQueryDocument or an event, of EPCIS 2.0 or 1.2';
  return refuse(
    root,
    'DOCUMENT_TYPE_UNKNOWN',
    expected,
    `${root.local} of ${root.uri === '' ? 'no namespace' : root.uri}`,
  );
}

const DOCUMENT_TYPES = ['EPCISDocument', 'EPCISQueryDocument', 'EPCISMasterDataDocument'] as const;
/**
 * What stands around the events of an XML document, in 2.0 JSON form. `declared` are the prefixes of the root element.
 * Throws DocumentError.
 */
export function readXmlHeader(root: XmlElement, declared: ReadonlyMap<string, string>): DocumentHeader {
  const { type, version } = rootOf(root);
  if (isEventType(type)) return { type, '@context': EPCIS_CONTEXT_URL };
  const names = new ReadNames();
  for (const [prefix, uri] of declared) if (!isStructural(uri)) names.define(prefix, uri);
  refuseText(root);
  const attributes = rootAttributes(root, version, names);
  const [header, body] = ['EPCISHeader', 'EPCISBody'].map((name) => childOf(root, name));
  const queryResults = type === 'EPCISQueryDocument' ? readResults(root, body, names) : undefined;
  const epcisHeader = { ...(header && readHeaderElement(header, names, attributes['creationDate'])) };
  const { parties, ...blocks } = epcisHeader as { parties?: Parties } & Members;
  const masterData = type === 'EPCISMasterDataDocument' ? readMasterDataBody(root, body, names) : undefined;
  const headerMembers = { ...blocks, ...masterData };
  const bodyMembers =
    body === undefined ? {} : extensionsOf(body, ['EventList', 'VocabularyList', 'QueryResults'], names);
  const document = {
    type: type === 'EPCISMasterDataDocument' ? ('EPCISDocument' as const) : type,
    ...attributes,
    ...parties,
    ...(Object.keys(headerMembers).length > 0 && { epcisHeader: headerMembers }),
    ...((queryResults !== undefined || Object.keys(bodyMembers).length > 0) && {
      epcisBody: { ...bodyMembers, ...(queryResults && { queryResults }) },
    }),
    ...extensionsOf(root, ['EPCISHeader', 'EPCISBody', 'queryName', 'subscriptionID', 'resultsBody'], names),
    ...(root.comments !== undefined && { [COMMENTS]: root.comments }),
  };
  if (type === 'EPCISDocument' && body === undefined)
    refuse(root, 'FIELD_REQUIRED', 'the element EPCISBody', 'nothing');
  const context = markerOf(root, 'context');
  const found = {
    '@context': context === undefined ? contextOf(names) : parseJsonIn(root, context),
    ...document,
  } as unknown as DocumentHeader;
  checkHeader(root, found);
  return found;
}

/** The rules of the JSON schema for what the XML said. */
function checkHeader(root: XmlElement, header: DocumentHeader): void {
  const list = { eventList: [] };
  const results = header.epcisBody?.queryResults;
  const epcisBody =
    header.type === 'EPCISQueryDocument'
      ? { queryResults: { ...results, resultsBody: list } }
      : { ...header.epcisBody, ...list };
  const [problem] = checkDocument({ ...header, epcisBody });
  if (problem !== undefined)
    refuse(root, problem.code, `${problem.place.pointer ?? ''}: ${problem.expected}`, problem.got);
}

function contextOf(names: ReadNames): JsonValue {
  const own = [...names.definitions].map(([prefix, uri]) => ({ [prefix]: uri }));
  return own.length === 0 ? [EPCIS_CONTEXT_URL] : [EPCIS_CONTEXT_URL, ...own];
}

function rootAttributes(root: XmlElement, version: XmlVersion, names: ReadNames): Members & { creationDate?: string } {
  const found: Record<string, JsonValue> = {};
  const others: Record<string, JsonValue> = {};
  for (const one of root.attributes) {
    if (one.uri === XSI_NAMESPACE) continue;
    if (one.uri === HALISI_NAMESPACE) {
      if (one.local === 'id') found['id'] = one.value;
    } else if (one.uri === '' && (one.local === 'schemaVersion' || one.local === 'creationDate'))
      found[one.local] = one.value;
    else others[names.nameOf(one)] = one.value;
  }
  if (version === '1.2' && found['schemaVersion'] !== undefined) found['schemaVersion'] = '2.0';
  if (Object.keys(others).length > 0) found[ATTRIBUTES] = others;
  return found;
}

function readHeaderElement(
  header: XmlElement,
  names: ReadNames,
  creationDate: string | undefined,
): Members & { parties?: Parties } {
  refuseText(header);
  const members: Record<string, JsonValue> = {};
  let parties: Parties = {};
  const others: XmlElement[] = [];
  for (const child of elementsOf(header)) {
    if (child.uri === '' && child.local === 'extension') Object.assign(members, readMasterData(child, names));
    else if (child.uri === '')
      refuse(
        child,
        'FIELD_UNKNOWN',
        'sbdh:StandardBusinessDocumentHeader, extension or an element of another namespace',
        child.local,
      );
    else {
      if (child.uri === SBDH_NAMESPACE) parties = partiesOf(child);
      if (!isGenerated(child, parties, creationDate)) others.push(child);
    }
  }
  return { ...members, ...Object.fromEntries(readMembers(others, names)), parties: parties as never };
}

/** A header that says no more than the document's own fields is written again from them. */
function isGenerated(child: XmlElement, parties: Parties, creationDate: string | undefined): boolean {
  if (child.uri !== SBDH_NAMESPACE) return false;
  const canonical = (element: XmlElement): JsonValue => readValue(element, new ReadNames());
  return saysTheSame(canonical(child), canonical(sbdhOf(parties, creationDate)));
}

function readMasterData(extension: XmlElement, names: ReadNames): Members {
  const [data, unknown] = elementsOf(extension);
  if (data === undefined) return {};
  if (data.uri !== '' || data.local !== 'EPCISMasterData' || unknown !== undefined) {
    refuse(unknown ?? data, 'FIELD_UNKNOWN', 'EPCISMasterData', (unknown ?? data).local);
  }
  const [list, other] = elementsOf(data);
  if (list === undefined) refuse(data, 'FIELD_REQUIRED', 'the element VocabularyList', 'nothing');
  if (list.local !== 'VocabularyList' || other !== undefined)
    refuse(other ?? list, 'FIELD_UNKNOWN', 'VocabularyList', (other ?? list).local);
  return { epcisMasterData: { vocabularyList: readVocabularyList(list, names) } };
}

function readMasterDataBody(root: XmlElement, body: XmlElement | undefined, names: ReadNames): Members {
  const list = body && childOf(body, 'VocabularyList');
  if (body === undefined) refuse(root, 'FIELD_REQUIRED', 'the element EPCISBody', 'nothing');
  return list === undefined ? {} : { epcisMasterData: { vocabularyList: readVocabularyList(list, names) } };
}

/** `QueryResults`; some systems leave it and the body out. */
function readResults(root: XmlElement, body: XmlElement | undefined, names: ReadNames): Members {
  const results = (body && elementsOf(body).find(({ local }) => local === 'QueryResults')) ?? root;
  const [queryName, subscriptionID, resultsBody] = ['queryName', 'subscriptionID', 'resultsBody'].map((name) =>
    childOf(results, name),
  );
  if (queryName === undefined) refuse(results, 'FIELD_REQUIRED', 'the element queryName', 'nothing');
  if (resultsBody === undefined) refuse(results, 'FIELD_REQUIRED', 'the element resultsBody', 'nothing');
  const vocabulary = childOf(resultsBody, 'VocabularyList');
  return {
    queryName: textOf(queryName),
    ...(subscriptionID && { subscriptionID: textOf(subscriptionID) }),
    ...(vocabulary && { resultsBody: { vocabularyList: readVocabularyList(vocabulary, names) } }),
    ...(results !== root && extensionsOf(results, ['queryName', 'subscriptionID', 'resultsBody'], names)),
  };
}

/** The elements of other namespaces in `element`. */
function extensionsOf(element: XmlElement, known: readonly string[], names: ReadNames): Members {
  const others = elementsOf(element).filter((child) => !known.includes(child.local));
  const unknown = others.find(({ uri }) => uri === '');
  if (unknown !== undefined)
    refuse(unknown, 'FIELD_UNKNOWN', `${known.join(', ')} or an element of another namespace`, unknown.local);
  return Object.fromEntries(readMembers(others, names));
}

import { EPCIS_CONTEXT_URL, KNOWN_NAMESPACES, namespacesOf, HALISI_NAMESPACE } from '../context.js';
import type { DocumentHeader } from '../document.js';
import { definitionsOf, isStandardDefinition } from '../event-context.js';
import type { JsonValue } from '../event.js';
import { isMembers, type Members } from './codec.js';
import {
  isNcName,
  marker,
  plain,
  plainAttribute,
  SBDH_NAMESPACE,
  type XmlAttribute,
  type XmlElement,
  type XmlVersion,
} from './element.js';
import { commentTexts, writeVocabularyList } from './master-data.js';
import { WriteNames } from './names.js';
import { sbdhOf } from './sbdh.js';
import type { Scope } from './serialize.js';
import { writeMember } from './values.js';

const ROOTS: Readonly<Record<string, Readonly<Record<XmlVersion, readonly [string, string]>>>> = {
  EPCISDocument: { '2.0': ['epcis', 'urn:epcglobal:epcis:xsd:2'], '1.2': ['epcis', 'urn:epcglobal:epcis:xsd:1'] },
  EPCISQueryDocument: {
    '2.0': ['epcisq', 'urn:epcglobal:epcis-query:xsd:2'],
    '1.2': ['epcisq', 'urn:epcglobal:epcis-query:xsd:1'],
  },
};

/** The parts of an XML document around its events. */
export interface XmlFrame {
  /** Without content. */
  readonly root: XmlElement;
  /** Prefixes to declare at the root. */
  readonly declared: Scope;
  readonly header: readonly XmlElement[];
  /** What the list of events stands in, from the outermost, and what stands before and after the inner one. */
  readonly around: readonly { element: XmlElement; before: readonly XmlElement[]; after: readonly XmlElement[] }[];
  readonly after: readonly XmlElement[];
  readonly names: WriteNames;
}

/** The frame of a document in the XML binding of `version`. Throws DocumentError, NOT_EXPRESSIBLE. */
export function writeXmlHeader(header: DocumentHeader, version: XmlVersion): XmlFrame {
  const { type, '@context': context, schemaVersion, creationDate, id, epcisHeader, epcisBody, ...rest } = header;
  const {
    sender,
    receiver,
    instanceIdentifier,
    'halisi:attributes': others,
    'halisi:comments': comments,
    ...extensions
  } = rest;
  const names = new WriteNames(explicit(context));
  const [prefix, uri] = ROOTS[type]![version];
  const root: XmlElement = {
    prefix,
    uri,
    local: type,
    attributes: [
      ...optional('schemaVersion', version === '1.2' ? '1.2' : schemaVersion),
      ...optional('creationDate', creationDate),
      ...(id === undefined ? [] : [marker('id', id)]),
      ...attributesOf(others, names),
      ...(isPlain(context) ? [] : [marker('context', JSON.stringify(context))]),
    ],
    content: [],
    ...(Array.isArray(comments) && { comments: commentTexts(comments as readonly JsonValue[]) }),
  };
  const parties = {
    ...(sender !== undefined && { sender }),
    ...(receiver !== undefined && { receiver }),
    ...(instanceIdentifier !== undefined && { instanceIdentifier }),
  };
  return {
    root,
    declared: declarations(context),
    header: headerElement((epcisHeader ?? {}) as Members, parties, creationDate, version, names),
    around:
      type === 'EPCISQueryDocument'
        ? aroundResults((epcisBody ?? {}) as Members, uri, names)
        : [wrapper(plain('EPCISBody', []), (epcisBody ?? {}) as Members, names)],
    after: members(extensions as Members, names),
    names,
  };
}

const optional = (name: string, value: string | undefined): readonly XmlAttribute[] =>
  value === undefined ? [] : [plainAttribute(name, value)];
const members = (value: Members, names: WriteNames): readonly XmlElement[] =>
  Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : writeMember(name, member, names)));

function attributesOf(value: JsonValue | undefined, names: WriteNames): readonly XmlAttribute[] {
  if (!isMembers(value)) return [];
  return Object.entries(value).map(([name, text]) => {
    const resolved = names.resolve(name);
    return { ...(resolved ?? plainAttribute(name, '')), value: String(text) };
  });
}

/** The namespaces that the context defines; those of the standard are the names' own. */
function explicit(context: unknown): ReadonlyMap<string, string> {
  const defined = definitionsOf(context);
  return new Map([...namespacesOf(context)].filter(([prefix]) => defined.has(prefix)));
}

/** The prefixes that the context defines, those aside that XML cannot declare or that mean something else at the root. */
function declarations(context: unknown): Scope {
  const found = [...definitionsOf(context)].filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' &&
      entry[1] !== '' &&
      isNcName(entry[0]) &&
      !/^(?:xml|xmlns|epcis|epcisq)$/.test(entry[0]),
  );
  return new Map(found);
}

/** True for a context that reading the root gives again. */
function isPlain(context: unknown): boolean {
  if (!Array.isArray(context) || context[0] !== EPCIS_CONTEXT_URL) return false;
  const declared = declarations(context);
  const seen = new Set<string>();
  return context.slice(1).every((part: unknown) => {
    const [entry, ...more] = isMembers(part as JsonValue) ? Object.entries(part as Members) : [];
    if (entry === undefined || more.length > 0 || seen.has(entry[0])) return false;
    seen.add(entry[0]);
    const [prefix, uri] = entry;
    if (prefix === 'cbvmda') return typeof uri === 'string' && uri !== '';
    return (
      declared.has(prefix) &&
      !KNOWN_NAMESPACES.has(prefix) &&
      !isStandardDefinition(prefix, uri) &&
      uri !== HALISI_NAMESPACE &&
      prefix !== 'xsi'
    );
  });
}

function headerElement(
  header: Members,
  parties: { sender?: string; receiver?: string; instanceIdentifier?: string },
  creationDate: string | undefined,
  version: XmlVersion,
  names: WriteNames,
): readonly XmlElement[] {
  const { epcisMasterData, ...blocks } = header;
  const others = members(blocks, names);
  const own = others.filter(({ uri }) => uri === SBDH_NAMESPACE);
  const list = isMembers(epcisMasterData) ? epcisMasterData['vocabularyList'] : undefined;
  const data =
    list === undefined ? [] : [plain('extension', [plain('EPCISMasterData', [writeVocabularyList(list, names)])])];
  const isEmpty = others.length + data.length === 0;
  const generated =
    Object.keys(parties).length > 0 || (version === '1.2' && !isEmpty) ? [sbdhOf(parties, creationDate)] : [];
  if (isEmpty && generated.length === 0) return [];
  return [
    plain('EPCISHeader', [
      ...(own.length > 0 ? own : generated),
      ...data,
      ...others.filter((one) => !own.includes(one)),
    ]),
  ];
}

function wrapper(
  element: XmlElement,
  value: Members,
  names: WriteNames,
  before: readonly XmlElement[] = [],
): XmlFrame['around'][number] {
  return { element, before, after: members(value, names) };
}

function aroundResults(body: Members, uri: string, names: WriteNames): XmlFrame['around'] {
  const { queryResults, ...bodyRest } = body;
  const { queryName, subscriptionID, resultsBody, ...resultsRest } = (queryResults ?? {}) as Members;
  const { vocabularyList, ...resultsBodyRest } = (resultsBody ?? {}) as Members;
  const list = vocabularyList === undefined ? [] : [writeVocabularyList(vocabularyList, names)];
  const fields = [
    plain('queryName', [typeof queryName === 'string' ? queryName : 'SimpleEventQuery']),
    ...(typeof subscriptionID === 'string' ? [plain('subscriptionID', [subscriptionID])] : []),
  ];
  return [
    wrapper(plain('EPCISBody', []), bodyRest, names),
    wrapper({ ...plain('QueryResults', []), prefix: 'epcisq', uri }, resultsRest, names, fields),
    wrapper(plain('resultsBody', []), resultsBodyRest, names, list),
  ];
}

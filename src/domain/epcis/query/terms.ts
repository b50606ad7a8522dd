import { canonicalIdentifier } from '../identifiers.js';
import { namespacesOf, type Namespaces } from '../context.js';
import { toVocabularyUri, type VocabularyName } from '../vocabulary.js';
import { parseEpc } from '../../gs1/epc.js';
import { expandCurie, extensionName } from '../hash-writers.js';
import { isFields, objectsOf, partOf, quantitiesOf, textsOf, type Fields } from './condition.js';
import { isEventField } from './names.js';

/** Longer values of extensions are not indexed, and neither are more than so many of one event. */
const LONGEST_VALUE = 100;
const MOST_EXTENSIONS = 50;
const MOST_CLASSES = 200;

/** An identifier as it is compared: canonical where it is one of GS1's. */
export const comparable = (text: string): string => canonicalIdentifier(text) ?? text;

/** A word of a vocabulary as it is compared: in full, whichever of its spellings came. */
export const wordUri = (vocabulary: VocabularyName, text: string, namespaces: Namespaces): string =>
  expandCurie(toVocabularyUri(vocabulary, text), namespaces);

/** Terms. A query and an event that mean the same thing write the same one; words and identifiers are given as they are compared. */
export const term = {
  type: (type: string) => `type ${type}`,
  action: (action: string) => `action ${action}`,
  bizStep: (uri: string) => `bizStep ${uri}`,
  disposition: (uri: string) => `disposition ${uri}`,
  set: (uri: string) => `set ${uri}`,
  unset: (uri: string) => `unset ${uri}`,
  readPoint: (id: string) => `readPoint ${id}`,
  bizLocation: (id: string) => `bizLocation ${id}`,
  transformation: (id: string) => `transformation ${id}`,
  bizTransaction: (type: string, id: string) => `bizTransaction ${type} ${id}`,
  source: (type: string, id: string) => `source ${type} ${id}`,
  destination: (type: string, id: string) => `destination ${type} ${id}`,
  /** A product of which the event names a pack, a lot or a quantity. */
  gtin: (gtin: string) => `gtin ${gtin}`,
  errorDeclaration: () => 'errorDeclaration',
  errorReason: (uri: string) => `errorReason ${uri}`,
  correctiveEventID: (id: string) => `correctiveEventID ${id}`,
  sensors: () => 'sensorElementList',
  measurement: (uri: string) => `measurement ${uri}`,
  device: (id: string) => `device ${id}`,
  /** A field outside the standard at the top of the event (`''`) or of its ILMD. */
  extension: (part: '' | 'ilmd', name: string, value: string) => `extension ${part}${name}=${value}`,
} as const;

const EPC_LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'] as const;

/**
 * The terms under which an index finds an event, each once. Single EPCs and the eventID are not among them: those have an index
 * of their own.
 */
export function termsOf(event: object): string[] {
  const fields = event as Fields;
  const namespaces = namespacesOf(fields['@context']);
  const found = new Set<string>();
  const add = (values: unknown, of: (value: string) => string): void => {
    for (const value of textsOf(values)) found.add(of(value));
  };
  const words = (values: unknown, vocabulary: VocabularyName, of: (uri: string) => string): void =>
    add(values, (text) => of(wordUri(vocabulary, text, namespaces)));
  const identifiers = (values: unknown, of: (id: string) => string): void => add(values, (id) => of(comparable(id)));
  add(fields['type'], term.type);
  add(fields['action'], term.action);
  words(fields['bizStep'], 'bizStep', term.bizStep);
  words(fields['disposition'], 'disposition', term.disposition);
  words(partOf(fields, 'persistentDisposition')['set'], 'disposition', term.set);
  words(partOf(fields, 'persistentDisposition')['unset'], 'disposition', term.unset);
  identifiers(fields['transformationID'], term.transformation);
  identifiers(partOf(fields, 'readPoint')['id'], term.readPoint);
  identifiers(partOf(fields, 'bizLocation')['id'], term.bizLocation);
  for (const { list, member, vocabulary, of } of TYPED_LISTS) {
    for (const entry of objectsOf(fields[list])) {
      const [type = ''] = textsOf(entry['type']);
      identifiers(entry[member], (id) => of(wordUri(vocabulary, type, namespaces), id));
    }
  }
  addGtins(fields, found);
  const declaration = fields['errorDeclaration'];
  if (isFields(declaration)) {
    found.add(term.errorDeclaration());
    words(declaration['reason'], 'errorReason', term.errorReason);
    add(declaration['correctiveEventIDs'], term.correctiveEventID);
  }
  for (const element of objectsOf(fields['sensorElementList'])) {
    found.add(term.sensors());
    const reports = objectsOf(element['sensorReport']);
    for (const { type } of reports) words(type, 'measurementType', term.measurement);
    for (const part of [partOf(element, 'sensorMetadata'), ...reports]) identifiers(part['deviceID'], term.device);
  }
  addExtensions(fields, namespaces, found);
  return [...found];
}

/** Lists whose entries have a type. */
export const TYPED_LISTS = [
  { list: 'bizTransactionList', member: 'bizTransaction', vocabulary: 'bizTransactionType', of: term.bizTransaction },
  { list: 'sourceList', member: 'source', vocabulary: 'sourceDestinationType', of: term.source },
  { list: 'destinationList', member: 'destination', vocabulary: 'sourceDestinationType', of: term.destination },
] as const;

function addGtins(fields: Fields, found: Set<string>): void {
  const gtins = new Set<string>();
  const see = (uri: string): void => {
    const epc = parseEpc(uri);
    if ('gtin' in epc) gtins.add(epc.gtin);
  };
  for (const name of EPC_LISTS) for (const uri of textsOf(fields[name])) see(uri);
  for (const uri of textsOf(fields['parentID'])) see(uri);
  for (const { epcClass } of quantitiesOf(fields)) textsOf(epcClass).forEach(see);
  for (const gtin of [...gtins].slice(0, MOST_CLASSES)) found.add(term.gtin(gtin));
  if (gtins.size > MOST_CLASSES) found.add(MANY_GTINS);
}

/** An event of so many products that not all are terms: every query by product looks at it. */
export const MANY_GTINS = 'gtins';
/** Likewise, of fields outside the standard. */
export const MANY_EXTENSIONS = 'extensions';

function addExtensions(fields: Fields, namespaces: Namespaces, found: Set<string>): void {
  let count = 0;
  for (const [part, of] of [
    ['', fields],
    ['ilmd', partOf(fields, 'ilmd')],
  ] as const) {
    for (const [name, value] of Object.entries(of)) {
      if (part === '' && isEventField(name)) continue;
      for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof each === 'object' || each === undefined || String(each).length > LONGEST_VALUE) continue;
        if (++count > MOST_EXTENSIONS) {
          found.add(MANY_EXTENSIONS);
          return;
        }
        found.add(term.extension(part, extensionName(name, namespaces), String(each)));
      }
    }
  }
}

/** Whether a value of an extension is short enough to be a term. */
export const isIndexable = (value: string): boolean => value.length <= LONGEST_VALUE;

import { namespacesOf, type Namespaces } from '../../../domain/epcis/context.js';
import { parseDateTime } from '../../../domain/epcis/date-time.js';
import { canonicalIdentifier } from '../../../domain/epcis/identifiers.js';
import { toVocabularyUri, type VocabularyName } from '../../../domain/epcis/vocabulary.js';
import { EpcisProblem } from '../rest/epcis-problem.js';

type EventFields = Readonly<Record<string, unknown>>;
type Test = (event: EventFields) => boolean;

/** A SimpleEventQuery (EPCIS 2.0 §8.2.7) that was read. */
export interface EventQuery {
  /** All must hold. */
  readonly tests: readonly Test[];
  /** Parameters that bound how many events an answer has: a standing query has none. */
  readonly counts: readonly string[];
  readonly eventCountLimit: number | undefined;
}

/** Makes the test of one parameter out of its values, any of which may hold. */
type Parameter = (values: readonly string[], name: string) => Test;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const idOf = (value: unknown): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, 'id') : undefined;

/** One of a field's values, both written alike, is one of the parameter's. */
const among =
  (fields: (event: EventFields) => readonly unknown[], alike: (text: string) => string = (text) => text): Parameter =>
  (values) => {
    const wanted = new Set(values.map(alike));
    return (event) => fields(event).some((value) => typeof value === 'string' && wanted.has(alike(value)));
  };

const word = (name: VocabularyName) => (text: string) => toVocabularyUri(name, text);
const identifier = (text: string): string => canonicalIdentifier(text) ?? text;
const field = (name: string) => (event: EventFields) => [event[name]];
const lists =
  (...names: readonly string[]) =>
  (event: EventFields) =>
    names.flatMap((name) => listOf(event[name]));
const classes =
  (...names: readonly string[]) =>
  (event: EventFields) =>
    lists(...names)(event).map((element) => Reflect.get(element as object, 'epcClass') as unknown);
const persistent = (part: string) => (event: EventFields) =>
  listOf((event['persistentDisposition'] as EventFields | undefined)?.[part]);

const time =
  (name: string, fits: (time: number, bound: number) => boolean): Parameter =>
  (values, parameter) => {
    const bound = values.length === 1 ? parseDateTime(values[0]!) : Number.NaN;
    if (Number.isNaN(bound)) throw refused(parameter, 'one time with its zone, as 2026-04-04T20:33:31.116Z', values);
    return (event) => fits(parseDateTime(textOf(event[name]) ?? ''), bound);
  };
const atLeast = (a: number, b: number): boolean => a >= b;
const below = (a: number, b: number): boolean => a < b;

const EPC_LISTS = ['epcList', 'childEPCs'];
const ANY_LISTS = [...EPC_LISTS, 'inputEPCList', 'outputEPCList'];

const PARAMETERS: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ['eventType', among(field('type'))],
  ['GE_eventTime', time('eventTime', atLeast)],
  ['LT_eventTime', time('eventTime', below)],
  ['GE_recordTime', time('recordTime', atLeast)],
  ['LT_recordTime', time('recordTime', below)],
  ['EQ_action', among(field('action'))],
  ['EQ_eventID', among(field('eventID'))],
  ['EQ_transformationID', among(field('transformationID'))],
  ['EQ_bizStep', among(field('bizStep'), word('bizStep'))],
  ['EQ_disposition', among(field('disposition'), word('disposition'))],
  ['EQ_persistentDisposition_set', among(persistent('set'), word('disposition'))],
  ['EQ_persistentDisposition_unset', among(persistent('unset'), word('disposition'))],
  ['EQ_readPoint', among((event) => [idOf(event['readPoint'])], identifier)],
  ['EQ_bizLocation', among((event) => [idOf(event['bizLocation'])], identifier)],
  ['MATCH_epc', among(lists(...EPC_LISTS), identifier)],
  ['MATCH_parentID', among(field('parentID'), identifier)],
  ['MATCH_inputEPC', among(lists('inputEPCList'), identifier)],
  ['MATCH_outputEPC', among(lists('outputEPCList'), identifier)],
  ['MATCH_anyEPC', among((event) => [event['parentID'], ...lists(...ANY_LISTS)(event)], identifier)],
  ['MATCH_epcClass', among(classes('quantityList', 'childQuantityList'), identifier)],
  ['MATCH_inputEPCClass', among(classes('inputQuantityList'), identifier)],
  ['MATCH_outputEPCClass', among(classes('outputQuantityList'), identifier)],
]);

/** Parameters whose names end in the type of what they look at. */
const TYPED: readonly [prefix: string, list: string, member: string, vocabulary: VocabularyName][] = [
  ['EQ_bizTransaction_', 'bizTransactionList', 'bizTransaction', 'bizTransactionType'],
  ['EQ_source_', 'sourceList', 'source', 'sourceDestinationType'],
  ['EQ_destination_', 'destinationList', 'destination', 'sourceDestinationType'],
];

/** A field outside the standard, of the event or of its ILMD. */
const EXTENSION = /^EQ_(ILMD_)?([A-Za-z][\w.-]*):(\S+)$/;

function extensionNamed(name: string, [, ilmd, prefix, local]: RegExpExecArray, namespaces: Namespaces) {
  const namespace = namespaces.get(prefix!);
  if (namespace === undefined) throw refused(name, 'a prefix that GS1-Extensions declares', prefix);
  return (event: EventFields): unknown[] => {
    const known = namespacesOf(event['@context']);
    const of = ilmd === undefined ? event : ((event['ilmd'] ?? {}) as EventFields);
    return Object.entries(of)
      .filter(([key]) => known.get(key.split(':', 1)[0]!) === namespace && key.endsWith(`:${local}`))
      .flatMap(([, value]) => value);
  };
}

const COUNTS = ['eventCountLimit', 'maxEventCount'];

/** Reads the parameters of a query, each a value or a list; `namespaces` are the prefixes that they may use. Throws QueryParameterException, which names the parameter. */
export function eventQuery(parameters: Readonly<Record<string, unknown>>, namespaces: Namespaces): EventQuery {
  const names = Object.keys(parameters).filter((name) => name !== '@context');
  const counts = names.filter((name) => COUNTS.includes(name));
  if (counts.length > 1) throw refused(counts[1]!, `no ${counts[0]} beside it`, [counts[1]!]);
  const tests = names
    .filter((name) => !COUNTS.includes(name))
    .map((name) => testOf(name, valuesOf(name, parameters[name]), namespaces));
  const [counted] = counts;
  return { tests, counts, eventCountLimit: counted === undefined ? undefined : countOf(counted, parameters[counted]) };
}

/** Whether an event is what a query asks for. */
export const matches = ({ tests }: EventQuery, event: EventFields): boolean => tests.every((test) => test(event));

function testOf(name: string, values: readonly string[], namespaces: Namespaces): Test {
  const parameter = PARAMETERS.get(name);
  if (parameter) return parameter(values, name);
  const extension = EXTENSION.exec(name);
  if (extension) return among(extensionNamed(name, extension, namespaces))(values, name);
  const typed = TYPED.find(([prefix]) => name.startsWith(prefix) && name.length > prefix.length);
  if (!typed) throw refused(name, 'a parameter that is understood', values);
  const [prefix, list, member, vocabulary] = typed;
  const type = toVocabularyUri(vocabulary, name.slice(prefix.length));
  const ofType = (event: EventFields) =>
    (listOf(event[list]) as EventFields[])
      .filter((entry) => toVocabularyUri(vocabulary, textOf(entry['type']) ?? '') === type)
      .map((entry) => entry[member]);
  return among(ofType, identifier)(values, name);
}

function valuesOf(name: string, value: unknown): readonly string[] {
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  if (values.length > 0 && values.every((each) => typeof each === 'string' && each !== '')) return values as string[];
  throw refused(name, 'texts, one at least', value);
}

function countOf(name: string, value: unknown): number {
  const text = String(Array.isArray(value) ? value[0] : value);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw refused(name, 'a whole number from 1 on', value);
}

function refused(name: string, expected: string, got: unknown): EpcisProblem {
  const shown = JSON.stringify(got)?.slice(0, 100);
  const message = `${name.slice(0, 100)}: expected ${expected}; got ${shown}.`;
  return new EpcisProblem('QueryParameterException', 'PARAMETER_INVALID', message, { parameter: name.slice(0, 100) });
}

import { ACTIONS, EVENT_TYPES } from '../event.js';
import { parseDateTime } from '../date-time.js';
import { isFields, objectsOf, partOf, quantitiesOf, textsOf, type Fields } from './condition.js';
import { epcMatch, lookupOf, type EpcMatch } from './epc-match.js';
import { among, asIdentifier, asText, asWord, condition, type Parameter } from './parameter.js';
import { QueryParameterError } from './query-error.js';
import { comparable, MANY_GTINS, term } from './terms.js';
import { choice, compares, numbers, oneNumber, oneTime, texts, type Comparison } from './values.js';

const field =
  (name: string) =>
  (event: Fields): readonly string[] =>
    textsOf(event[name]);
const idOf =
  (name: string) =>
  (event: Fields): readonly string[] =>
    textsOf(partOf(event, name)['id']);
const persistent =
  (name: string) =>
  (event: Fields): readonly string[] =>
    textsOf(partOf(event, 'persistentDisposition')[name]);
const declared =
  (name: string) =>
  (event: Fields): readonly string[] =>
    textsOf(partOf(event, 'errorDeclaration')[name]);

/** `EXISTS_` has no value; an empty text, null or a number may stand for it. */
function exists(read: (event: Fields) => boolean, of?: string): Parameter {
  return (parameter, value) => {
    if (
      value !== null &&
      value !== undefined &&
      typeof value === 'object' &&
      (!Array.isArray(value) || value.length > 1)
    ) {
      throw new QueryParameterError('PARAMETER_INVALID', parameter, 'no value', value);
    }
    return condition(parameter, read, of === undefined ? undefined : () => ({ by: 'terms', any: [of] }));
  };
}

/** `eventType` and `EQ_action`, whose words are closed. */
const closed =
  (name: string, words: readonly string[], of: (word: string) => string): Parameter =>
  (parameter, value) => {
    const wanted = texts(parameter, value).map((text) => choice(parameter, text, words));
    const read = field(name);
    return condition(
      parameter,
      (event) => read(event).some((text) => wanted.includes(text)),
      () => ({ by: 'terms', any: wanted.map(of) }),
    );
  };

const timesOf = (texts: readonly string[]): readonly number[] => texts.map(parseDateTime);

/** GE is inclusive, LT exclusive (EPCIS 2.0 §8.2.7.1). */
function time(
  read: (event: Fields) => readonly string[],
  comparison: 'GE' | 'LT',
  index?: 'eventTime' | 'recordTime',
): Parameter {
  return (parameter, value) => {
    const bound = oneTime(parameter, value);
    return condition(
      parameter,
      (event) => timesOf(read(event)).some((found) => compares[comparison](found, bound)),
      index && (() => ({ by: index, ...(comparison === 'GE' ? { from: bound } : { until: bound }) })),
    );
  };
}

function matching(read: (event: Fields) => readonly string[], isClass: boolean): Parameter {
  return (parameter, value) => {
    const matches = texts(parameter, value).map((text): EpcMatch => {
      const match = epcMatch(text);
      if (match !== undefined) return match;
      throw new QueryParameterError('PARAMETER_INVALID', parameter, 'an EPC, a class or a pattern of one', text);
    });
    const lookup = isClass ? classLookup(matches) : lookupOf(matches);
    return condition(
      parameter,
      (event) => {
        for (const uri of read(event)) {
          const canonical = comparable(uri);
          if (matches.some(({ fits }) => fits(canonical))) return true;
        }
        return false;
      },
      lookup && (() => lookup),
    );
  };
}

function classLookup(matches: readonly EpcMatch[]) {
  const gtins = matches.flatMap(({ gtin }) => (gtin === undefined ? [] : [gtin]));
  return gtins.length < matches.length
    ? undefined
    : { by: 'terms' as const, any: [...gtins.map(term.gtin), MANY_GTINS] };
}

const lists =
  (...names: readonly string[]) =>
  (event: Fields): readonly string[] =>
    names.flatMap((name) => textsOf(event[name]));
const classes =
  (...names: readonly string[]) =>
  (event: Fields): readonly string[] =>
    names.flatMap((name) => objectsOf(event[name]).flatMap(({ epcClass }) => textsOf(epcClass)));

function quantity(comparison: Comparison): Parameter {
  return (parameter, value) => {
    const bounds = comparison === 'EQ' ? numbers(parameter, value) : [oneNumber(parameter, value)];
    return condition(parameter, (event) =>
      quantitiesOf(event).some(
        // A quantity with a unit is none of these: `quantity` counts (§8.2.7.1).
        ({ quantity: found, uom }) =>
          uom === undefined && typeof found === 'number' && bounds.some((bound) => compares[comparison](found, bound)),
      ),
    );
  };
}

const declarationTime = declared('declarationTime');

/** Parameters with a name of their own (EPCIS 2.0 §8.2.7.1). */
export const STANDARD: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ['eventType', closed('type', EVENT_TYPES, term.type)],
  ['EQ_action', closed('action', ACTIONS, term.action)],
  ['GE_eventTime', time(field('eventTime'), 'GE', 'eventTime')],
  ['LT_eventTime', time(field('eventTime'), 'LT', 'eventTime')],
  ['GE_recordTime', time(field('recordTime'), 'GE', 'recordTime')],
  ['LT_recordTime', time(field('recordTime'), 'LT', 'recordTime')],
  [
    'EQ_eventID',
    (parameter, value, namespaces) => ({
      ...among(field('eventID'), asText)(parameter, value, namespaces),
      lookup: () => ({ by: 'eventIDs', any: texts(parameter, value) }),
    }),
  ],
  ['EQ_transformationID', among(field('transformationID'), asIdentifier, term.transformation)],
  ['EQ_bizStep', among(field('bizStep'), asWord('bizStep'), term.bizStep)],
  ['EQ_disposition', among(field('disposition'), asWord('disposition'), term.disposition)],
  ['EQ_persistentDisposition_set', among(persistent('set'), asWord('disposition'), term.set)],
  ['EQ_persistentDisposition_unset', among(persistent('unset'), asWord('disposition'), term.unset)],
  ['EQ_readPoint', among(idOf('readPoint'), asIdentifier, term.readPoint)],
  ['EQ_bizLocation', among(idOf('bizLocation'), asIdentifier, term.bizLocation)],
  ['MATCH_epc', matching(lists('epcList', 'childEPCs'), false)],
  ['MATCH_parentID', matching(field('parentID'), false)],
  ['MATCH_inputEPC', matching(lists('inputEPCList'), false)],
  ['MATCH_outputEPC', matching(lists('outputEPCList'), false)],
  ['MATCH_anyEPC', matching(lists('epcList', 'childEPCs', 'parentID', 'inputEPCList', 'outputEPCList'), false)],
  ['MATCH_epcClass', matching(classes('quantityList', 'childQuantityList'), true)],
  ['MATCH_inputEPCClass', matching(classes('inputQuantityList'), true)],
  ['MATCH_outputEPCClass', matching(classes('outputQuantityList'), true)],
  ['MATCH_anyEPCClass', matching((event) => quantitiesOf(event).flatMap(({ epcClass }) => textsOf(epcClass)), true)],
  ...(['EQ', 'GT', 'GE', 'LT', 'LE'] as const).map(
    (comparison) => [`${comparison}_quantity`, quantity(comparison)] as const,
  ),
  ['EXISTS_errorDeclaration', exists((event) => isFields(event['errorDeclaration']), term.errorDeclaration())],
  // Both spellings are published: of the OpenAPI document, and of the query schema.
  ...(['errorDeclarationTime', 'errorDeclaration_Time'] as const).flatMap((name) => [
    [`GE_${name}`, time(declarationTime, 'GE')] as const,
    [`LT_${name}`, time(declarationTime, 'LT')] as const,
  ]),
  ['EQ_errorReason', among(declared('reason'), asWord('errorReason'), term.errorReason)],
  ['EQ_correctiveEventID', among(declared('correctiveEventIDs'), asText, term.correctiveEventID)],
  ['EXISTS_sensorElementList', exists((event) => objectsOf(event['sensorElementList']).length > 0, term.sensors())],
]);

import type { Namespaces } from '../context.js';
import type { Condition, Fields, Lookup, Vocabulary } from './condition.js';
import { extensionParameter } from './extension-parameters.js';
import { masterDataParameter, WITHIN } from './master-data-parameters.js';
import type { Parameter } from './parameter.js';
import { QueryParameterError } from './query-error.js';
import { SENSOR, unitParameter } from './sensor-parameters.js';
import { STANDARD } from './standard-parameters.js';
import { typedParameter } from './typed-parameters.js';
import { choice, count, oneText } from './values.js';

export const ORDER_FIELDS = ['eventTime', 'recordTime'] as const;

/** A SimpleEventQuery (EPCIS 2.0 §8.2.7) that was read. */
export interface SimpleEventQuery {
  /** All must hold. */
  readonly conditions: readonly Condition[];
  readonly orderBy: (typeof ORDER_FIELDS)[number];
  readonly ascending: boolean;
  /** No more events than this are answered. */
  readonly eventCountLimit: number | null;
  /** More events than this are an error: QueryTooLargeException. */
  readonly maxEventCount: number | null;
}

const CONTROLS = ['orderBy', 'orderDirection', 'eventCountLimit', 'maxEventCount'] as const;
const MOST_PARAMETERS = 100;
/** Tried in turn where a name is not one of the fixed ones: from the closest pattern to the widest. */
const BY_PATTERN = [unitParameter, typedParameter, masterDataParameter, extensionParameter];

/**
 * Reads the parameters of a query: each a value or a list, as JSON has them or as texts of a URL. `namespaces` are the prefixes
 * that names of extensions may use. Throws QueryParameterError.
 */
export function parseQuery(parameters: Readonly<Record<string, unknown>>, namespaces: Namespaces): SimpleEventQuery {
  const names = Object.keys(parameters).filter((name) => name !== '@context');
  if (names.length > MOST_PARAMETERS) {
    throw new QueryParameterError(
      'PARAMETER_INVALID',
      names[MOST_PARAMETERS]!,
      `at most ${MOST_PARAMETERS} parameters`,
      names.length,
    );
  }
  const given = (name: (typeof CONTROLS)[number]): unknown => parameters[name];
  if (given('eventCountLimit') !== undefined && given('maxEventCount') !== undefined) {
    throw new QueryParameterError(
      'PARAMETERS_CONTRADICT',
      'maxEventCount',
      'no eventCountLimit beside it',
      given('maxEventCount'),
    );
  }
  const control = <T>(name: (typeof CONTROLS)[number], read: (name: string, value: unknown) => T, usual: T): T =>
    given(name) === undefined ? usual : read(name, given(name));
  return {
    conditions: names
      .filter((name) => !(CONTROLS as readonly string[]).includes(name))
      .map((name) => parameterNamed(name)(name, parameters[name], namespaces)),
    orderBy: control('orderBy', orderField, 'recordTime'),
    ascending: control('orderDirection', (name, value) => choice(name, value, ['ASC', 'DESC']), 'DESC') === 'ASC',
    eventCountLimit: control('eventCountLimit', count, null),
    maxEventCount: control('maxEventCount', count, null),
  };
}

function parameterNamed(name: string): Parameter {
  const fixed = STANDARD.get(name) ?? SENSOR.get(name) ?? WITHIN.get(name);
  if (fixed !== undefined) return fixed;
  for (const find of BY_PATTERN) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  throw new QueryParameterError('PARAMETER_UNKNOWN', name, 'a parameter of SimpleEventQuery', name);
}

/** EPCIS also lets extension fields order; ours are ordered by time alone, and say so. */
function orderField(parameter: string, value: unknown): (typeof ORDER_FIELDS)[number] {
  return choice(parameter, oneText(parameter, value), ORDER_FIELDS);
}

/** Whether an event, as its reader sees it, is what a query asks for. */
export const matches = (query: SimpleEventQuery, event: object, vocabulary: Vocabulary): boolean =>
  query.conditions.every(({ test }) => test(event as Fields, vocabulary));

/** What an index can do for a query: an event that matches is found by every one of these. */
export const lookupsOf = (query: SimpleEventQuery, vocabulary: Vocabulary): readonly Lookup[] =>
  query.conditions.flatMap(({ lookup }) => (lookup === undefined ? [] : [lookup(vocabulary)]));

import { parseDateTime } from '../date-time.js';
import { QueryParameterError } from './query-error.js';

const MOST_VALUES = 1000;
const LONGEST = 2000;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/** How two values are compared. */
export type Comparison = 'GT' | 'GE' | 'LT' | 'LE' | 'EQ';

/** The values of a parameter as texts, whether they came in a URL or in JSON. Throws QueryParameterError. */
export function texts(parameter: string, value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0 || values.length > MOST_VALUES) {
    throw new QueryParameterError('PARAMETER_INVALID', parameter, `1 to ${MOST_VALUES} values`, value);
  }
  return values.map((each) => {
    if (typeof each === 'number' || typeof each === 'boolean') return String(each);
    if (typeof each === 'string' && each !== '' && each.length <= LONGEST) return each;
    throw new QueryParameterError('PARAMETER_INVALID', parameter, `texts of 1 to ${LONGEST} characters`, each);
  });
}

/** The one value of a parameter. */
export function oneText(parameter: string, value: unknown): string {
  const [one, ...more] = texts(parameter, value);
  if (more.length === 0) return one!;
  throw new QueryParameterError('PARAMETER_INVALID', parameter, 'one value', value);
}

export function numbers(parameter: string, value: unknown): readonly number[] {
  return texts(parameter, value).map((text) => {
    const number = numberIn(text);
    if (number === undefined) throw new QueryParameterError('PARAMETER_INVALID', parameter, 'a number', text);
    return number;
  });
}

export function oneNumber(parameter: string, value: unknown): number {
  return numbers(parameter, oneText(parameter, value))[0]!;
}

/** One time with its zone, in milliseconds since 1970. */
export function oneTime(parameter: string, value: unknown): number {
  const text = oneText(parameter, value);
  const time = parseDateTime(text);
  if (!Number.isNaN(time)) return time;
  throw new QueryParameterError('PARAMETER_INVALID', parameter, 'a time as 2026-04-04T20:33:31.116Z', text);
}

/** A whole number from 1 on. */
export function count(parameter: string, value: unknown): number {
  const text = oneText(parameter, value);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new QueryParameterError('PARAMETER_INVALID', parameter, 'a whole number from 1 on', text);
}

export function choice<const Value extends string>(parameter: string, value: unknown, of: readonly Value[]): Value {
  const text = oneText(parameter, value);
  const found = of.find((each) => each === text);
  if (found !== undefined) return found;
  throw new QueryParameterError('PARAMETER_INVALID', parameter, `one of ${of.join(', ')}`, text);
}

/** The number that a text is; undefined for a text that is none. */
export function numberIn(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

export const compares: Readonly<Record<Comparison, (value: number, bound: number) => boolean>> = {
  GT: (value, bound) => value > bound,
  GE: (value, bound) => value >= bound,
  LT: (value, bound) => value < bound,
  LE: (value, bound) => value <= bound,
  EQ: (value, bound) => value === bound,
};

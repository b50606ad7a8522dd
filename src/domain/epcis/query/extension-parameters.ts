import { parseDateTime } from '../date-time.js';
import type { Namespaces } from '../context.js';
import { extensionName } from '../hash-writers.js';
import { eachOf, isFields, objectsOf, partOf, type Fields, type Lookup } from './condition.js';
import { isEventField } from './names.js';
import { condition, namespacesIn, type Parameter } from './parameter.js';
import { QueryParameterError } from './query-error.js';
import { isIndexable, MANY_EXTENSIONS, term } from './terms.js';
import { compares, numberIn, oneText, texts, type Comparison } from './values.js';

const NAME =
  /^(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?(?:(ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT|readPoint|bizLocation)_)?([A-Za-z_][\w.-]*):(\S+)$/;

/** The parts of an event in which fields outside the standard may stand. */
const PARTS: Readonly<Record<string, (event: Fields) => readonly Fields[]>> = {
  '': (event) => [Object.fromEntries(Object.entries(event).filter(([name]) => !isEventField(name)))],
  ILMD: (event) => [partOf(event, 'ilmd')],
  ERROR_DECLARATION: (event) => [partOf(event, 'errorDeclaration')],
  SENSORELEMENT: (event) => objectsOf(event['sensorElementList']),
  SENSORMETADATA: (event) => objectsOf(event['sensorElementList']).map((each) => partOf(each, 'sensorMetadata')),
  SENSORREPORT: (event) => objectsOf(event['sensorElementList']).flatMap(({ sensorReport }) => objectsOf(sensorReport)),
  readPoint: (event) => [partOf(event, 'readPoint')],
  bizLocation: (event) => [partOf(event, 'bizLocation')],
};

/**
 * `EQ_ns:field` and its like: fields outside the standard, of the event or of a part of it; with `INNER_` those nested at any
 * depth in one of them, and not the outermost. The prefix is the asker's, so `GS1-Extensions` or `@context` must declare it.
 */
export function extensionParameter(name: string): Parameter | undefined {
  const found = NAME.exec(name);
  if (found === null) return undefined;
  const [, comparison, inner, part = '', prefix, local] = found as unknown as [
    string,
    Comparison | 'EXISTS',
    string | undefined,
    string | undefined,
    string,
    string,
  ];
  return (parameter, value, namespaces) => {
    const namespace = namespaces.get(prefix);
    if (namespace === undefined) {
      throw new QueryParameterError('PREFIX_UNKNOWN', parameter, 'a prefix that GS1-Extensions declares', prefix);
    }
    const wanted = `{${namespace}}${local}`;
    const fits = comparison === 'EXISTS' ? () => true : valueTest(parameter, comparison, value);
    const lookup = inner === undefined ? lookupOf(part, comparison, wanted, parameter, value) : undefined;
    return condition(
      parameter,
      (event) => {
        const known = namespacesIn(event);
        const read = inner === undefined ? outerValues : innerValues;
        return PARTS[part]!(event).some((fields) => read(fields, wanted, known).some(fits));
      },
      lookup && (() => lookup),
    );
  };
}

/** Values of the fields of one name, a list's one by one. */
function outerValues(fields: Fields, wanted: string, known: Namespaces): unknown[] {
  const values: unknown[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name.includes(':') && extensionName(name, known) === wanted) values.push(...eachOf(value));
  }
  return values;
}

function innerValues(fields: Fields, wanted: string, known: Namespaces): unknown[] {
  const values: unknown[] = [];
  const walk = (value: unknown): void => {
    for (const each of eachOf(value)) {
      if (!isFields(each)) continue;
      values.push(...outerValues(each, wanted, known));
      for (const inside of Object.values(each)) walk(inside);
    }
  };
  for (const [name, value] of Object.entries(fields)) if (name.includes(':')) walk(value);
  return values;
}

/** Equal as text or as a number; more or less as numbers or as times (EPCIS 2.0 §8.2.7.1). */
function valueTest(parameter: string, comparison: Comparison, value: unknown): (found: unknown) => boolean {
  if (comparison === 'EQ') {
    const wanted = texts(parameter, value);
    const set = new Set(wanted);
    const numeric = new Set(wanted.map(numberIn).filter((number) => number !== undefined));
    return (found) => {
      if (typeof found === 'number') return numeric.has(found);
      if (typeof found === 'boolean') return set.has(String(found));
      return typeof found === 'string' && set.has(found);
    };
  }
  const text = oneText(parameter, value);
  const number = numberIn(text);
  const time = parseDateTime(text);
  if (number === undefined && Number.isNaN(time)) {
    throw new QueryParameterError('PARAMETER_INVALID', parameter, 'a number, or a time with its zone', text);
  }
  return (found) => {
    if (number !== undefined) {
      const there = typeof found === 'number' ? found : typeof found === 'string' ? numberIn(found) : undefined;
      return there !== undefined && compares[comparison](there, number);
    }
    return typeof found === 'string' && compares[comparison](parseDateTime(found), time);
  };
}

/** What is equal as a number may be written otherwise, so only texts are looked up. */
function lookupOf(
  part: string,
  comparison: Comparison | 'EXISTS',
  wanted: string,
  parameter: string,
  value: unknown,
): Lookup | undefined {
  if (comparison !== 'EQ' || (part !== '' && part !== 'ILMD')) return undefined;
  const values = texts(parameter, value);
  if (!values.every((each) => isIndexable(each) && numberIn(each) === undefined)) return undefined;
  const of = part === '' ? '' : 'ilmd';
  return { by: 'terms', any: [...values.map((each) => term.extension(of, wanted, each)), MANY_EXTENSIONS] };
}

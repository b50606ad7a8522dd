import { parseDateTime } from '../date-time.js';
import { objectsOf, partOf, quantitiesOf, textsOf, type Fields } from './condition.js';
import { among, asIdentifier, asText, asWord, condition, type Parameter } from './parameter.js';
import { term } from './terms.js';
import { converted } from './units.js';
import { compares, numbers, oneNumber, oneTime, texts, type Comparison } from './values.js';

/** Every sensor element's metadata and reports. */
const elementsOf = (event: Fields): readonly Fields[] => objectsOf(event['sensorElementList']);
const reportsOf = (event: Fields): readonly Fields[] =>
  elementsOf(event).flatMap((element) => objectsOf(element['sensorReport']));
const metadataOf = (event: Fields): readonly Fields[] =>
  elementsOf(event).map((element) => partOf(element, 'sensorMetadata'));
const both = (event: Fields): readonly Fields[] => [...metadataOf(event), ...reportsOf(event)];

const texted =
  (of: (event: Fields) => readonly Fields[], name: string) =>
  (event: Fields): readonly string[] =>
    of(event).flatMap((part) => textsOf(part[name]));

function time(of: (event: Fields) => readonly Fields[], name: string, comparison: 'GE' | 'LT'): Parameter {
  const read = texted(of, name);
  return (parameter, value) => {
    const bound = oneTime(parameter, value);
    return condition(parameter, (event) =>
      read(event).some((text) => compares[comparison](parseDateTime(text), bound)),
    );
  };
}

function numeric(name: string, comparison: Comparison): Parameter {
  return (parameter, value) => {
    const bounds = comparison === 'EQ' ? numbers(parameter, value) : [oneNumber(parameter, value)];
    return condition(parameter, (event) =>
      reportsOf(event).some((report) => {
        const found = report[name];
        return typeof found === 'number' && bounds.some((bound) => compares[comparison](found, bound));
      }),
    );
  };
}

const boolean: Parameter = (parameter, value) => {
  const wanted = new Set(texts(parameter, value).map((text) => text === 'true' || text === '1'));
  return condition(parameter, (event) =>
    reportsOf(event).some(({ booleanValue }) => typeof booleanValue === 'boolean' && wanted.has(booleanValue)),
  );
};

const upper = (text: string): string => text.toUpperCase();

/** Parameters of sensor data with a name of their own (EPCIS 2.0 §8.2.7.1). */
export const SENSOR: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ...(['GE', 'LT'] as const).flatMap((comparison) => [
    [`${comparison}_time`, time(both, 'time', comparison)] as const,
    [`${comparison}_startTime`, time(metadataOf, 'startTime', comparison)] as const,
    [`${comparison}_endTime`, time(metadataOf, 'endTime', comparison)] as const,
  ]),
  ['EQ_type', among(texted(reportsOf, 'type'), asWord('measurementType'), term.measurement)],
  ['EQ_deviceID', among(texted(both, 'deviceID'), asIdentifier, term.device)],
  ['EQ_dataProcessingMethod', among(texted(both, 'dataProcessingMethod'), asIdentifier)],
  ['EQ_microorganism', among(texted(reportsOf, 'microorganism'), asText)],
  ['EQ_chemicalSubstance', among(texted(reportsOf, 'chemicalSubstance'), asText)],
  ['EQ_bizRules', among(texted(both, 'bizRules'), asIdentifier)],
  ['EQ_stringValue', among(texted(reportsOf, 'stringValue'), asText)],
  ['EQ_hexBinaryValue', among(texted(reportsOf, 'hexBinaryValue'), upper)],
  ['EQ_uriValue', among(texted(reportsOf, 'uriValue'), asIdentifier)],
  ['EQ_booleanValue', boolean],
  ...(['EQ', 'GT', 'GE', 'LT', 'LE'] as const).map(
    (comparison) => [`${comparison}_percRank`, numeric('percRank', comparison)] as const,
  ),
]);

const WITH_UNIT = /^(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue|quantity)_([A-Z0-9]{2,3})$/;

/** `GE_value_CEL` and its like: readings and quantities in any unit of the same measurement, converted. */
export function unitParameter(name: string): Parameter | undefined {
  const found = WITH_UNIT.exec(name);
  if (found === null) return undefined;
  const [, comparison, member, unit] = found as unknown as [string, Comparison, string, string];
  const isDifference = member === 'sDev';
  return (parameter, value) => {
    const bounds = comparison === 'EQ' ? numbers(parameter, value) : [oneNumber(parameter, value)];
    return condition(parameter, (event) =>
      (member === 'quantity' ? quantitiesOf(event) : reportsOf(event)).some((part) => {
        const { uom } = part;
        const reading = part[member];
        if (typeof reading !== 'number' || typeof uom !== 'string') return false;
        const there = converted(reading, uom, unit, isDifference);
        return there !== undefined && bounds.some((bound) => compares[comparison](there, bound));
      }),
    );
  };
}

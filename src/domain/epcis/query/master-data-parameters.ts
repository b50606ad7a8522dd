import type { JsonValue } from '../event.js';
import type { Namespaces } from '../context.js';
import { expandCurie } from '../hash-writers.js';
import { objectsOf, partOf, quantitiesOf, textsOf, type Fields } from './condition.js';
import { condition, type Parameter } from './parameter.js';
import { comparable, term } from './terms.js';
import { texts } from './values.js';

const PLACES = ['readPoint', 'bizLocation'] as const;

/** `WD_readPoint`, `WD_bizLocation`: a place or any below it in the asker's master data. */
export const WITHIN: ReadonlyMap<string, Parameter> = new Map(
  PLACES.map((place): [string, Parameter] => [
    `WD_${place}`,
    (parameter, value) => {
      const places = texts(parameter, value);
      return condition(
        parameter,
        (event, vocabulary) => {
          const below = places.map((each) => vocabulary.descendantsOf(each));
          return textsOf(partOf(event, place)['id']).some((id) => below.some((ids) => ids.has(comparable(id))));
        },
        (vocabulary) => ({
          by: 'terms',
          any: [...new Set(places.flatMap((each) => [...vocabulary.descendantsOf(each)]))].map(term[place]),
        }),
      );
    },
  ]),
);

/** Fields whose values are identifiers that master data may describe. */
const IDENTIFIERS: Readonly<Record<string, (event: Fields) => readonly string[]>> = {
  readPoint: (event) => textsOf(partOf(event, 'readPoint')['id']),
  bizLocation: (event) => textsOf(partOf(event, 'bizLocation')['id']),
  epcClass: (event) => quantitiesOf(event).flatMap(({ epcClass }) => textsOf(epcClass)),
  epc: (event) => ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'].flatMap((name) => textsOf(event[name])),
  parentID: (event) => textsOf(event['parentID']),
  bizTransaction: (event) => objectsOf(event['bizTransactionList']).flatMap((each) => textsOf(each['bizTransaction'])),
  source: (event) => objectsOf(event['sourceList']).flatMap((each) => textsOf(each['source'])),
  destination: (event) => objectsOf(event['destinationList']).flatMap((each) => textsOf(each['destination'])),
};

const FIELD = Object.keys(IDENTIFIERS).join('|');
const HAS = new RegExp(`^HASATTR_(${FIELD})$`);
const EQUALS = new RegExp(`^(?:EQ_ATTR|EQATTR)_(${FIELD})_(\\S+)$`);

/**
 * `HASATTR_field` (values: names of attributes) and `EQATTR_field_attribute`, which 2.0 spells `EQ_ATTR_`: what the asker's
 * master data says of an identifier in that field (EPCIS 2.0 §8.2.7.1). Names in full or with a prefix.
 */
export function masterDataParameter(name: string): Parameter | undefined {
  const [, field] = HAS.exec(name) ?? [];
  if (field !== undefined) {
    return (parameter, value, namespaces) => {
      const wanted = texts(parameter, value).map((attribute) => attributeName(attribute, namespaces));
      return condition(parameter, (event, vocabulary) =>
        IDENTIFIERS[field]!(event).some((id) => {
          const attributes = vocabulary.attributesOf(id);
          return wanted.some((attribute) => attributes.has(attribute));
        }),
      );
    };
  }
  const [, of, attribute] = EQUALS.exec(name) ?? [];
  if (of === undefined || attribute === undefined) return undefined;
  return (parameter, value, namespaces) => {
    const wanted = new Set(texts(parameter, value));
    const full = attributeName(attribute, namespaces);
    const equals = (found: JsonValue): boolean => typeof found !== 'object' && wanted.has(String(found));
    return condition(parameter, (event, vocabulary) =>
      IDENTIFIERS[of]!(event).some((id) => vocabulary.attributesOf(id).get(full)?.some(equals) === true),
    );
  };
}

const attributeName = (name: string, namespaces: Namespaces): string => expandCurie(name, namespaces);

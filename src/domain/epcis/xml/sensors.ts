import type { JsonValue } from '../event.js';
import {
  elementsOf,
  marker,
  markerOf,
  plain,
  plainAttribute,
  refuse,
  textOf,
  isXmlText,
  type XmlAttribute,
  type XmlElement,
} from './element.js';
import { isMembers, notExpressible, sequence, type Codec, type Reading } from './codec.js';
import { parseJsonIn } from './json-text.js';
import type { WriteNames } from './names.js';
import { HALISI_NAMESPACE } from '../context.js';
import { boolean, double, term, text, time, uri, type Scalar } from './scalars.js';

const ORIGIN: Readonly<Record<string, Scalar>> = {
  time,
  deviceID: uri,
  deviceMetadata: uri,
  rawData: uri,
  dataProcessingMethod: uri,
  bizRules: uri,
};

const METADATA: Readonly<Record<string, Scalar>> = { ...ORIGIN, startTime: time, endTime: time };

const REPORT: Readonly<Record<string, Scalar>> = {
  ...ORIGIN,
  type: term('measurementType'),
  exception: term('alertType'),
  microorganism: uri,
  chemicalSubstance: uri,
  coordinateReferenceSystem: uri,
  value: double,
  component: term('component'),
  stringValue: text,
  booleanValue: boolean,
  hexBinaryValue: text,
  uriValue: uri,
  minValue: double,
  maxValue: double,
  meanValue: double,
  sDev: double,
  percRank: double,
  percValue: double,
  uom: text,
};

/** The marker that names the attributes whose value is written as JSON. */
const AS_JSON = 'jsonAttributes';

/** An object in JSON whose fields are attributes in XML (EPCIS 2.0 §7.3.7). */
const inAttributes = (fields: Readonly<Record<string, Scalar>>): Codec => ({
  read: (element, reading) => {
    const [child] = elementsOf(element);
    if (child !== undefined) refuse(child, 'FIELD_UNKNOWN', 'attributes, no element', child.local);
    if (textOf(element).trim() !== '') refuse(element, 'VALUE_INVALID', 'attributes, no text', textOf(element));
    const asJson = new Set((markerOf(element, AS_JSON) ?? '').split(' '));
    return Object.fromEntries(
      element.attributes
        .filter(({ uri: namespace }) => namespace !== HALISI_NAMESPACE)
        .map((attribute) => readAttribute(element, attribute, fields, reading, asJson)),
    );
  },
  write: (name, value, names) => {
    if (!isMembers(value)) notExpressible(name, 'an object', value);
    const asJson: string[] = [];
    const attributes = Object.entries(value).map(([field, member]) =>
      writeAttribute(field, member, fields, names, asJson),
    );
    return plain(name, [], asJson.length === 0 ? attributes : [...attributes, marker(AS_JSON, asJson.join(' '))]);
  },
});

function readAttribute(
  element: XmlElement,
  attribute: XmlAttribute,
  fields: Readonly<Record<string, Scalar>>,
  { names, strict }: Reading,
  asJson: ReadonlySet<string>,
): readonly [string, JsonValue] {
  const name = names.nameOf(attribute);
  if (attribute.uri !== '') {
    return [name, asJson.has(name) ? parseJsonIn(element, attribute.value) : attribute.value];
  }
  const scalar = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (scalar === undefined) {
    return refuse(element, 'FIELD_UNKNOWN', Object.keys(fields).join(', '), `the attribute ${attribute.local}`);
  }
  const value = scalar.read(attribute.value, strict);
  return [
    name,
    value ?? refuse(element, 'VALUE_INVALID', `${name}: ${scalar.expected}`, JSON.stringify(attribute.value)),
  ];
}

function writeAttribute(
  name: string,
  value: JsonValue,
  fields: Readonly<Record<string, Scalar>>,
  names: WriteNames,
  asJson: string[],
): XmlAttribute {
  const scalar = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (scalar !== undefined) {
    return plainAttribute(name, scalar.write(value) ?? notExpressible(name, scalar.expected, value));
  }
  const resolved = names.resolve(name);
  if (resolved === undefined || resolved.uri === '') return notExpressible(name, 'a name with a known prefix', name);
  if (typeof value === 'string' && isXmlText(value)) return { ...resolved, value };
  asJson.push(name);
  return { ...resolved, value: JSON.stringify(value) };
}

/** A sensor element. */
export const sensorElement: Codec = sequence({
  fields: [
    { name: 'sensorMetadata', codec: inAttributes(METADATA) },
    { name: 'sensorReport', codec: inAttributes(REPORT), required: true, repeats: true },
  ],
  extensible: true,
});

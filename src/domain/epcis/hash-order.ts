import {
  certificates,
  container,
  epcs,
  extensible,
  identifier,
  listOf,
  listOfItems,
  number,
  term,
  terms,
  text,
  time,
  type Order,
  type Writer,
} from './hash-writers.js';
import { sortByUtf8 } from './hash-values.js';

const QUANTITY: Order = [
  ['epcClass', identifier],
  ['quantity', number],
  ['uom', text],
];
const SENSOR_METADATA: Order = [
  ['time', time],
  ['startTime', time],
  ['endTime', time],
  ['deviceID', identifier],
  ['deviceMetadata', identifier],
  ['rawData', identifier],
  ['dataProcessingMethod', identifier],
  ['bizRules', identifier],
];
const SENSOR_REPORT: Order = [
  ['type', term('measurementType')],
  ['exception', term('alertType')],
  ['deviceID', identifier],
  ['deviceMetadata', identifier],
  ['rawData', identifier],
  ['dataProcessingMethod', identifier],
  ['bizRules', identifier],
  ['time', time],
  ['microorganism', identifier],
  ['chemicalSubstance', identifier],
  ['value', number],
  ['component', term('component')],
  ['stringValue', text],
  ['booleanValue', text],
  ['hexBinaryValue', text],
  ['uriValue', identifier],
  ['minValue', number],
  ['maxValue', number],
  ['meanValue', number],
  ['sDev', number],
  ['percRank', number],
  ['percValue', number],
  ['uom', text],
  ['coordinateReferenceSystem', identifier],
];

const sensorReport = extensible(SENSOR_REPORT);
const sensorReports: Writer = (name, value, hashing) =>
  sortByUtf8(listOf(name, value).map((report) => sensorReport(name, report, hashing))).join('');
const sensorElement = extensible([
  ['sensorMetadata', extensible(SENSOR_METADATA)],
  ['sensorReport', sensorReports],
]);
const sensorElements: Writer = (name, value, hashing) => {
  const members = listOf(name, value).map((element) => sensorElement('sensorElement', element, hashing));
  return container(name, sortByUtf8(members).join(''));
};

const quantities = listOfItems('quantityElement', QUANTITY);
const place = extensible([['id', identifier]]);

const WHEN: Order = [
  ['eventTime', time],
  ['eventTimeZoneOffset', text],
  ['certificationInfo', certificates],
];
const EPC_LIST: Order = [['epcList', epcs]];
const PARENT: Order = [['parentID', identifier]];
const BODY: Order = [
  ['inputEPCList', epcs],
  ['childEPCs', epcs],
  ['quantityList', quantities],
  ['childQuantityList', quantities],
  ['inputQuantityList', quantities],
  ['outputEPCList', epcs],
  ['outputQuantityList', quantities],
  ['action', text],
  ['transformationID', identifier],
  ['bizStep', term('bizStep')],
  ['disposition', term('disposition')],
  [
    'persistentDisposition',
    extensible([
      ['set', terms('disposition')],
      ['unset', terms('disposition')],
    ]),
  ],
  ['readPoint', place],
  ['bizLocation', place],
];
const PURPOSE: Order = [
  [
    'bizTransactionList',
    listOfItems('', [
      ['type', term('bizTransactionType')],
      ['bizTransaction', identifier],
    ]),
  ],
  [
    'sourceList',
    listOfItems('', [
      ['type', term('sourceDestinationType')],
      ['source', identifier],
    ]),
  ],
  [
    'destinationList',
    listOfItems('', [
      ['type', term('sourceDestinationType')],
      ['destination', identifier],
    ]),
  ],
];
const SENSORS: Order = [['sensorElementList', sensorElements]];
const ILMD: Order = [['ilmd', extensible([])]];

/** Every property of an event, in the order of CBV 2.0 §8.9.3. certificationInfo stands where the published vectors have it. */
export const DOCUMENTED: Order = [...WHEN, ...EPC_LIST, ...PARENT, ...BODY, ...PURPOSE, ...SENSORS, ...ILMD];
/** The head of the `reference-impl` profile. */
export const REFERENCE: Order = [...WHEN, ...PARENT, ...EPC_LIST, ...BODY, ...SENSORS];
/** What the `reference-impl` profile sorts among the extensions. */
export const LEFT_OVER: Order = [...PURPOSE, ...ILMD];

/** Names that are not extensions, hashed or not. */
export const EVENT_NAMES: ReadonlySet<string> = new Set([
  ...DOCUMENTED.map(([name]) => name),
  '@context',
  'type',
  'eventID',
  'recordTime',
  'errorDeclaration',
]);

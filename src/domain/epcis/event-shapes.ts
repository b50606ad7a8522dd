import * as check from './checks.js';
import type { Check, ObjectShape } from './checks.js';
import { ACTIONS, EVENT_TYPES, type EventType } from './event.js';
import { SENSOR_ELEMENT } from './sensor-checks.js';

const certificationInfo: Check = (value, pointer, report) =>
  (Array.isArray(value) ? check.listOf(check.uri) : check.uri)(value, pointer, report);

const errorDeclaration = check.object({
  name: 'an error declaration',
  fields: {
    declarationTime: check.dateTime,
    reason: check.term('errorReason'),
    correctiveEventIDs: check.listOf(check.uri),
  },
  required: ['declarationTime'],
  extensible: true,
});

const dispositions = check.unique(check.listOf(check.term('disposition'), 1));
const persistentDispositionFields = check.object({
  name: 'a persistent disposition',
  fields: { set: dispositions, unset: dispositions },
});
const persistentDisposition: Check = (value, pointer, report) => {
  persistentDispositionFields(value, pointer, report);
  if (check.isFields(value) && value['set'] === undefined && value['unset'] === undefined) {
    report.add(pointer, 'FIELD_REQUIRED', 'set, unset or both', value);
  }
};

const place = check.object({ name: 'a place', fields: { id: check.identifier }, required: ['id'], extensible: true });

const quantityList = check.listOf(
  check.object({
    name: 'a quantity element',
    fields: { epcClass: check.identifier, quantity: check.quantity, uom: check.unitOfMeasure },
    required: ['epcClass'],
  }),
);

const bizTransaction = check.object({
  name: 'a business transaction',
  fields: { type: check.term('bizTransactionType'), bizTransaction: check.identifier },
  required: ['bizTransaction'],
});

const source = check.object({
  name: 'a source',
  fields: { type: check.term('sourceDestinationType'), source: check.identifier },
  required: ['type', 'source'],
});

const destination = check.object({
  name: 'a destination',
  fields: { type: check.term('sourceDestinationType'), destination: check.identifier },
  required: ['type', 'destination'],
});

const COMMON = {
  '@context': check.anyJson,
  type: check.oneOf(EVENT_TYPES),
  eventTime: check.dateTime,
  recordTime: check.dateTime,
  eventTimeZoneOffset: check.zoneOffset,
  eventID: check.uri,
  certificationInfo,
  errorDeclaration,
  bizStep: check.term('bizStep'),
  disposition: check.term('disposition'),
  persistentDisposition,
  readPoint: place,
  bizLocation: place,
  bizTransactionList: check.listOf(bizTransaction),
  sourceList: check.listOf(source),
  destinationList: check.listOf(destination),
  sensorElementList: check.listOf(check.object(SENSOR_ELEMENT)),
};
const COMMON_REQUIRED = ['eventTime', 'eventTimeZoneOffset'];

const action = check.oneOf(ACTIONS);
const ilmd = check.object({ name: 'instance or lot master data', fields: {}, extensible: true });
const children = { parentID: check.identifier, childEPCs: check.epcList, childQuantityList: quantityList };

const SPECIFIC: Readonly<Record<EventType, { fields: Readonly<Record<string, Check>>; required: readonly string[] }>> =
  {
    ObjectEvent: { fields: { action, epcList: check.epcList, quantityList, ilmd }, required: ['action'] },
    AggregationEvent: { fields: { action, ...children }, required: ['action'] },
    AssociationEvent: { fields: { action, ...children }, required: ['action', 'parentID'] },
    TransactionEvent: {
      fields: {
        action,
        parentID: check.identifier,
        epcList: check.epcList,
        quantityList,
        bizTransactionList: check.listOf(bizTransaction, 1),
      },
      required: ['action', 'bizTransactionList'],
    },
    TransformationEvent: {
      fields: {
        inputEPCList: check.epcList,
        inputQuantityList: quantityList,
        outputEPCList: check.epcList,
        outputQuantityList: quantityList,
        transformationID: check.identifier,
        ilmd,
      },
      required: [],
    },
  };

const EVERY_FIELD: ReadonlySet<string> = new Set(EVENT_TYPES.flatMap((type) => Object.keys(SPECIFIC[type].fields)));

/** The fields of each event type (EPCIS 2.0 §7.4, JSON schema 2.0). Rules between fields are in validate-event.ts. */
export const EVENT_SHAPES: Readonly<Record<EventType, ObjectShape>> = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, shapeOf(type)]),
) as Record<EventType, ObjectShape>;

function shapeOf(type: EventType): ObjectShape {
  return {
    name: type,
    fields: { ...COMMON, ...SPECIFIC[type].fields },
    required: [...COMMON_REQUIRED, ...SPECIFIC[type].required],
    extensible: true,
    elsewhere: EVERY_FIELD,
  };
}

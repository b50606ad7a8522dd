import { ACTIONS, type EventType } from '../event.js';
import { list, sequence, simple, typed, type Codec, type SequenceField } from './codec.js';
import { decimal, oneOf, term, text, time, uri } from './scalars.js';
import { sensorElement } from './sensors.js';

const epcs = list('epc', simple(uri));
const quantities = list(
  'quantityElement',
  sequence({
    fields: [
      { name: 'epcClass', codec: simple(uri), required: true },
      { name: 'quantity', codec: simple(decimal) },
      { name: 'uom', codec: simple(text) },
    ],
    extensible: false,
  }),
);
const place = sequence({ fields: [{ name: 'id', codec: simple(uri), required: true }], extensible: true });
const party = (key: string): Codec => list(key, typed(key, term('sourceDestinationType'), uri, true));
const disposition = simple(term('disposition'));

const FIELDS = {
  eventTime: simple(time),
  recordTime: simple(time),
  eventTimeZoneOffset: simple(uri),
  eventID: simple(uri),
  errorDeclaration: sequence({
    fields: [
      { name: 'declarationTime', codec: simple(time), required: true },
      { name: 'reason', codec: simple(term('errorReason')) },
      { name: 'correctiveEventIDs', codec: list('correctiveEventID', simple(uri)) },
    ],
    extensible: true,
    anyOrder: true,
  }),
  certificationInfo: simple(uri),
  epcList: epcs,
  parentID: simple(uri),
  childEPCs: epcs,
  inputEPCList: epcs,
  inputQuantityList: quantities,
  outputEPCList: epcs,
  outputQuantityList: quantities,
  transformationID: simple(uri),
  action: simple(oneOf(ACTIONS)),
  bizStep: simple(term('bizStep')),
  disposition,
  readPoint: place,
  bizLocation: place,
  bizTransactionList: list('bizTransaction', typed('bizTransaction', term('bizTransactionType'), uri, false)),
  quantityList: quantities,
  childQuantityList: quantities,
  sourceList: party('source'),
  destinationList: party('destination'),
  sensorElementList: list('sensorElement', sensorElement),
  persistentDisposition: sequence({
    fields: [
      { name: 'unset', codec: disposition, repeats: true },
      { name: 'set', codec: disposition, repeats: true },
    ],
    extensible: false,
  }),
  ilmd: sequence({ fields: [], extensible: true }),
} as const satisfies Record<string, Codec>;

export type FieldName = keyof typeof FIELDS;

const HEAD = ['eventTime!', 'recordTime', 'eventTimeZoneOffset!', 'eventID', 'errorDeclaration', 'certificationInfo'];
const STEP = ['bizStep', 'disposition', 'readPoint', 'bizLocation'];
const PARTIES = ['sourceList', 'destinationList', 'sensorElementList', 'persistentDisposition'];
const CHILDREN = ['childEPCs', 'childQuantityList'];

/** The fields of each event in the order of the 2.0 schema; `!` is required. */
const SEQUENCES: Readonly<Record<EventType, readonly string[]>> = {
  ObjectEvent: [...HEAD, 'epcList', 'action!', ...STEP, 'bizTransactionList', 'quantityList', ...PARTIES, 'ilmd'],
  AggregationEvent: [
    ...HEAD,
    'parentID',
    'childEPCs',
    'action!',
    ...STEP,
    'bizTransactionList',
    'childQuantityList',
    ...PARTIES,
  ],
  TransactionEvent: [
    ...HEAD,
    'bizTransactionList!',
    'parentID',
    'epcList',
    'action!',
    ...STEP,
    'quantityList',
    ...PARTIES,
  ],
  TransformationEvent: [
    ...HEAD,
    'inputEPCList',
    'inputQuantityList',
    'outputEPCList',
    'outputQuantityList',
    'transformationID',
    ...STEP,
    'bizTransactionList',
    ...PARTIES,
    'ilmd',
  ],
  AssociationEvent: [...HEAD, 'parentID!', ...CHILDREN, 'action!', ...STEP, 'bizTransactionList', ...PARTIES],
};

function fieldOf(entry: string): SequenceField {
  const required = entry.endsWith('!');
  const name = (required ? entry.slice(0, -1) : entry) as FieldName;
  return { name, codec: FIELDS[name], required, repeats: name === 'certificationInfo' };
}

/** The fields of each event type in the order of the 2.0 schema. */
export const EVENT_FIELDS: Readonly<Record<EventType, readonly SequenceField[]>> = {
  ObjectEvent: SEQUENCES.ObjectEvent.map(fieldOf),
  AggregationEvent: SEQUENCES.AggregationEvent.map(fieldOf),
  TransactionEvent: SEQUENCES.TransactionEvent.map(fieldOf),
  TransformationEvent: SEQUENCES.TransformationEvent.map(fieldOf),
  AssociationEvent: SEQUENCES.AssociationEvent.map(fieldOf),
};

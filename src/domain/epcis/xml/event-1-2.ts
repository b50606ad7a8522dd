import { DocumentError } from '../document.js';
import type { EventType } from '../event.js';
import type { Members } from './codec.js';
import { plain, type XmlElement } from './element.js';

type Fields = ReadonlyMap<string, readonly XmlElement[]>;

/** Where EPCIS 1.2 has the fields that came after 1.0: names by the wrapper that they stand in, from the outermost. */
interface Layout {
  readonly outer: readonly string[];
  readonly extension: readonly string[];
  readonly inner: readonly string[];
  /** Required in 1.2, empty where there is nothing to say. */
  readonly required?: string;
}

const STEP = ['action', 'bizStep', 'disposition', 'readPoint', 'bizLocation'];
const PARTIES = ['sourceList', 'destinationList'];
const SINCE_2_0 = ['sensorElementList', 'persistentDisposition'];

const LAYOUTS: Readonly<Partial<Record<EventType, Layout>>> = {
  ObjectEvent: {
    outer: ['epcList', ...STEP, 'bizTransactionList'],
    extension: ['quantityList', ...PARTIES, 'ilmd'],
    inner: SINCE_2_0,
    required: 'epcList',
  },
  AggregationEvent: {
    outer: ['parentID', 'childEPCs', ...STEP, 'bizTransactionList'],
    extension: ['childQuantityList', ...PARTIES],
    inner: SINCE_2_0,
    required: 'childEPCs',
  },
  TransactionEvent: {
    outer: ['bizTransactionList', 'parentID', 'epcList', ...STEP],
    extension: ['quantityList', ...PARTIES],
    inner: SINCE_2_0,
    required: 'epcList',
  },
};

const HEAD = ['eventTime', 'recordTime', 'eventTimeZoneOffset'];
const BASE = ['eventID', 'errorDeclaration'];

/** The fields of an event in the order and the wrappers of the 1.2 schema. Throws DocumentError, NOT_EXPRESSIBLE. */
export function arrange12(type: EventType, fields: Fields): readonly XmlElement[] {
  const take = (names: readonly string[]): XmlElement[] => names.flatMap((name) => fields.get(name) ?? []);
  const base = wrapped('baseExtension', take(BASE), wrapped('extension', take(['certificationInfo'])));
  const head = [...take(HEAD), ...base];
  const layout = LAYOUTS[type];
  if (layout === undefined) {
    refuseTransformation(type, fields);
    const done = new Set([...HEAD, ...BASE, 'certificationInfo']);
    return [...head, ...take([...fields.keys()].filter((name) => !done.has(name)))];
  }
  const outer = layout.outer.flatMap((name) => {
    const found = fields.get(name);
    return found === undefined && name === layout.required ? [plain(name, [])] : (found ?? []);
  });
  const inner = wrapped('extension', take(layout.inner));
  return [...head, ...outer, ...wrapped('extension', take(layout.extension), inner)];
}

function wrapped(
  name: string,
  fields: readonly XmlElement[],
  inner: readonly XmlElement[] = [],
): readonly XmlElement[] {
  return fields.length + inner.length === 0 ? [] : [plain(name, [...fields, ...inner])];
}

/** The extension point of a 1.2 TransformationEvent takes elements of other namespaces only. */
function refuseTransformation(type: EventType, fields: Fields): void {
  const name = type === 'TransformationEvent' ? SINCE_2_0.find((one) => fields.has(one)) : undefined;
  if (name === undefined) return;
  throw new DocumentError(
    'NOT_EXPRESSIBLE',
    { pointer: `/${name}` },
    `no ${name} in a TransformationEvent of EPCIS 1.2`,
    name,
  );
}

/** A list that 1.2 requires and that is empty says nothing, but where it is all that an ObjectEvent has. */
export function conform12(type: EventType, event: Members): Members {
  const required = LAYOUTS[type]?.required;
  if (required === undefined) return event;
  const { [required]: list, ...rest } = event;
  const hasOther =
    type !== 'ObjectEvent' || rest['quantityList'] !== undefined || rest['sensorElementList'] !== undefined;
  return Array.isArray(list) && list.length === 0 && hasOther ? rest : event;
}

/** An event as it stands in the EventList of 1.2: what came after 1.0 is wrapped. */
export function inEventList12(event: XmlElement): XmlElement {
  if (event.local === 'TransformationEvent') return plain('extension', [event]);
  return event.local === 'AssociationEvent' ? plain('extension', [plain('extension', [event])]) : event;
}

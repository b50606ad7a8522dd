import { isFields, object, sameInAnyForm, type Check, type Fields } from './checks.js';
import { EVENT_TYPES, type EpcisEvent, type EventType } from './event.js';
import { EVENT_SHAPES } from './event-shapes.js';
import { pointerTo, ProblemReport, type EventProblem } from './problems.js';
import { checkSensors } from './sensor-checks.js';

/** A valid event, with what is odd about it; or all that is wrong with it. */
export type EventValidation =
  | { readonly valid: true; readonly event: EpcisEvent; readonly warnings: readonly EventProblem[] }
  | { readonly valid: false; readonly problems: readonly EventProblem[] };

/**
 * Checks that a JSON value of unknown shape is an EPCIS 2.0 event: fields and values (JSON schema 2.0), and beyond the schema
 * check digits, EPCs listed twice, a parent among its children, a parent for ADD and DELETE. Sensor readings that contradict
 * themselves are warnings: published documents have them. `pointer` is where the event stands in its document. Never throws.
 */
export function validateEvent(input: unknown, pointer = ''): EventValidation {
  const report = new ProblemReport();
  const warnings = new ProblemReport();
  checkEvent(input, pointer, report, warnings);
  return report.problems.length === 0
    ? { valid: true, event: input as EpcisEvent, warnings: warnings.problems }
    : { valid: false, problems: report.problems };
}

const CHECKS = Object.fromEntries(EVENT_TYPES.map((type) => [type, object(EVENT_SHAPES[type])])) as Record<
  EventType,
  Check
>;

function checkEvent(input: unknown, pointer: string, report: ProblemReport, warnings: ProblemReport): void {
  if (!isFields(input)) return report.add(pointer, 'TYPE_WRONG', 'an object: an EPCIS event', input);
  const type = EVENT_TYPES.find((candidate) => candidate === input['type']);
  if (type === undefined) {
    const code = input['type'] === undefined ? 'FIELD_REQUIRED' : 'EVENT_TYPE_UNKNOWN';
    return report.add(pointerTo(pointer, 'type'), code, `one of ${EVENT_TYPES.join(', ')}`, input['type']);
  }
  CHECKS[type](input, pointer, report);
  checkWhat(type, input, pointer, report);
  checkParent(type, input, pointer, report);
  checkIlmd(input, pointer, report);
  checkSensors(input, pointer, warnings);
}

const has = (event: Fields, ...names: string[]): boolean =>
  names.some((name) => {
    const list = event[name];
    return Array.isArray(list) && list.length > 0;
  });

/** Each type must say what it is about (EPCIS 2.0 §7.4). */
function checkWhat(type: EventType, event: Fields, pointer: string, report: ProblemReport): void {
  const { expected, met } = WHAT[type];
  if (!met(event)) report.add(pointer, 'WHAT_MISSING', expected, event);
}

const CHILDREN = {
  expected: 'childEPCs or childQuantityList, unless the action is DELETE',
  met: (event: Fields) => event['action'] === 'DELETE' || has(event, 'childEPCs', 'childQuantityList'),
};

interface WhatRule {
  readonly expected: string;
  readonly met: (event: Fields) => boolean;
}

const WHAT: Readonly<Record<EventType, WhatRule>> = {
  ObjectEvent: {
    expected: 'epcList, quantityList, or sensorElementList with a readPoint',
    met: (event) =>
      event['epcList'] !== undefined ||
      has(event, 'quantityList') ||
      (has(event, 'sensorElementList') && event['readPoint'] !== undefined),
  },
  AggregationEvent: CHILDREN,
  AssociationEvent: CHILDREN,
  TransactionEvent: {
    expected: 'epcList or quantityList, unless the action is DELETE',
    met: (event) => event['action'] === 'DELETE' || event['epcList'] !== undefined || has(event, 'quantityList'),
  },
  TransformationEvent: {
    expected: 'inputs and outputs, or a transformationID with at least one of them',
    met: (event) => {
      const inputs = has(event, 'inputEPCList', 'inputQuantityList');
      const outputs = has(event, 'outputEPCList', 'outputQuantityList');
      return (inputs && outputs) || (event['transformationID'] !== undefined && (inputs || outputs));
    },
  },
};

/** Putting in and taking out name the container, and nothing contains itself (EPCIS 2.0 §7.4.3). */
function checkParent(type: EventType, event: Fields, pointer: string, report: ProblemReport): void {
  const parent = event['parentID'];
  if (type === 'AggregationEvent' && parent === undefined && event['action'] !== 'OBSERVE') {
    report.add(pointerTo(pointer, 'parentID'), 'FIELD_REQUIRED', 'parentID with action ADD or DELETE', undefined);
  }
  const children = event['childEPCs'] ?? (type === 'TransactionEvent' ? event['epcList'] : undefined);
  if (typeof parent !== 'string' || !Array.isArray(children)) return;
  const canonical = sameInAnyForm(parent);
  const at = children.findIndex((child: unknown) => typeof child === 'string' && sameInAnyForm(child) === canonical);
  if (at >= 0) {
    const list = pointerTo(pointer, event['childEPCs'] === undefined ? 'epcList' : 'childEPCs');
    report.add(pointerTo(list, at), 'PARENT_AMONG_CHILDREN', 'an EPC other than parentID', parent);
  }
}

/** Master data of instances belongs to their making (EPCIS 2.0 §7.3.8). */
function checkIlmd(event: Fields, pointer: string, report: ProblemReport): void {
  if (event['type'] === 'ObjectEvent' && event['ilmd'] !== undefined && event['action'] !== 'ADD') {
    report.add(pointerTo(pointer, 'ilmd'), 'FIELD_NOT_ALLOWED', 'ilmd only with action ADD', event['ilmd']);
  }
}

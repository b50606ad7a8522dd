import * as check from './checks.js';
import { isFields, type Fields, type ObjectShape } from './checks.js';
import { parseDateTime } from './date-time.js';
import { pointerTo, type ProblemReport } from './problems.js';

const ORIGIN = {
  time: check.dateTime,
  deviceID: check.identifier,
  deviceMetadata: check.identifier,
  rawData: check.identifier,
  dataProcessingMethod: check.identifier,
  bizRules: check.identifier,
};

const METADATA: ObjectShape = {
  name: 'sensor metadata',
  fields: { ...ORIGIN, startTime: check.dateTime, endTime: check.dateTime },
  extensible: true,
};

const REPORT: ObjectShape = {
  name: 'a sensor report',
  fields: {
    ...ORIGIN,
    type: check.term('measurementType'),
    exception: check.term('alertType'),
    microorganism: check.uri,
    chemicalSubstance: check.uri,
    coordinateReferenceSystem: check.uri,
    value: check.number,
    component: check.term('component'),
    stringValue: check.anyText,
    booleanValue: check.trueOrFalse,
    hexBinaryValue: check.hexText,
    uriValue: check.uri,
    minValue: check.number,
    maxValue: check.number,
    meanValue: check.number,
    sDev: check.number,
    percRank: check.number,
    percValue: check.number,
    uom: check.anyText,
  },
  required: ['type'],
  extensible: true,
};

/** A sensor element (EPCIS 2.0 §7.3.7). */
export const SENSOR_ELEMENT: ObjectShape = {
  name: 'a sensor element',
  fields: { sensorMetadata: check.object(METADATA), sensorReport: check.listOf(check.object(REPORT), 1) },
  required: ['sensorReport'],
  extensible: true,
};

const listOrNone = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reports readings later than the event, said twice, or with a mean outside their range. */
export function checkSensors(event: Fields, pointer: string, report: ProblemReport): void {
  const eventTime = instant(event['eventTime']);
  listOrNone(event['sensorElementList']).forEach((element, i) => {
    if (!isFields(element)) return;
    const at = pointerTo(pointerTo(pointer, 'sensorElementList'), i);
    const metadata = isFields(element['sensorMetadata']) ? element['sensorMetadata'] : {};
    checkTimes(metadata, eventTime, pointerTo(at, 'sensorMetadata'), report);
    listOrNone(element['sensorReport']).forEach((reading, k) => {
      if (!isFields(reading)) return;
      const readingAt = pointerTo(pointerTo(at, 'sensorReport'), k);
      checkTimes(reading, eventTime, readingAt, report);
      checkRepeated(reading, metadata, readingAt, report);
      checkRange(reading, readingAt, report);
    });
  });
}

const instant = (value: unknown): number => (typeof value === 'string' ? parseDateTime(value) : NaN);

function checkTimes(fields: Fields, eventTime: number, pointer: string, report: ProblemReport): void {
  for (const name of ['time', 'startTime', 'endTime']) {
    if (instant(fields[name]) > eventTime) {
      report.add(pointerTo(pointer, name), 'SENSOR_TIME_AFTER_EVENT', 'a time not after eventTime', fields[name]);
    }
  }
}

function checkRepeated(reading: Fields, metadata: Fields, pointer: string, report: ProblemReport): void {
  for (const name of Object.keys(ORIGIN)) {
    if (reading[name] !== undefined && metadata[name] !== undefined) {
      const expected = `${name} in sensorMetadata or in the report, not in both`;
      report.add(pointerTo(pointer, name), 'SENSOR_FIELD_REPEATED', expected, reading[name]);
    }
  }
}

function checkRange(reading: Fields, pointer: string, report: ProblemReport): void {
  const known = ['minValue', 'meanValue', 'maxValue'].filter((name) => typeof reading[name] === 'number');
  for (const [i, name] of known.entries()) {
    const before = known[i - 1];
    if (before !== undefined && Number(reading[before]) > Number(reading[name])) {
      report.add(pointerTo(pointer, name), 'SENSOR_RANGE_INVALID', `${name} of at least ${before}`, reading[name]);
    }
  }
}

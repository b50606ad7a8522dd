import { parseExpiry } from '../expiry.js';
import {
  finding,
  yearOf,
  type Draft,
  type ScanContext,
  type ScanFinding,
  type ScanForm,
  type ScanReading,
} from './result.js';

export type Element = readonly [ai: string, value: string];

const FIELDS: Readonly<Record<string, 'gtin' | 'lot' | 'serial' | 'sscc'>> = {
  '00': 'sscc',
  '01': 'gtin',
  '10': 'lot',
  '21': 'serial',
};

/** Sorts checked element strings into a reading; a repeated identifier counts once. */
export function readingOf(elements: readonly Element[], context: ScanContext): ScanReading {
  const reading: { -readonly [Key in keyof ScanReading]: ScanReading[Key] } = { others: {} };
  const others: Record<string, string> = {};
  for (const [ai, value] of elements) {
    const field = FIELDS[ai];
    if (field !== undefined) reading[field] = value;
    else if (ai === '17') reading.expiry = parseExpiry(value, yearOf(context));
    else others[ai] = value;
  }
  reading.others = others;
  return reading;
}

function noticesOf(elements: readonly Element[], reading: ScanReading): readonly ScanFinding[] {
  const expiry = elements.find(([ai]) => ai === '17')?.[1];
  if (expiry?.endsWith('00')) {
    return [finding('EXPIRY_DAY_ZERO', `Day 00 is the last day of the month: ${reading.expiry}.`, 1)];
  }
  const missing = expiry === undefined && reading.gtin !== undefined && reading.serial !== undefined;
  return missing ? [finding('EXPIRY_MISSING', 'Nothing: the code carries no expiry date.', 1)] : [];
}

/** The draft of a reading without repairs, scored by how much it looks like a medicine pack. */
export function draftOf(form: ScanForm, elements: readonly Element[], context: ScanContext): Draft {
  const reading = readingOf(elements, context);
  return { form, reading, repairs: [], notices: noticesOf(elements, reading), score: plausibility(reading, context) };
}

/** Adds a repair to a draft; `weight` is what it adds to the score. */
export const repaired = (draft: Draft, repair: ScanFinding, weight: number): Draft => ({
  ...draft,
  repairs: [repair, ...draft.repairs],
  score: draft.score + weight,
});

/** True when the reading lacks something that a pack under serialisation carries. */
export const isIncomplete = ({ sscc, gtin, serial, lot, expiry }: ScanReading): boolean =>
  sscc === undefined && (gtin === undefined || serial === undefined || lot === undefined || expiry === undefined);

function plausibility(reading: ScanReading, context: ScanContext): number {
  const { gtin, sscc, serial, lot, expiry, others } = reading;
  let score = gtin !== undefined || sscc !== undefined ? 3 : 0;
  if (serial !== undefined) score += serialScore(serial, context);
  if (lot !== undefined) score += lotScore(lot, context);
  if (expiry !== undefined) score += 3 + (isNear(Number(expiry.slice(0, 4)), context) ? 1 : -2);
  return score + caseScore(`${serial ?? ''}${lot ?? ''}`, context) - 2 * Object.keys(others).length;
}

function serialScore(serial: string, { serialLength }: ScanContext): number {
  const expected = serialLength === undefined ? 0 : serial.length === serialLength ? 4 : -4;
  return 3 + (serial.length >= 6 ? 1 : -3) + expected;
}

function lotScore(lot: string, { lots }: ScanContext): number {
  const expected = lots === undefined ? 0 : lots.includes(lot) ? 5 : -3;
  return 2 + (lot.length >= 3 && lot.length <= 12 ? 1 : 0) + expected;
}

const isNear = (year: number, context: ScanContext): boolean =>
  year >= yearOf(context) - 6 && year <= yearOf(context) + 10;

function caseScore(text: string, { letters }: ScanContext): number {
  const lower = /[a-z]/.test(text);
  const upper = /[A-Z]/.test(text);
  if (letters !== undefined) return (letters === 'upper' ? lower : upper) ? -5 : 0;
  return lower && !upper ? -1.5 : 0;
}

import { DomainError } from '../errors.js';
import { isDigits } from './check-digit.js';
import { daysInMonth } from './linters/dates.js';

export class InvalidExpiryError extends DomainError<'EXPIRY_INVALID'> {
  override readonly name = 'InvalidExpiryError';
}

const refused = (text: string, expected: string): InvalidExpiryError =>
  new InvalidExpiryError('EXPIRY_INVALID', `Expected ${expected}; this is ${JSON.stringify(text)}.`, { input: text });

/**
 * The year of two digits within the window of GS1 GenSpecs 7.12: 49 years back to 50 years ahead of `currentYear`.
 */
export function fullYear(twoDigits: number, currentYear: number): number {
  const difference = twoDigits - (currentYear % 100);
  const century = currentYear - (currentYear % 100);
  if (difference >= 51) return century - 100 + twoDigits;
  return difference <= -50 ? century + 100 + twoDigits : century + twoDigits;
}

/**
 * Reads AI (17), `YYMMDD`, into `YYYY-MM-DD`; day 00 is the last day of the month (GS1 GenSpecs 3.4.6). `currentYear` places
 * the century. Throws InvalidExpiryError.
 */
export function parseExpiry(yymmdd: string, currentYear: number): string {
  if (yymmdd.length !== 6 || !isDigits(yymmdd)) throw refused(yymmdd, 'six digits, YYMMDD');
  const year = fullYear(Number(yymmdd.slice(0, 2)), currentYear);
  const month = Number(yymmdd.slice(2, 4));
  if (month < 1 || month > 12) throw refused(yymmdd, 'a month from 01 to 12');
  const last = daysInMonth(year, month);
  const day = Number(yymmdd.slice(4)) || last;
  if (day > last) throw refused(yymmdd, `a day from 00 to ${last}`);
  return `${year}-${yymmdd.slice(2, 4)}-${String(day).padStart(2, '0')}`;
}

/** Writes `YYYY-MM-DD` as AI (17). Throws InvalidExpiryError. */
export function formatExpiry(date: string): string {
  const match = /^\d\d(\d\d)-(\d\d)-(\d\d)$/.exec(date);
  if (match === null) throw refused(date, 'YYYY-MM-DD');
  const [, year, month, day] = match as unknown as readonly [string, string, string, string];
  const inRange = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1;
  if (!inRange || Number(day) > daysInMonth(Number(date.slice(0, 4)), Number(month)))
    throw refused(date, 'a real date');
  return year + month + day;
}

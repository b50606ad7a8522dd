import { onlyDigits } from './characters.js';
import type { Linter, LinterErrorCode } from './linter.js';

/** The last day of a month (1-12) in the proleptic Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** `digits` is the year in 2 or 4 digits, month and day. A year in two digits is leap as in 1951 to 2050. */
function lintDate(data: string, digits: 6 | 8, dayZero: boolean): LinterErrorCode | undefined {
  if (data.length < digits) return 'DATE_TOO_SHORT';
  if (data.length > digits) return 'DATE_TOO_LONG';
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  const year = Number(data.slice(0, -4)) + (digits === 6 ? 2000 : 0);
  const month = Number(data.slice(-4, -2));
  const day = Number(data.slice(-2));
  if (month < 1 || month > 12) return 'ILLEGAL_MONTH';
  if (day > daysInMonth(year, month) || (day === 0 && !dayZero)) return 'ILLEGAL_DAY';
  return undefined;
}

export const yymmdd: Linter = (data) => lintDate(data, 6, false);
export const yymmd0: Linter = (data) => lintDate(data, 6, true);
export const yyyymmdd: Linter = (data) => lintDate(data, 8, false);
export const yyyymmd0: Linter = (data) => lintDate(data, 8, true);

interface ClockField {
  readonly limit: number;
  readonly short: LinterErrorCode;
  readonly long: LinterErrorCode;
  readonly illegal: LinterErrorCode;
}

function lintClock(data: string, field: ClockField): LinterErrorCode | undefined {
  if (data.length < 2) return field.short;
  if (data.length > 2) return field.long;
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  return Number(data) < field.limit ? undefined : field.illegal;
}

const HOUR: ClockField = { limit: 24, short: 'HOUR_TOO_SHORT', long: 'HOUR_TOO_LONG', illegal: 'ILLEGAL_HOUR' };
const MINUTE: ClockField = { limit: 60, short: 'MINUTE_TOO_SHORT', long: 'MINUTE_TOO_LONG', illegal: 'ILLEGAL_MINUTE' };
const SECOND: ClockField = { limit: 60, short: 'SECOND_TOO_SHORT', long: 'SECOND_TOO_LONG', illegal: 'ILLEGAL_SECOND' };

export const hh: Linter = (data) => lintClock(data, HOUR);
export const mi: Linter = (data) => lintClock(data, MINUTE);
export const ss: Linter = (data) => lintClock(data, SECOND);

export const hhmi: Linter = (data) => {
  if (data.length < 4) return 'HOUR_WITH_MINUTE_TOO_SHORT';
  if (data.length > 4) return 'HOUR_WITH_MINUTE_TOO_LONG';
  return lintClock(data.slice(0, 2), HOUR) ?? lintClock(data.slice(2), MINUTE);
};

import { isDigits } from '../check-digit.js';
import { isCset39, isCset64, isCset82 } from '../character-set.js';
import type { Linter } from './linter.js';

/** True when `data` has no character beside 0-9; an empty text has none. */
export const onlyDigits = (data: string): boolean => data === '' || isDigits(data);

export const csetnumeric: Linter = (data) => (onlyDigits(data) ? undefined : 'NON_DIGIT_CHARACTER');

export const cset82: Linter = (data) => (isCset82(data) ? undefined : 'INVALID_CSET82_CHARACTER');

export const cset39: Linter = (data) => (isCset39(data) ? undefined : 'INVALID_CSET39_CHARACTER');

/** Padding is optional, but where there is any the whole is a multiple of three, as the GS1 reference tests have it. */
export const cset64: Linter = (data) => {
  let end = data.length;
  while (end > 0 && data[end - 1] === '=') end--;
  const padding = data.length - end;
  if (padding > 2 || (padding > 0 && data.length % 3 !== 0)) return 'INVALID_CSET64_PADDING';
  return isCset64(data.slice(0, end)) ? undefined : 'INVALID_CSET64_CHARACTER';
};

export const hasnondigit: Linter = (data) => (onlyDigits(data) ? 'REQUIRES_NON_DIGIT_CHARACTER' : undefined);

export const hyphen: Linter = (data) => (/^-+$/.test(data) ? undefined : 'NOT_HYPHEN');

/** RFC 3986 2.1: each `%` is followed by two hexadecimal digits. */
export const pcenc: Linter = (data) => (/%(?![0-9A-Fa-f]{2})/.test(data) ? 'INVALID_PERCENT_SEQUENCE' : undefined);

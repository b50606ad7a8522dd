import { hasValidCheckDigit } from '../check-digit.js';
import { isCset82 } from '../character-set.js';
import { onlyDigits } from './characters.js';
import { iso3166alpha2 } from './code-lists.js';
import type { Linter } from './linter.js';

/** GS1 GenSpecs 7.9.1: modulo-10 check digit in the last place. */
export const csum: Linter = (data) => {
  if (data.length === 0) return 'TOO_SHORT_FOR_CHECK_DIGIT';
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  return hasValidCheckDigit(data) || data === '0' ? undefined : 'INCORRECT_CHECK_DIGIT';
};

const CSET82_BY_VALUE = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const CSET32_BY_VALUE = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const LONGEST_WITH_PAIR = 99;

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

const PRIMES = firstPrimes(LONGEST_WITH_PAIR - 2);

/** The two check characters of a GMN or MUDI (GS1 GenSpecs 7.9.5): values weighted by primes from the right, modulo 1021. */
export function checkPair(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += CSET82_BY_VALUE.indexOf(body[i]!) * PRIMES[body.length - 1 - i]!;
  sum %= 1021;
  return CSET32_BY_VALUE[sum >> 5]! + CSET32_BY_VALUE[sum & 31]!;
}

export const csumalpha: Linter = (data) => {
  if (data.length < 2) return 'TOO_SHORT_FOR_CHECK_PAIR';
  if (data.length > LONGEST_WITH_PAIR) return 'TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION';
  const body = data.slice(0, -2);
  if (!isCset82(body)) return 'INVALID_CSET82_CHARACTER';
  return data.endsWith(checkPair(body)) ? undefined : 'INCORRECT_CHECK_PAIR';
};

const IBAN_SHORTEST = 11;
const IBAN_LONGEST = 34;

/** ISO 13616-1: country code, then a remainder of 1 modulo 97 over the rotated text. */
export const iban: Linter = (data) => {
  if (data.length < 4) return 'IBAN_TOO_SHORT';
  if (iso3166alpha2(data.slice(0, 2), {}) !== undefined) return 'ILLEGAL_IBAN_COUNTRY_CODE';
  if (data.length > IBAN_LONGEST) return 'IBAN_TOO_LONG';
  if (data.length < IBAN_SHORTEST) return 'IBAN_TOO_SHORT';
  if (!/^[0-9A-Z]*$/.test(data)) return 'INVALID_IBAN_CHARACTER';
  let remainder = 0;
  for (const character of data.slice(4) + data.slice(0, 4)) {
    for (const digit of String(parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1 ? undefined : 'INCORRECT_IBAN_CHECKSUM';
};

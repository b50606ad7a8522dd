import { DomainError } from '../errors.js';
import { checkDigit, hasValidCheckDigit, isDigits } from './check-digit.js';

declare const brand: unique symbol;

/** A GTIN in its 14-digit form, check digit verified. Only `parseGtin` makes one. */
export type Gtin = string & { readonly [brand]: 'Gtin' };

export class InvalidGtinError extends DomainError<'GTIN_INVALID'> {
  override readonly name = 'InvalidGtinError';
}

/** True when `text` is the 14-digit form with its right check digit. */
export const isGtin = (text: string): text is Gtin => text.length === 14 && hasValidCheckDigit(text);

/**
 * Reads a GTIN-8, -12, -13 or -14 (GS1 GenSpecs 3.3.2) into its 14-digit form.
 * Throws InvalidGtinError; when only the check digit is wrong, `details.expected` is the right one.
 */
export function parseGtin(input: string): Gtin {
  if (!isDigits(input) || !(input.length === 8 || (input.length >= 12 && input.length <= 14))) {
    throw new InvalidGtinError('GTIN_INVALID', `A GTIN has 8, 12, 13 or 14 digits; this is ${JSON.stringify(input)}.`, {
      input,
    });
  }
  const gtin14 = input.padStart(14, '0');
  if (!hasValidCheckDigit(gtin14)) {
    const expected = checkDigit(gtin14.slice(0, 13));
    throw new InvalidGtinError(
      'GTIN_INVALID',
      `The check digit of GTIN ${input} should be ${expected}, not ${gtin14[13]}.`,
      { input, expected },
    );
  }
  return gtin14 as Gtin;
}

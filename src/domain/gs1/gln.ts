import { DomainError } from '../errors.js';
import { checkDigit, hasValidCheckDigit, isDigits } from './check-digit.js';

declare const brand: unique symbol;

/** A 13-digit GLN, check digit verified. Only `parseGln` makes one. */
export type Gln = string & { readonly [brand]: 'Gln' };

export class InvalidGlnError extends DomainError<'GLN_INVALID'> {
  override readonly name = 'InvalidGlnError';
}

/** True when `text` has 13 digits and its right check digit. */
export const isGln = (text: string): text is Gln => text.length === 13 && hasValidCheckDigit(text);

/** Reads a GLN (GS1 GenSpecs 3.4). Throws InvalidGlnError. */
export function parseGln(input: string): Gln {
  if (input.length !== 13 || !isDigits(input)) {
    throw new InvalidGlnError('GLN_INVALID', `A GLN has 13 digits; this is ${JSON.stringify(input)}.`, { input });
  }
  if (!hasValidCheckDigit(input)) {
    const expected = checkDigit(input.slice(0, 12));
    throw new InvalidGlnError(
      'GLN_INVALID',
      `The check digit of GLN ${input} should be ${expected}, not ${input[12]}.`,
      { input, expected },
    );
  }
  return input as Gln;
}

import { DomainError } from '../errors.js';
import { checkDigit, hasValidCheckDigit, isDigits } from './check-digit.js';

declare const brand: unique symbol;

/** An 18-digit SSCC, check digit verified. Only `parseSscc` and `makeSscc` make one. */
export type Sscc = string & { readonly [brand]: 'Sscc' };

export class InvalidSsccError extends DomainError<'SSCC_INVALID'> {
  override readonly name = 'InvalidSsccError';
}

/** True when `text` has 18 digits and its right check digit. */
export const isSscc = (text: string): text is Sscc => text.length === 18 && hasValidCheckDigit(text);

/** Reads an SSCC (GS1 GenSpecs 3.3.1). Throws InvalidSsccError. */
export function parseSscc(input: string): Sscc {
  if (input.length !== 18 || !isDigits(input)) {
    throw new InvalidSsccError('SSCC_INVALID', `An SSCC has 18 digits; this is ${JSON.stringify(input)}.`, { input });
  }
  if (!hasValidCheckDigit(input)) {
    const expected = checkDigit(input.slice(0, 17));
    throw new InvalidSsccError(
      'SSCC_INVALID',
      `The check digit of SSCC ${input} should be ${expected}, not ${input[17]}.`,
      { input, expected },
    );
  }
  return input as Sscc;
}

/**
 * Mints an SSCC: extension digit (0-9), company prefix (4-12 digits), serial reference filled with zeros to 16 digits together
 * with the prefix. A serial reference that does not fit throws InvalidSsccError.
 */
export function makeSscc(extensionDigit: number, companyPrefix: string, serialReference: number | bigint): Sscc {
  const reference = String(serialReference);
  const room = 16 - companyPrefix.length;
  if (!Number.isInteger(extensionDigit) || extensionDigit < 0 || extensionDigit > 9) {
    throw new InvalidSsccError('SSCC_INVALID', `The extension digit is 0 to 9; this is ${extensionDigit}.`);
  }
  if (!isDigits(companyPrefix) || companyPrefix.length < 4 || companyPrefix.length > 12) {
    throw new InvalidSsccError('SSCC_INVALID', `A company prefix has 4 to 12 digits; this is ${companyPrefix}.`);
  }
  if (!isDigits(reference) || reference.length > room) {
    throw new InvalidSsccError('SSCC_INVALID', `A serial reference has up to ${room} digits; this is ${reference}.`);
  }
  const body = `${extensionDigit}${companyPrefix}${reference.padStart(room, '0')}`;
  return (body + checkDigit(body)) as Sscc;
}

import { DomainError } from '../errors.js';
import { isDigits } from './check-digit.js';

export class InvalidCompanyPrefixError extends DomainError<'COMPANY_PREFIX_INVALID'> {
  override readonly name = 'InvalidCompanyPrefixError';
}

/** Reads a GS1 Company Prefix: 4 to 12 digits (GS1 GenSpecs 1.4.4). Throws InvalidCompanyPrefixError. */
export function parseCompanyPrefix(input: string): string {
  if (!isDigits(input) || input.length < 4 || input.length > 12) {
    throw new InvalidCompanyPrefixError(
      'COMPANY_PREFIX_INVALID',
      `A company prefix has 4 to 12 digits; this is ${JSON.stringify(input)}.`,
      { input },
    );
  }
  return input;
}

/** True when the 14-digit GTIN was allocated under the prefix; the prefix follows the indicator digit. */
export function prefixOwnsGtin(prefix: string, gtin14: string): boolean {
  // A GTIN-8 stands in 14 digits with six zeros in front and carries a GS1-8 prefix, which no company prefix owns.
  if (gtin14.startsWith('000000')) return false;
  return prefix.length >= 4 && gtin14.startsWith(prefix, 1);
}

/** True when the 18-digit SSCC was allocated under the prefix; the prefix follows the extension digit. */
export const prefixOwnsSscc = (prefix: string, sscc18: string): boolean =>
  prefix.length >= 4 && sscc18.startsWith(prefix, 1);

/** True when the 13-digit GLN was allocated under the prefix. */
export const prefixOwnsGln = (prefix: string, gln13: string): boolean => prefix.length >= 4 && gln13.startsWith(prefix);

import { PartnerRefusedError } from './errors.js';

const LONGEST_TEXT = 200;
const LONGEST_EMAIL = 254;
const COLDEST = -273.15;
const HOTTEST = 200;

/** A text with its outer spaces gone. Throws TEXT_REQUIRED, TEXT_TOO_LONG. */
export function requiredText(field: string, given: string): string {
  const text = given.trim();
  if (text === '') throw new PartnerRefusedError('TEXT_REQUIRED', `${field} must not be empty.`, { field });
  if (text.length > LONGEST_TEXT) {
    throw new PartnerRefusedError(
      'TEXT_TOO_LONG',
      `${field} has at most ${LONGEST_TEXT} characters; this has ${text.length}.`,
      {
        field,
        most: LONGEST_TEXT,
        length: text.length,
      },
    );
  }
  return text;
}

/** As `requiredText`; null for nothing. */
export function optionalText(field: string, given: string | null | undefined): string | null {
  return given == null || given.trim() === '' ? null : requiredText(field, given);
}

/** ISO 3166-1 alpha-2, in capitals. Throws COUNTRY_INVALID. */
export function country(field: string, given: string): string {
  const code = given.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(code)) return code;
  throw new PartnerRefusedError('COUNTRY_INVALID', `${field} is two letters as KE; this is ${JSON.stringify(given)}.`, {
    field,
    got: given,
  });
}

/** An e-mail address in lower case. Throws EMAIL_INVALID. */
export function emailAddress(given: string): string {
  const email = given.trim().toLowerCase();
  if (email.length <= LONGEST_EMAIL && /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)*$/.test(email)) return email;
  throw new PartnerRefusedError('EMAIL_INVALID', `This is not an e-mail address: ${JSON.stringify(given)}.`, {
    got: given,
  });
}

/** WGS 84 degrees, both or neither. Throws COORDINATES_INVALID. */
export function coordinates(latitude: number | null | undefined, longitude: number | null | undefined) {
  if (latitude == null && longitude == null) return { latitude: null, longitude: null };
  const fits = latitude != null && longitude != null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  if (fits) return { latitude, longitude };
  throw new PartnerRefusedError(
    'COORDINATES_INVALID',
    'A place has a latitude from -90 to 90 and a longitude from -180 to 180, or neither.',
    { latitude: latitude ?? null, longitude: longitude ?? null },
  );
}

/** Degrees Celsius to two decimals, least not above most. Throws TEMPERATURE_INVALID. */
export function temperatures(min: number | null | undefined, max: number | null | undefined) {
  const possible = (value: number | null | undefined) => value == null || (value >= COLDEST && value <= HOTTEST);
  if (possible(min) && possible(max) && (min == null || max == null || min <= max)) {
    return { minCelsius: min ?? null, maxCelsius: max ?? null };
  }
  throw new PartnerRefusedError(
    'TEMPERATURE_INVALID',
    'The least temperature is not above the most, both in degrees Celsius.',
    {
      min: min ?? null,
      max: max ?? null,
    },
  );
}

/** How many units a pack holds, 1 or more. Throws PACK_SIZE_INVALID. */
export function packSize(given: number): number {
  if (Number.isInteger(given) && given >= 1) return given;
  throw new PartnerRefusedError('PACK_SIZE_INVALID', `A pack holds at least 1 unit; this is ${given}.`, { got: given });
}

/** At least one role, each once. Throws ROLES_REQUIRED. */
export function someRoles<Role>(given: readonly Role[]): Role[] {
  if (given.length > 0) return [...new Set(given)];
  throw new PartnerRefusedError('ROLES_REQUIRED', 'A person or client has at least one role.');
}

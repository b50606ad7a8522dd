import { DomainError } from '../domain/errors.js';

/** Why a partner, or something of a partner, is not registered or changed. */
export type PartnerRefusal =
  | 'TEXT_REQUIRED'
  | 'TEXT_TOO_LONG'
  | 'COUNTRY_INVALID'
  | 'COORDINATES_INVALID'
  | 'EMAIL_INVALID'
  | 'EMAIL_TAKEN'
  | 'ROLES_REQUIRED'
  | 'LAST_ADMIN'
  | 'PASSWORD_WRONG'
  | 'GLN_TAKEN'
  | 'GTIN_TAKEN'
  | 'GTIN_NOT_OWNED'
  | 'PACK_SIZE_INVALID'
  | 'TEMPERATURE_INVALID'
  | 'PRODUCT_IN_USE'
  | 'COMPANY_PREFIX_OVERLAPS'
  | 'MASTER_DATA_KEY_REQUIRED'
  | 'CONFLICT'
  | 'NOT_FOUND';

export class PartnerRefusedError extends DomainError<PartnerRefusal> {
  override readonly name = 'PartnerRefusedError';
}

/** What is not there and what is hidden: one answer. */
export const notFound = (what: string, key: string | number): PartnerRefusedError =>
  new PartnerRefusedError('NOT_FOUND', `There is no ${what} ${key}.`, { what, key });

import { isCset64 } from '../character-set.js';
import { COUNTRY_ALPHA2, COUNTRY_NUMBERS, CURRENCY_NUMBERS, PACKAGE_TYPES } from './code-list-data.js';
import type { Linter } from './linter.js';

export const iso3166: Linter = (data) => (COUNTRY_NUMBERS.has(data) ? undefined : 'NOT_ISO3166');

export const iso3166999: Linter = (data) =>
  data === '999' || COUNTRY_NUMBERS.has(data) ? undefined : 'NOT_ISO3166_OR_999';

export const iso3166alpha2: Linter = (data) => (COUNTRY_ALPHA2.has(data) ? undefined : 'NOT_ISO3166_ALPHA2');

export const iso4217: Linter = (data) => (CURRENCY_NUMBERS.has(data) ? undefined : 'NOT_ISO4217');

export const packagetype: Linter = (data) => (PACKAGE_TYPES.has(data) ? undefined : 'INVALID_PACKAGE_TYPE');

/** GS1 GenSpecs 3.8.22: 01-10 assigned by ICCBBA, 80-99 for national and local use. */
export const mediatype: Linter = (data) => (/^(0[1-9]|10|[89]\d)$/.test(data) ? undefined : 'INVALID_MEDIA_TYPE');

/** Regulation (EU) 2018/574: one character of set 64. */
export const importeridx: Linter = (data) => {
  if (data.length !== 1) return 'IMPORTER_IDX_MUST_BE_ONE_CHARACTER';
  return isCset64(data) ? undefined : 'INVALID_IMPORT_IDX_CHARACTER';
};

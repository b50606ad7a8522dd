/** Why a linter refuses: the names of the GS1 Barcode Syntax Tests. */
export type LinterErrorCode =
  | `COUPON_${string}`
  | 'DATE_TOO_LONG'
  | 'DATE_TOO_SHORT'
  | 'GCP_DATASOURCE_OFFLINE'
  | 'HOUR_TOO_LONG'
  | 'HOUR_TOO_SHORT'
  | 'HOUR_WITH_MINUTE_TOO_LONG'
  | 'HOUR_WITH_MINUTE_TOO_SHORT'
  | 'IBAN_TOO_LONG'
  | 'IBAN_TOO_SHORT'
  | 'ILLEGAL_DAY'
  | 'ILLEGAL_HOUR'
  | 'ILLEGAL_IBAN_COUNTRY_CODE'
  | 'ILLEGAL_MINUTE'
  | 'ILLEGAL_MONTH'
  | 'ILLEGAL_SECOND'
  | 'ILLEGAL_ZERO_PREFIX'
  | 'ILLEGAL_ZERO_VALUE'
  | 'IMPORTER_IDX_MUST_BE_ONE_CHARACTER'
  | 'INCORRECT_CHECK_DIGIT'
  | 'INCORRECT_CHECK_PAIR'
  | 'INCORRECT_IBAN_CHECKSUM'
  | 'INVALID_BIOLOGICAL_SEX_CODE'
  | 'INVALID_CSET39_CHARACTER'
  | 'INVALID_CSET64_CHARACTER'
  | 'INVALID_CSET64_PADDING'
  | 'INVALID_CSET82_CHARACTER'
  | 'INVALID_GCP_PREFIX'
  | 'INVALID_IBAN_CHARACTER'
  | 'INVALID_IMPORT_IDX_CHARACTER'
  | 'INVALID_LATITUDE'
  | 'INVALID_LENGTH_FOR_PIECE_OF_TOTAL'
  | 'INVALID_LONGITUDE'
  | 'INVALID_MEDIA_TYPE'
  | 'INVALID_PACKAGE_TYPE'
  | 'INVALID_PERCENT_SEQUENCE'
  | 'INVALID_WINDING_DIRECTION'
  | 'LATITUDE_INVALID_LENGTH'
  | 'LONGITUDE_INVALID_LENGTH'
  | 'MINUTE_TOO_LONG'
  | 'MINUTE_TOO_SHORT'
  | 'NON_DIGIT_CHARACTER'
  | 'NOT_HYPHEN'
  | 'NOT_ISO3166'
  | 'NOT_ISO3166_ALPHA2'
  | 'NOT_ISO3166_OR_999'
  | 'NOT_ISO4217'
  | 'NOT_ZERO'
  | 'NOT_ZERO_OR_ONE'
  | 'PIECE_NUMBER_EXCEEDS_TOTAL'
  | 'POSITION_EXCEEDS_END'
  | 'POSITION_IN_SEQUENCE_MALFORMED'
  | 'REQUIRES_NON_DIGIT_CHARACTER'
  | 'SECOND_TOO_LONG'
  | 'SECOND_TOO_SHORT'
  | 'TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION'
  | 'TOO_SHORT_FOR_CHECK_DIGIT'
  | 'TOO_SHORT_FOR_CHECK_PAIR'
  | 'TOO_SHORT_FOR_GCP'
  | 'ZERO_PIECE_NUMBER'
  | 'ZERO_TOTAL_PIECES';

/** What a register of company prefixes says of digits that should begin with one. */
export type PrefixAnswer = 'known' | 'unknown' | 'offline';

/** What a linter may ask of the world. Without `companyPrefix`, every prefix of digits is taken as known. */
export interface LinterContext {
  readonly companyPrefix?: (digits: string) => PrefixAnswer;
}

/** Checks the content of one component of an application identifier; undefined says that it is good. */
export type Linter = (data: string, context: LinterContext) => LinterErrorCode | undefined;

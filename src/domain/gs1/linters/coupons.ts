import { onlyDigits } from './characters.js';
import { gcppos1 } from './company-prefixes.js';
import { yymmdd } from './dates.js';
import type { Linter, LinterContext, LinterErrorCode } from './linter.js';

class CouponFault {
  constructor(readonly code: LinterErrorCode) {}
}

/** Reads the digits of a coupon from left to right; the first thing that does not fit is thrown as its code. */
class CouponReader {
  private at = 0;

  constructor(
    private readonly digits: string,
    private readonly context: LinterContext,
  ) {}

  /** One digit out of `allowed`. */
  code(allowed: string, missing: LinterErrorCode, invalid: LinterErrorCode): string {
    const digit = this.digits[this.at];
    if (digit === undefined) throw new CouponFault(missing);
    if (!allowed.includes(digit)) throw new CouponFault(invalid);
    this.at++;
    return digit;
  }

  /** A run of digits. */
  take(length: number, truncated: LinterErrorCode): string {
    if (this.digits.length - this.at < length) throw new CouponFault(truncated);
    this.at += length;
    return this.digits.slice(this.at - length, this.at);
  }

  /** A company prefix of the given length, or none at all for length 0. */
  companyPrefix(length: number, truncated: LinterErrorCode): void {
    const prefix = this.take(length, truncated);
    const fault = length === 0 ? undefined : gcppos1(prefix, this.context);
    if (fault !== undefined) throw new CouponFault(fault);
  }

  /** Consumes the digit that announces an optional field, if it is next. */
  announces(field: string): boolean {
    if (this.digits[this.at] !== field) return false;
    this.at++;
    return true;
  }

  end(): void {
    if (this.at !== this.digits.length) throw new CouponFault('COUPON_EXCESS_DATA');
  }
}

const ANY = '0123456789';

/** A purchase requirement: length indicator, value, requirement code and family code. */
function purchase(reader: CouponReader, which: '1ST' | '2ND' | '3RD'): void {
  const vli = reader.code(
    '12345',
    `COUPON_MISSING_${which}_PURCHASE_REQUIREMENT_VLI`,
    `COUPON_INVALID_${which}_PURCHASE_REQUIREMENT_LENGTH`,
  );
  reader.take(Number(vli), `COUPON_TRUNCATED_${which}_PURCHASE_REQUIREMENT`);
  reader.code(
    '012349',
    `COUPON_MISSING_${which}_PURCHASE_REQUIREMENT_CODE`,
    `COUPON_INVALID_${which}_PURCHASE_REQUIREMENT_CODE`,
  );
  reader.take(3, `COUPON_TRUNCATED_${which}_PURCHASE_FAMILY_CODE`);
}

function furtherPurchase(reader: CouponReader, which: '2ND' | '3RD'): void {
  purchase(reader, which);
  const vli = reader.code(
    '01234569',
    `COUPON_MISSING_${which}_PURCHASE_GCP_VLI`,
    `COUPON_INVALID_${which}_PURCHASE_GCP_LENGTH`,
  );
  reader.companyPrefix(vli === '9' ? 0 : Number(vli) + 6, `COUPON_TRUNCATED_${which}_PURCHASE_GCP`);
}

function date(reader: CouponReader, tooShort: LinterErrorCode, invalid: LinterErrorCode): string {
  const value = reader.take(6, tooShort);
  if (yymmdd(value, {}) !== undefined) throw new CouponFault(invalid);
  return value;
}

function validity(reader: CouponReader): void {
  const expiry = reader.announces('3')
    ? date(reader, 'COUPON_TOO_SHORT_FOR_EXPIRATION_DATE', 'COUPON_INVALID_EXIPIRATION_DATE')
    : undefined;
  if (!reader.announces('4')) return;
  const start = date(reader, 'COUPON_TOO_SHORT_FOR_START_DATE', 'COUPON_INVALID_START_DATE');
  if (expiry !== undefined && start > expiry) throw new CouponFault('COUPON_EXPIRATION_BEFORE_START');
}

function serialNumber(reader: CouponReader): void {
  const vli = reader.code(ANY, 'COUPON_MISSING_SERIAL_NUMBER_VLI', 'COUPON_MISSING_SERIAL_NUMBER_VLI');
  reader.take(Number(vli) + 6, 'COUPON_TRUNCATED_SERIAL_NUMBER');
}

function retailer(reader: CouponReader): void {
  const vli = reader.code(
    '1234567',
    'COUPON_MISSING_RETAILER_GCP_OR_GLN_VLI',
    'COUPON_INVALID_RETAILER_GCP_OR_GLN_LENGTH',
  );
  reader.companyPrefix(Number(vli) + 6, 'COUPON_TRUNCATED_RETAILER_GCP_OR_GLN');
}

function miscellaneous(reader: CouponReader): void {
  reader.code('01256', 'COUPON_MISSING_SAVE_VALUE_CODE', 'COUPON_INVALID_SAVE_VALUE_CODE');
  reader.code('012', 'COUPON_MISSING_SAVE_VALUE_APPLIES_TO_ITEM', 'COUPON_INVALID_SAVE_VALUE_APPLIES_TO_ITEM');
  reader.code(ANY, 'COUPON_MISSING_STORE_COUPON_FLAG', 'COUPON_MISSING_STORE_COUPON_FLAG');
  reader.code('01', 'COUPON_MISSING_DONT_MULTIPLY_FLAG', 'COUPON_INVALID_DONT_MULTIPLY_FLAG');
}

function readCouponCode(reader: CouponReader): void {
  const vli = reader.code('0123456', 'COUPON_MISSING_GCP_VLI', 'COUPON_INVALID_GCP_LENGTH');
  reader.companyPrefix(Number(vli) + 6, 'COUPON_TRUNCATED_GCP');
  reader.take(6, 'COUPON_TRUNCATED_OFFER_CODE');
  const saveVli = reader.code('12345', 'COUPON_MISSING_SAVE_VALUE_VLI', 'COUPON_INVALID_SAVE_VALUE_LENGTH');
  reader.take(Number(saveVli), 'COUPON_TRUNCATED_SAVE_VALUE');
  purchase(reader, '1ST');
  if (reader.announces('1')) {
    const missing = 'COUPON_MISSING_ADDITIONAL_PURCHASE_RULES_CODE';
    reader.code('0123', missing, 'COUPON_INVALID_ADDITIONAL_PURCHASE_RULES_CODE');
    furtherPurchase(reader, '2ND');
  }
  if (reader.announces('2')) furtherPurchase(reader, '3RD');
  validity(reader);
  if (reader.announces('5')) serialNumber(reader);
  if (reader.announces('6')) retailer(reader);
  if (reader.announces('9')) miscellaneous(reader);
  reader.end();
}

function readPositiveOffer(reader: CouponReader): void {
  reader.code('01', 'COUPON_MISSING_FORMAT_CODE', 'COUPON_INVALID_FORMAT_CODE');
  const vli = reader.code('0123456', 'COUPON_MISSING_FUNDER_VLI', 'COUPON_INVALID_FUNDER_LENGTH');
  reader.take(Number(vli) + 6, 'COUPON_TRUNCATED_FUNDER');
  reader.take(6, 'COUPON_TRUNCATED_OFFER_CODE');
  serialNumber(reader);
  reader.end();
}

function couponLinter(read: (reader: CouponReader) => void): Linter {
  return (data, context) => {
    if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
    try {
      read(new CouponReader(data, context));
      return undefined;
    } catch (fault) {
      if (fault instanceof CouponFault) return fault.code;
      throw fault;
    }
  };
}

/** North American Coupon Application Guideline using GS1 DataBar Expanded Symbols, AI (8110). */
export const couponcode = couponLinter(readCouponCode);
/** GS1 AI (8112) Coupon Data Specification. */
export const couponposoffer = couponLinter(readPositiveOffer);

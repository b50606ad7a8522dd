import * as characters from './characters.js';
import * as checkCharacters from './check-characters.js';
import * as codeLists from './code-lists.js';
import * as companyPrefixes from './company-prefixes.js';
import * as coupons from './coupons.js';
import * as dates from './dates.js';
import * as numbers from './numbers.js';
import type { Linter, LinterContext, LinterErrorCode } from './linter.js';

export type { Linter, LinterContext, LinterErrorCode, PrefixAnswer } from './linter.js';

const { csetnumeric, cset82, cset39, cset64, hasnondigit, hyphen, pcenc } = characters;
const { csum, csumalpha, iban } = checkCharacters;
const { iso3166, iso3166999, iso3166alpha2, iso4217, packagetype, mediatype, importeridx } = codeLists;
const { gcppos1, gcppos2 } = companyPrefixes;
const { couponcode, couponposoffer } = coupons;
const { yymmdd, yymmd0, yyyymmdd, yyyymmd0, hh, mi, ss, hhmi } = dates;
const { nonzero, nozeroprefix, zero, yesno, winding, iso5218, pieceoftotal, posinseqslash, latitude, longitude } =
  numbers;

/** Every linter under its name in the GS1 Barcode Syntax Dictionary. */
export const LINTERS: Readonly<Record<string, Linter>> = {
  csetnumeric,
  cset82,
  cset39,
  cset64,
  hasnondigit,
  hyphen,
  pcenc,
  csum,
  csumalpha,
  iban,
  iso3166,
  iso3166999,
  iso3166alpha2,
  iso4217,
  packagetype,
  mediatype,
  importeridx,
  gcppos1,
  gcppos2,
  couponcode,
  couponposoffer,
  yymmdd,
  yymmd0,
  yyyymmdd,
  yyyymmd0,
  hh,
  mi,
  ss,
  hhmi,
  nonzero,
  nozeroprefix,
  zero,
  yesno,
  winding,
  iso5218,
  pieceoftotal,
  posinseqslash,
  latitude,
  longitude,
};

/** Runs one linter by its name; undefined says that the data is good. Throws RangeError for a name that is none. */
export function lint(name: string, data: string, context: LinterContext = {}): LinterErrorCode | undefined {
  const linter = LINTERS[name];
  if (linter === undefined) throw new RangeError(`There is no linter named ${name}.`);
  return linter(data, context);
}

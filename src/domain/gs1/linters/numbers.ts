import { onlyDigits } from './characters.js';
import type { Linter, LinterErrorCode } from './linter.js';

export const nonzero: Linter = (data) => {
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  return /[1-9]/.test(data) ? undefined : 'ILLEGAL_ZERO_VALUE';
};

export const nozeroprefix: Linter = (data) => {
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  return data.startsWith('0') ? 'ILLEGAL_ZERO_PREFIX' : undefined;
};

export const zero: Linter = (data) => (/^0+$/.test(data) ? undefined : 'NOT_ZERO');
export const yesno: Linter = (data) => (/^[01]$/.test(data) ? undefined : 'NOT_ZERO_OR_ONE');
export const winding: Linter = (data) => (/^[019]$/.test(data) ? undefined : 'INVALID_WINDING_DIRECTION');

/** ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable. */
export const iso5218: Linter = (data) => (/^[0129]$/.test(data) ? undefined : 'INVALID_BIOLOGICAL_SEX_CODE');

/** Piece and total in halves of equal length: `0203` is the second of three. */
export const pieceoftotal: Linter = (data) => {
  if (data.length === 0 || data.length % 2 !== 0) return 'INVALID_LENGTH_FOR_PIECE_OF_TOTAL';
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  const piece = data.slice(0, data.length / 2);
  const total = data.slice(data.length / 2);
  if (!/[1-9]/.test(piece)) return 'ZERO_PIECE_NUMBER';
  if (!/[1-9]/.test(total)) return 'ZERO_TOTAL_PIECES';
  return piece > total ? 'PIECE_NUMBER_EXCEEDS_TOTAL' : undefined;
};

/** `2/3`: position and end of a sequence. */
export const posinseqslash: Linter = (data) => {
  const match = /^(\d+)\/(\d+)$/.exec(data);
  if (match === null) return 'POSITION_IN_SEQUENCE_MALFORMED';
  const position = match[1]!;
  const end = match[2]!;
  if (position.startsWith('0') || end.startsWith('0')) return 'ILLEGAL_ZERO_PREFIX';
  const exceeds = position.length === end.length ? position > end : position.length > end.length;
  return exceeds ? 'POSITION_EXCEEDS_END' : undefined;
};

interface Angle {
  readonly greatest: number;
  readonly length: LinterErrorCode;
  readonly range: LinterErrorCode;
}

/** WGS 84 in ten digits, shifted to be positive, in units of 10^-7 degrees. */
function lintAngle(data: string, angle: Angle): LinterErrorCode | undefined {
  if (data.length !== 10) return angle.length;
  if (!onlyDigits(data)) return 'NON_DIGIT_CHARACTER';
  return Number(data) > angle.greatest ? angle.range : undefined;
}

export const latitude: Linter = (data) =>
  lintAngle(data, { greatest: 1_800_000_000, length: 'LATITUDE_INVALID_LENGTH', range: 'INVALID_LATITUDE' });
export const longitude: Linter = (data) =>
  lintAngle(data, { greatest: 3_600_000_000, length: 'LONGITUDE_INVALID_LENGTH', range: 'INVALID_LONGITUDE' });

import { DomainError } from '../domain/errors.js';

/** What a label refuses. The codes are public API. */
export type LabelErrorCode =
  | 'LABEL_SYMBOLOGY_NOT_ALLOWED'
  | 'LABEL_X_DIMENSION_OUT_OF_RANGE'
  | 'LABEL_DPI_OUT_OF_RANGE'
  | 'LABEL_TOO_WIDE'
  | 'LABEL_TEXT_UNPRINTABLE'
  | 'LABEL_LOT_DIFFERS'
  | 'LABEL_PARAMETER_INVALID';

/** A label that was asked for and cannot be made as asked; `details.pointer` names the parameter. */
export class LabelError extends DomainError<LabelErrorCode> {
  override readonly name = 'LabelError';
}

import { DomainError } from '../../domain/errors.js';

/** Why serial numbers are not ordered, or not handed out. */
export type SerialsRefusal =
  | 'NOT_PREFIX_OWNER'
  | 'PRODUCT_NOT_FOUND'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_QUANTITY_INVALID'
  | 'ORDER_RANGE_INVALID'
  | 'ORDER_REFERENCE_TAKEN';

export class SerialsRefusedError extends DomainError<SerialsRefusal> {
  override readonly name = 'SerialsRefusedError';
}

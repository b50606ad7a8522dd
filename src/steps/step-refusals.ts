import { DomainError } from '../domain/errors.js';

/** Why a request is refused before the custody rules see it. */
export type RequestRefusal =
  | 'EPC_INVALID'
  | 'SERIAL_INVALID'
  | 'SITE_NOT_YOURS'
  | 'CONSIGNEE_NOT_FOUND'
  | 'LOT_TAKEN'
  | 'LOT_QUANTITY_INVALID'
  | 'LOT_EXPIRY_INVALID'
  | 'NOT_PREFIX_OWNER'
  | 'PRODUCT_NOT_FOUND'
  | 'NO_COMPANY_PREFIX'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_QUANTITY_INVALID'
  | 'ORDER_RANGE_INVALID'
  | 'ORDER_REFERENCE_TAKEN'
  | 'SERIALS_REQUIRED'
  | 'SSCC_EXHAUSTED'
  | 'STEP_COUNT_INVALID'
  | 'TEXT_INVALID';

export class RequestRefusedError extends DomainError<RequestRefusal> {
  override readonly name = 'RequestRefusedError';
}

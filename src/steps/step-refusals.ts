import { DomainError } from '../domain/errors.js';

/** Why a request is refused before the custody rules see it. */
export type RequestRefusal =
  | 'EPC_INVALID'
  | 'SERIAL_INVALID'
  | 'CONSIGNEE_NOT_FOUND'
  | 'LOT_TAKEN'
  | 'LOT_QUANTITY_INVALID'
  | 'LOT_EXPIRY_INVALID'
  | 'NOT_PREFIX_OWNER'
  | 'PRODUCT_NOT_FOUND'
  | 'NO_COMPANY_PREFIX'
  | 'SERIALS_REQUIRED'
  | 'SSCC_EXHAUSTED'
  | 'STEP_COUNT_INVALID'
  | 'TEXT_INVALID';

export class RequestRefusedError extends DomainError<RequestRefusal> {
  override readonly name = 'RequestRefusedError';
}

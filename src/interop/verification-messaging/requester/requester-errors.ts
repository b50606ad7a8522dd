import { DomainError } from '../../../domain/errors.js';

/** Why another system is not asked, or not entered in the directory. */
export type RequesterRefusal =
  'PACK_NOT_NAMED' | 'PACK_IS_HERE' | 'RESPONDER_INVALID' | 'RESPONDER_KEYS_INVALID' | 'NOT_FOUND';

export class RequesterRefusedError extends DomainError<RequesterRefusal> {
  override readonly name = 'RequesterRefusedError';
}

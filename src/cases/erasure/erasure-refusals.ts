import { DomainError } from '../../domain/errors.js';

/** Why an event is not erased. */
export type ErasureRefusal =
  'EVENT_NOT_FOUND' | 'ERASURE_NOT_ALLOWED' | 'ERASURE_BLOCKED' | 'NOTE_INVALID' | 'NOTE_REPEATS_DATA';

export class ErasureRefusedError extends DomainError<ErasureRefusal> {
  override readonly name = 'ErasureRefusedError';
}

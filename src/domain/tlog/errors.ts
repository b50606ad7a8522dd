import { DomainError } from '../errors.js';

/** Why a log, a proof, a tile, a note or a checkpoint is refused. Stable; shown to whoever checks evidence. */
export type TlogErrorCode =
  | 'TLOG_SIZE_INVALID'
  | 'TLOG_INDEX_INVALID'
  | 'TLOG_HASH_INVALID'
  | 'TLOG_HASH_MISSING'
  | 'TLOG_PROOF_LENGTH'
  | 'TLOG_INCLUSION_MISMATCH'
  | 'TLOG_CONSISTENCY_MISMATCH'
  | 'TLOG_TILE_INVALID'
  | 'TLOG_BUNDLE_INVALID'
  | 'TLOG_KEY_INVALID'
  | 'TLOG_NOTE_MALFORMED'
  | 'TLOG_NOTE_UNSIGNED'
  | 'TLOG_SIGNATURE_INVALID'
  | 'TLOG_CHECKPOINT_MALFORMED'
  | 'TLOG_ORIGIN_MISMATCH'
  | 'TLOG_COSIGNATURE_REFUSED';

/** The one error of `domain/tlog`: everything a hostile log or receipt can do wrong ends here. */
export class TlogError extends DomainError<TlogErrorCode> {
  override readonly name = 'TlogError';
}

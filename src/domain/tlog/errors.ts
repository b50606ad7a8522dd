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
  | 'TLOG_TILE_MISMATCH'
  | 'TLOG_ROOT_MISMATCH'
  | 'TLOG_BUNDLE_INVALID'
  | 'TLOG_KEY_INVALID'
  | 'TLOG_NOTE_MALFORMED'
  | 'TLOG_NOTE_UNSIGNED'
  | 'TLOG_SIGNATURE_INVALID'
  | 'TLOG_CHECKPOINT_MALFORMED'
  | 'TLOG_ORIGIN_MISMATCH'
  | 'TLOG_COSIGNATURE_REFUSED'
  | 'TLOG_POLICY_MALFORMED'
  | 'TLOG_POLICY_CHARACTER'
  | 'TLOG_POLICY_KEY'
  | 'TLOG_POLICY_DUPLICATE_KEY'
  | 'TLOG_POLICY_NAME_TAKEN'
  | 'TLOG_POLICY_NAME_UNKNOWN'
  | 'TLOG_POLICY_MEMBER_TWICE'
  | 'TLOG_POLICY_THRESHOLD'
  | 'TLOG_POLICY_QUORUM'
  | 'TLOG_POLICY_TOO_LARGE'
  | 'TLOG_REQUEST_MALFORMED'
  | 'TLOG_PROOF_MALFORMED'
  | 'TLOG_QUORUM_NOT_MET'
  | 'TLOG_COSE_MALFORMED';

/** The one error of `domain/tlog`: everything a hostile log or receipt can do wrong ends here. */
export class TlogError extends DomainError<TlogErrorCode> {
  override readonly name = 'TlogError';
}

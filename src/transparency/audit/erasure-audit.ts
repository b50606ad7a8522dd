import { bytesToHex, equalBytes } from '../../domain/bytes.js';
import { pglnUri } from '../../domain/gs1/epc.js';
import { commitEvent } from '../../domain/receipt/commitment.js';
import { logEntry } from '../log/append.store.js';
import type { AuditedErasure } from './audit.store.js';
import type { ErasedEventSeen } from './finding.js';

/**
 * What is wrong with an erasure as it is stored, in words; undefined where its record is the logged one, and says what the
 * row says.
 */
export function faultOfErasure(erasure: AuditedErasure): string | undefined {
  const { position, entry, commitment, eventCommitment, erasedAt, reason, gln, person } = erasure;
  const record = recordOf(erasure);
  const recommitted = record && recommit(record, erasure.secret);
  if (!record || !recommitted || !equalBytes(recommitted, commitment)) return 'its record is not what was committed to';
  if (entry === null || !equalBytes(entry, logEntry('erasure', commitment))) return 'its record is not the logged one';
  const same =
    record['type'] === 'Erasure' &&
    record['position'] === position &&
    record['reason'] === reason &&
    record['person'] === person &&
    gln !== null &&
    record['by'] === pglnUri(gln) &&
    Date.parse(String(record['erasedAt'])) === erasedAt.getTime();
  if (!same) return 'its columns are not what its record says';
  if (eventCommitment === null) return 'the row of the event is gone';
  return record['commitment'] === bytesToHex(eventCommitment) ? undefined : 'its record is of another event';
}

export function seenErasure(erasure: AuditedErasure): ErasedEventSeen {
  const { position, reason, erasedAt, loggedIn } = erasure;
  return { position, at: erasedAt.toISOString(), reason, by: String(recordOf(erasure)?.['by']), loggedIn };
}

function recordOf({ body }: AuditedErasure): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function recommit(record: object, secret: Uint8Array): Uint8Array | undefined {
  try {
    return commitEvent(record, secret).commitment;
  } catch {
    return undefined;
  }
}

import { equalBytes } from '../../domain/bytes.js';
import type { Queryable } from '../../platform/database/database.js';
import { logEntry } from '../log/append.store.js';
import { commitBatch } from '../trail/trail-batch.js';
import { readsOf, unplaced } from '../trail/trail.store.js';
import type { AuditedBatch } from './audit.store.js';
import type { FindingCode } from './finding.js';

/** Compares a batch of the access trail with its entry; undefined where it holds, also where it was forgotten whole. */
export async function faultOfBatch(
  tx: Queryable,
  batch: AuditedBatch,
  entry: Uint8Array,
): Promise<{ readonly code: FindingCode; readonly why: string } | undefined> {
  const changed = (why: string) => ({ code: 'TRAIL_CHANGED' as const, why });
  if (!equalBytes(entry, logEntry('trail', batch.commitment))) return changed('its commitment is not the logged one');
  if (batch.afterXid !== batch.lastXid || batch.afterId !== batch.lastId) {
    return changed('it does not begin where the batch before it ended');
  }
  if (batch.outOfTurn) return changed('it was forgotten before an older one');
  const reads = await readsOf(tx, batch);
  if (batch.secret === null) return reads.length === 0 ? undefined : changed('it was forgotten, and has reads');
  if (reads.length < batch.size) {
    return { code: 'TRAIL_MISSING', why: `of its ${batch.size} reads ${batch.size - reads.length} are gone` };
  }
  if (reads.length > batch.size) return changed(`a read was put into its ${batch.size}`);
  const found = commitBatch(reads.map(unplaced), batch.secret);
  return equalBytes(found, batch.commitment) ? undefined : changed('its reads are not those that were logged');
}

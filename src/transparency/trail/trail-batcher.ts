import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/errors.js';
import { SECRET_BYTES } from '../../domain/receipt/commitment.js';
import type { Database, Queryable } from '../../platform/database/database.js';
import { appendEntry, logEntry } from '../log/append.store.js';
import { commitBatch } from './trail-batch.js';
import { lastPlace, storeBatch, tryLockTrail, unplaced, waitingReads } from './trail.store.js';

/** Most reads in one batch: bounds its memory and the size of a proof. */
const MOST = 4096;

/** Reads of others' data enter the log, a batch an entry. Any number of processes may try: one at a time does. */
export class TrailBatcher {
  constructor(
    private readonly database: Database,
    readonly log: number,
    private readonly most = MOST,
  ) {}

  /** Batches all that waits, and makes no entry where nothing does; answers how many reads went in. */
  async run(signal?: AbortSignal): Promise<number> {
    let reads = 0;
    for (;;) {
      const done = await this.database.transaction((tx) => this.batch(tx));
      reads += done;
      if (done < this.most || signal?.aborted === true) return reads;
    }
  }

  private async batch(tx: Queryable): Promise<number> {
    if (!(await tryLockTrail(tx))) return 0;
    const after = await lastPlace(tx);
    if (after.ahead) throw restoredElsewhere(after.xid);
    const waiting = await waitingReads(tx, after, this.most);
    const last = waiting.at(-1);
    if (last === undefined) return 0;
    const secret = randomBytes(SECRET_BYTES);
    const commitment = commitBatch(waiting.map(unplaced), secret);
    await storeBatch(tx, {
      position: await appendEntry(tx, this.log, logEntry('trail', commitment)),
      ...{ afterXid: after.xid, afterId: after.id, uptoXid: last.xid, uptoId: last.id },
      ...{ size: waiting.length, secret, commitment },
    });
    return waiting.length;
  }
}

const restoredElsewhere = (xid: string): DomainError =>
  new DomainError(
    'TRAIL_TRANSACTIONS_BEHIND',
    `The last batch of the access trail ends with transaction ${xid}, which this database has not reached: its rows come ` +
      'from another server. Raise its next transaction id first (docs/operations/erasure.md).',
  );

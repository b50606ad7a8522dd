import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../../src/platform/database/database.js';
import { commitEvent } from '../../src/domain/receipt/commitment.js';
import { eventEntry } from '../../src/domain/receipt/check.js';

/** The EPC of pack `n` in these tests. */
export const packOf = (n: number): string => `https://id.gs1.org/01/09506000134352/21/S${n}`;

/** The event that `appendEvents` puts at index `i`: it names two packs. */
export const eventOf = (i: number): Record<string, unknown> => ({
  type: 'ObjectEvent',
  eventID: `ni:///sha-256;${createHash('sha256').update(`event ${i}`).digest('hex')}?ver=CBV2.0`,
  eventTime: '2026-03-01T09:30:00.000+03:00',
  eventTimeZoneOffset: '+03:00',
  action: 'ADD',
  bizStep: 'commissioning',
  bizTransactionList: [{ type: 'po', bizTransaction: `urn:secret:${i}` }],
  ilmd: { 'cbvmda:lotNumber': 'L1', 'cbvmda:itemExpirationDate': '2028-01-31' },
  epcList: [packOf(2 * i), packOf(2 * i + 1)],
});

/** Stores `count` events in log 0 as capture does; returns the position of the first. */
export async function appendEvents(database: Database, count: number): Promise<number> {
  return database.transaction(async (tx) => {
    const text = 'update log set size = size + $1 where number = 0 returning size';
    const [row] = await tx.query<{ size: number }>('test-append-events', text, [count]);
    const first = row!.size - count;
    for (let i = first; i < row!.size; i++) {
      const event = eventOf(i);
      const secret = randomBytes(32);
      const { commitment } = commitEvent(event, secret);
      await tx.execute(
        'test-event',
        `insert into event (position, recorded_at, event_time, captured_by, step, hash, secret, commitment, body)
         values ($1, now(), now(), 1, 1, $2, $3, $4, $5)`,
        [i, randomBytes(32), secret, Buffer.from(commitment), JSON.stringify(event)],
      );
      const entry = Buffer.from(eventEntry(commitment));
      await tx.execute('test-event-entry', 'insert into log_entry (position, entry) values ($1, $2)', [i, entry]);
    }
    return first;
  });
}

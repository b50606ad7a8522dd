import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { positionOfErased } from './erased-event.js';
import { epcIndexKey, hashOfEventId } from './seal.js';

/** Finds events by their eventID. */
@Injectable()
export class EventPositions {
  constructor(private readonly database: Database) {}

  /** The position of the first event with this eventID, or undefined. */
  async ofEventId(eventId: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ position: number }>(
      'capture-position-of-event',
      `select e.position from epc_event x join event e using (position)
       where x.epc = $1 and x.role = 6 and (e.event_id = $3 or e.event_id is null and e.hash = $2)
       order by e.position limit 1`,
      [epcIndexKey(eventId), hashOfEventId(eventId) ?? null, eventId],
    );
    return row?.position ?? this.ofErased(eventId);
  }

  private async ofErased(eventId: string): Promise<number | undefined> {
    const position = positionOfErased(eventId);
    if (position === undefined) return undefined;
    const [row] = await this.database.query<{ position: number }>(
      'capture-position-of-erased',
      'select position from erasure where position = $1',
      [position],
    );
    return row?.position;
  }
}

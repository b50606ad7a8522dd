import { Injectable } from '@nestjs/common';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { Database } from '../../../platform/database/database.js';

const PAGE = 200;

/** Events as they are stored, for whoever captured them. */
@Injectable()
export class StoredEventsStore {
  constructor(private readonly database: Database) {}

  /** An event by its position, or undefined where it was erased. */
  async one(position: number): Promise<EpcisEvent | undefined> {
    const text = 'select body from event where position = $1 and body is not null';
    const [row] = await this.database.query<{ body: string }>('capture-event-body', text, [position]);
    return row && (JSON.parse(row.body) as EpcisEvent);
  }

  /** The events that came in a document, in its order, a page at a time; without those that were erased. */
  async *ofDocument(number: number): AsyncGenerator<StoredEvent> {
    const text = `select d.position, e.body, e.event_id is not null as named
      from event_document d join event e using (position)
      where d.document = $1 and d.position > $2 and e.body is not null order by d.position limit ${PAGE}`;
    for (let after = -1; ;) {
      const rows = await this.database.query<EventRow>('capture-document-events', text, [number, after]);
      yield* rows.map(storedEvent);
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.position;
    }
  }

  /** The events at these positions, in their order; without those that were erased. */
  async *at(positions: readonly number[]): AsyncGenerator<StoredEvent> {
    const text = `select position, body, event_id is not null as named from event
      where position = any($1::bigint[]) and body is not null`;
    for (let from = 0; from < positions.length; from += PAGE) {
      const wanted = positions.slice(from, from + PAGE);
      const rows = await this.database.query<EventRow>('capture-events-at', text, [wanted]);
      const found = new Map(rows.map((row) => [row.position, row]));
      for (const position of wanted) if (found.has(position)) yield storedEvent(found.get(position)!);
    }
  }
}

/** An event, and whether its eventID is another than its hash. */
export interface StoredEvent {
  readonly event: EpcisEvent;
  readonly named: boolean;
}

type EventRow = { position: number; body: string; named: boolean };

const storedEvent = ({ body, named }: EventRow): StoredEvent => ({ event: JSON.parse(body) as EpcisEvent, named });

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';

const PAGE = 200;

/** Events as they are stored, for whoever captured them. */
@Injectable()
export class StoredEventsStore {
  constructor(private readonly database: Database) {}

  /** JSON of the events at these positions, in their order; without those that were erased. */
  async bodies(positions: readonly number[]): Promise<string[]> {
    const text = 'select position, body from event where position = any($1::bigint[]) and body is not null';
    const rows = await this.database.query<{ position: number; body: string }>('capture-event-bodies', text, [
      positions,
    ]);
    const found = new Map(rows.map(({ position, body }) => [position, body]));
    return positions.flatMap((position) => found.get(position) ?? []);
  }

  /** JSON of the events that came in a document, in its order, a page at a time. */
  async *ofDocument(number: number): AsyncGenerator<string> {
    const text = `select d.position, e.body from event_document d join event e using (position)
      where d.document = $1 and d.position > $2 and e.body is not null order by d.position limit ${PAGE}`;
    for (let after = -1; ;) {
      type Found = { position: number; body: string };
      const rows = await this.database.query<Found>('capture-document-events', text, [number, after]);
      for (const { body } of rows) yield body;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.position;
    }
  }
}

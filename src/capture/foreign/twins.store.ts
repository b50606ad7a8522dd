import { hash } from 'node:crypto';
import { contentOf } from '../../domain/epcis/content.js';
import type { Queryable } from '../../platform/database/database.js';
import { eventIdAt } from '../erased-event.js';
import type { Identity } from './identity.js';

/** A stored event that has a name or a hash of one that came. */
export interface Twin {
  readonly position: number;
  readonly eventId: string;
  readonly capturedBy: number;
  readonly declaration: boolean;
  /** The event whose error it declares; NOT_THERE_YET where that has not come. */
  readonly declares: number | null;
  readonly content: Buffer;
  readonly documented: Buffer;
}

/** What a declaration declares whose event has not come. */
export const NOT_THERE_YET = -1;

const TWINS = `select distinct on (k.ordinal, e.position) k.ordinal, e.position, e.event_id, e.hash, e.captured_by, f.content,
    f.declares, case when f.position is null then e.body end as body
  from unnest($1::bigint[], $2::int[]) as k (key, ordinal)
  cross join lateral (select position from epc_event where epc = k.key and role = 6 offset 0) x
  join event e on e.position = x.position left join foreign_event f on f.position = e.position
  where e.hash is not null order by k.ordinal, e.position`;

/** For each identity, the stored events with a name or hash of it, the oldest first. */
export async function findTwins(
  sql: Queryable,
  identities: readonly Identity[],
): Promise<readonly (readonly Twin[])[]> {
  const found: Twin[][] = identities.map(() => []);
  if (identities.length === 0) return found;
  type Found = {
    ordinal: number;
    position: number;
    event_id: string | null;
    hash: Buffer;
    captured_by: number;
    content: Buffer | null;
    declares: number | null;
    body: string | null;
  };
  const keys = identities.flatMap((identity, ordinal) => identity.keys.map((key) => ({ key, ordinal })));
  const rows = await sql.query<Found>('capture-twins', TWINS, [
    keys.map(({ key }) => key),
    keys.map(({ ordinal }) => ordinal),
  ]);
  for (const row of rows) {
    found[row.ordinal]!.push({
      position: row.position,
      eventId: eventIdAt(row.position, row.hash, row.event_id),
      capturedBy: row.captured_by,
      declaration: row.declares !== null,
      declares: row.declares,
      // An event of our own has no content kept apart.
      content: row.content ?? hash('sha256', contentOf(JSON.parse(row.body!) as object), 'buffer'),
      documented: row.hash,
    });
  }
  return found;
}

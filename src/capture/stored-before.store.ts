import type { EpcisEvent } from '../domain/epcis/event.js';
import { invariant } from '../domain/errors.js';
import type { Queryable } from '../platform/database/database.js';
import { ERASED_COLUMN, erasedDocument, eventIdAt, type ErasedEvent } from './erased-event.js';
import type { Captured, Job } from './job.js';

export interface StoredBefore {
  /** The positions of events that requests stored before. */
  readonly positions: ReadonlyMap<string, number>;
  /** Requests of an organisation that erased an event of the very same time. */
  readonly erased: ReadonlySet<string>;
}

// One statement, so one snapshot: an erasure removes the request in the commit that stores the erased act.
const STORED_BEFORE = `select request, position from capture_request where request = any($1::uuid[])
  union all
  select k.request, null from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as k (request, organisation, event_time)
  where (select exists (select from erasure))
    and exists (select from erasure x where x.captured_by = k.organisation and x.event_time = k.event_time offset 0)`;

/** What was stored before of some requests. */
export async function storedBefore(sql: Queryable, jobs: readonly Job[]): Promise<StoredBefore> {
  const rows = await sql.query<{ request: string; position: number | null }>('capture-requests', STORED_BEFORE, [
    jobs.map(({ request }) => request),
    jobs.map(({ act }) => act.organisation),
    jobs.map(({ act }) => act.eventTime),
  ]);
  const positions = rows.flatMap(({ request, position }) => (position === null ? [] : [[request, position] as const]));
  return {
    positions: new Map(positions),
    erased: new Set(rows.flatMap(({ request, position }) => (position === null ? [request] : []))),
  };
}

type Stored = {
  position: number;
  hash: Buffer | null;
  event_id: string | null;
  body: string | null;
  erased: ErasedEvent | null;
};

/** Events that are answered again, by their position. */
export async function eventsAt(sql: Queryable, positions: readonly number[]): Promise<Map<number, Captured>> {
  if (positions.length === 0) return new Map();
  const rows = await sql.query<Stored>(
    'capture-stored-events',
    `select e.position, e.hash, e.event_id, e.body, ${ERASED_COLUMN} from event e where e.position = any($1::bigint[])`,
    [positions],
  );
  return new Map(rows.map((row) => [row.position, storedEvent(row)]));
}

function storedEvent(row: Stored): Captured {
  const { position, hash, body, erased } = row;
  const eventId = eventIdAt(position, hash, row.event_id);
  if (body !== null) return { position, eventId, event: JSON.parse(body) as EpcisEvent, duplicate: true };
  invariant(erased, `the event at position ${position} has neither a body nor an erasure`);
  const event = erasedDocument(position, erased) as unknown as EpcisEvent;
  return { position, eventId, event, duplicate: true, erased: true };
}

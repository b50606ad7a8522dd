import type { Queryable } from '../../platform/database/database.js';
import { epcIndexKey } from '../seal.js';

/** Those of some eventIDs that no stored event has. */
export async function missingEvents(sql: Queryable, eventIds: readonly string[]): Promise<string[]> {
  if (eventIds.length === 0) return [];
  const rows = await sql.query<{ id: string }>(
    'capture-missing-events',
    `select k.id from unnest($1::bigint[], $2::text[]) as k (key, id)
     where not exists (select from epc_event x where x.epc = k.key and x.role = 6)`,
    [eventIds.map(epcIndexKey), eventIds],
  );
  return rows.map(({ id }) => id);
}

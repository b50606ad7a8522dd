import { parseEpc, ssccUri } from '../domain/gs1/epc.js';
import type { World } from '../domain/custody/world.js';
import type { Queryable } from '../platform/database/database.js';
import type { Job } from './job.js';
import { touchedBy } from './touched.js';

// Nothing is looked for while nothing is open. From the packs and containers that are touched to their gaps, by index; and
// from the gaps of a product that is in a touched container upwards to that container.
const OPEN = `with gaps as materialized (select exists (select from event_gap where resolved_in is null) as open)
  select g.epc from gaps, unnest($1::bigint[], $2::text[]) as k (gtin, serials)
    cross join lateral string_to_table(k.serials, E'\\x1f') as s (serial)
    cross join lateral (select epc from event_gap where gaps.open and event_gap.gtin = k.gtin
      and event_gap.serial = s.serial collate "C" and resolved_in is null limit 1 offset 0) g
  union all select g.epc from gaps, unnest($3::bigint[]) as k (sscc)
    cross join lateral (select epc from event_gap where gaps.open and event_gap.sscc = k.sscc and resolved_in is null
      limit 1 offset 0) g
  union all select lpad(inside.sscc::text, 18, '0') from (
    with recursive inside (sscc) as (
      select i.parent from event_gap g join item i on i.gtin = g.gtin and i.serial = g.serial
        where (select open from gaps) and g.resolved_in is null and i.parent is not null
          and g.gtin in (select l.gtin from container_lot cl join lot l on l.id = cl.lot_id where cl.sscc = any($3::bigint[]))
      union select c.parent from inside u join container c on c.sscc = u.sscc where c.parent is not null)
    select sscc from inside where sscc = any($3::bigint[])) inside`;

/** The packs and containers touched by some requests of which something is open, in themselves or in what is inside. */
export async function openGapsOf(sql: Queryable, jobs: readonly Job[], world: World): Promise<Set<string>> {
  const serials = new Map<string, string[]>();
  const containers: string[] = [];
  for (const { command } of jobs) {
    for (const epc of touchedBy(command, world)) {
      const thing = parseEpc(epc);
      if (thing.kind === 'sscc') containers.push(thing.sscc);
      else if (thing.kind === 'sgtin') {
        const list = serials.get(thing.gtin);
        if (list) list.push(thing.serial);
        else serials.set(thing.gtin, [thing.serial]);
      }
    }
  }
  if (serials.size + containers.length === 0) return new Set();
  const rows = await sql.query<{ epc: string }>('capture-open-gaps', OPEN, [
    [...serials.keys()],
    [...serials.values()].map((list) => list.join('\x1f')),
    containers,
  ]);
  return new Set(rows.map(({ epc }) => (/^\d{18}$/.test(epc) ? ssccUri(epc) : epc)));
}

/** Something that a statement can be sent to: a client or a pool of `pg`. */
export interface Connection {
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>;
}

/**
 * Rules of a consistent database: each query answers what breaks it, and nothing when all is well. They recompute from the
 * rows that say a thing first (events, packs and their parents) whatever is stored of it a second time.
 */
const RULES: Readonly<Record<string, string>> = {
  'a log has as many entries as its size says, without a gap': `
    select l.number, l.size, e.n, e.first, e.last from log l left join lateral (
      select count(*) as n, min(position) as first, max(position) as last from log_entry
      where position >= l.number::bigint << 40 and position < (l.number + 1)::bigint << 40) e on true
    where e.n <> l.size or (l.size > 0 and (e.first <> l.number::bigint << 40 or e.last <> e.first + l.size - 1))`,
  'each event, batch of the access trail and erasure has its log entry, which holds its commitment, and each entry its own': `
    select coalesce(e.position, x.position) as position from (
      select position, '\\x01'::bytea || commitment as entry from event
      union all select position, '\\x02'::bytea || commitment from trail_batch
      union all select logged_in, '\\x03'::bytea || commitment from erasure) e full join log_entry x using (position)
    where x.entry is distinct from e.entry`,
  'an event is whole, or erased with nothing left that confirms its content': `
    select e.position from event e left join erasure x using (position)
    where (e.body is null) <> (x.position is not null)
      or x.position is not null and (num_nonnulls(e.secret, e.hash, e.request) > 0
        or exists (select from epc_event m where m.position = e.position and m.role = 6)
        or exists (select from hold h where h.opened_in = e.position and h.reason <> '(erased)'))`,
  'each batch of the access trail begins where the last one ended, and has its rows': `
    select b.position from (select *, lag(upto_xid) over ordered as last_xid, lag(upto_id) over ordered as last_id
      from trail_batch window ordered as (order by upto_xid, upto_id)) b
    where row(b.after_xid, b.after_id) is distinct from row(coalesce(b.last_xid, '0'), coalesce(b.last_id, 0))
      or (select count(*) from access_trail t where row(t.xid, t.id) > row(b.after_xid, b.after_id)
        and row(t.xid, t.id) <= row(b.upto_xid, b.upto_id)) <> case when b.forgotten_at is null then b.size else 0 end`,
  'the body of an event names the event ID that its client gave it, or that of its hash': `
    select position from event
    where body is not null and body::json->>'eventID' is distinct from coalesce(event_id, 'ni:///sha-256;' || encode(hash, 'hex') || '?ver=CBV2.0')`,
  'each event was made for a request': `
    select e.position from event e where e.body is not null
      and not exists (select from capture_request r where r.request = e.request and r.position = e.position)`,
  'no request, index entry or party points at an event that is not there': `
    select x.kind, x.position from (select 'request' as kind, position from capture_request
      union all select 'epc', position from epc_event union all select 'party', position from event_party
      union all select 'hold', opened_in from hold union all select 'lift', lifted_in from hold where lifted_in is not null
      union all select 'shipment', id from shipment
      union all select 'receipt', received_in from shipment where received_in is not null
      union all select 'container', changed_in from container union all select 'pack', changed_in from item) x
    where not exists (select from event e where e.position = x.position)`,
  'each event is found by its event ID': `
    select e.position from event e where e.body is not null and not exists (select from epc_event x where x.position = e.position and x.role = 6)`,
  'each pack of a commissioning event has its row, and each row its event': `
    select coalesce(e.position, i.position) as position, e.packs, i.packs as rows from (
      select position, json_array_length(body::json->'epcList') as packs from event
      where body::json->>'bizStep' = 'commissioning' and not exists (select from foreign_event f where f.position = event.position)) e
    full join (select commissioned_in as position, count(*) as packs from item group by 1) i using (position)
    where e.packs is distinct from i.packs and not exists (select from erasure x where x.position = i.position)
      and not exists (select from foreign_event f where f.position = i.position)`,
  'a lot counts the packs that were commissioned of it': `
    select l.id, l.commissioned, count(i.lot_id) as packs from lot l left join item i on i.lot_id = l.id
    group by l.id having l.commissioned <> count(i.lot_id)`,
  'what is in a container has no state of its own, and what is loose has all of it': `
    select 'pack' as kind, serial as name from item
      where case when parent is null then holder is null or site is null else num_nonnulls(holder, site, shipment) > 0 end
    union all select 'container', sscc::text from container
      where case when parent is null then holder is null or site is null else num_nonnulls(holder, site, shipment) > 0 end`,
  'each parent exists': `
    select x.parent from (select parent from item union select parent from container) x
    where x.parent is not null and not exists (select from container c where c.sscc = x.parent)`,
  'only what is on its way has a shipment, and it left from where it is': `
    select x.name from (select serial as name, life, shipment, site, parent from item
      union all select sscc::text, life, shipment, site, parent from container) x
    left join shipment s on s.id = x.shipment
    where x.parent is null and ((x.life = 2) <> (x.shipment is not null)
      or x.shipment is not null and s.from_site is distinct from x.site)`,
  'a container counts the packs inside it, at any depth, by lot': `
    with recursive around (sscc, lot_id, packs) as (
        select parent, lot_id, count(*) from item where parent is not null group by 1, 2
        union all select c.parent, a.lot_id, a.packs from around a join container c using (sscc) where c.parent is not null),
      counted as (select sscc, lot_id, sum(packs) as packs from around group by 1, 2)
    select coalesce(k.sscc, l.sscc) as sscc, k.packs, l.packs as stored
    from counted k full join (select * from container_lot where packs <> 0) l using (sscc, lot_id)
    where k.packs is distinct from l.packs
    union all select c.sscc, c.packs, coalesce(sum(l.packs), 0) from container c left join container_lot l using (sscc)
    group by c.sscc, c.packs having c.packs <> coalesce(sum(l.packs), 0)`,
  'the stock of a lot at a site is the packs that are there, in the state of their outermost containers': `
    with recursive outermost (sscc, site, life) as (
        select sscc, site, life from container where parent is null
        union all select c.sscc, o.site, o.life from outermost o join container c on c.parent = o.sscc),
      counted as (select i.lot_id, coalesce(o.site, i.site) as site, coalesce(o.life, i.life) as life, count(*) as packs
        from item i left join outermost o on o.sscc = i.parent group by 1, 2, 3)
    select coalesce(k.lot_id, h.lot_id) as lot, k.packs, h.packs as stored
    from counted k full join (select * from lot_holding where packs <> 0) h using (lot_id, site, life)
    where k.packs is distinct from h.packs`,
};

/** What is inconsistent in a database, a line each with up to three examples; empty when all holds. */
export async function inconsistencies(connection: Connection): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, query] of Object.entries(RULES)) {
    const { rows } = await connection.query(query);
    if (rows.length > 0) found.push(`Not so: ${rule}: ${rows.length} rows, as ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return found;
}

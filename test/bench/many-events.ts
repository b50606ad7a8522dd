import type pg from 'pg';
import { partyTerm, termKey } from '../../src/capture/search-terms.js';
import { term } from '../../src/domain/epcis/query/terms.js';
import { FACTORY } from './places.js';

const CHUNK = 500_000;
export const SITES = 2000;
export const PRODUCTS = 500;
/** Events that share a purchase order. */
const PER_ORDER = 10;
const STEPS = [
  { bizStep: 'shipping', disposition: 'in_transit' },
  { bizStep: 'receiving', disposition: 'in_progress' },
  { bizStep: 'storing', disposition: 'sellable_accessible' },
  { bizStep: 'picking', disposition: 'in_progress' },
  { bizStep: 'packing', disposition: 'in_progress' },
  { bizStep: 'dispensing', disposition: 'dispensed' },
] as const;
/** One event in so many is a recall. */
const RARE = 100_000;

const digits = (number: number, length: number): string => String(number).padStart(length, '0');
export const siteOf = (number: number): string => `https://id.gs1.org/414/95299${digits(number, 8)}`;
export const productOf = (number: number): string => `095298${digits(number, 8)}`;
export const packOf = (number: number): string => `https://id.gs1.org/01/${productOf(number % PRODUCTS)}/21/Q${number}`;
export const orderOf = (number: number): string =>
  `urn:epcglobal:cbv:bt:9529900000000:PO${Math.floor(number / PER_ORDER)}`;
export const eventIdOf = (number: number): string => `urn:halisi:bench:${number}`;

const word = (vocabulary: 'BizStep' | 'Disp', text: string): string => `https://ref.gs1.org/cbv/${vocabulary}-${text}`;

/**
 * Makes log 0 so long, if it is not, and gives an event to every position that has none: one pack each, at one of 2,000 sites, of
 * 500 products, by three organisations, a second apart. Written by the database itself, with rows of the index and of EPCs like
 * those that capture writes. Answers the first of the positions and how many there are.
 */
export async function growManyEvents(database: pg.Client, size: number): Promise<{ first: number; count: number }> {
  const { rows } = await database.query<{ size: number; organisation: number }>(
    `select size, (select organisation_id from site where gln = $1) as organisation from log where number = 0`,
    [FACTORY.site],
  );
  const { size: before, organisation } = rows[0]!;
  await database.query('select grow_log(0::smallint, $1::bigint)', [size]);
  await database.query('drop index event_search_terms');
  for (let from = 0; from < size; from += CHUNK)
    await growChunk(database, from, Math.min(size, from + CHUNK), before, organisation);
  await database.query('create index event_search_terms on event_search using gin (terms)');
  await database.query('vacuum analyze event, event_search, epc_event');
  return { first: 0, count: size };
}

const GROW = `with made as (
    select p as position, now() - (2 * $2 - p) * interval '1 second' as at, p % 6 + 1 as step, p % ${SITES} as site,
      lpad((p % ${PRODUCTS})::text, 8, '0') as product, p % ${RARE} = 7 as rare,
      case p % 3 when 0 then $3::int else (100000 + p % 3)::int end as organisation
    from generate_series($1::bigint, $2::bigint - 1) p
    where not exists (select from event where event.position = p)),
  told as (select *, 'https://id.gs1.org/414/95299' || lpad(site::text, 8, '0') as place,
      'https://id.gs1.org/01/095298' || product || '/21/Q' || position as epc,
      'urn:epcglobal:cbv:bt:9529900000000:PO' || position / ${PER_ORDER} as po from made),
  lengthened as (update log set size = greatest(size, $2) where number = 0),
  logged as (insert into log_entry (position, entry)
    select position, '\\x01'::bytea || sha256(position::text::bytea) from told where position >= $15::bigint),
  named as (insert into epc_event (epc, position, role)
    select epc_index_key(epc), position, 0 from told
    union all select epc_index_key('urn:halisi:bench:' || position), position, 6 from told),
  searched as (insert into event_search (position, recorded_at, event_time, terms)
    select position, at, at - interval '1 hour', array[$4::bigint, $5::bigint, ($6::bigint[])[step], 
      case when rare then $7::bigint else ($8::bigint[])[step] end, ($9::bigint[])[site + 1], ($10::bigint[])[site + 1],
      ($11::bigint[])[position % ${PRODUCTS} + 1], epc_index_key('bizTransaction https://ref.gs1.org/cbv/BTT-po ' || po),
      ($12::bigint[])[position % 3 + 1]] from told)
  insert into event (position, recorded_at, event_time, captured_by, step, hash, secret, commitment, body, event_id)
  select position, at, at - interval '1 hour', organisation, 0, sha256(position::text::bytea), '\\x00', '\\x00',
    format('{"type":"ObjectEvent","eventID":"urn:halisi:bench:%s","eventTime":"%s","eventTimeZoneOffset":"+00:00","recordTime":"%s","action":"OBSERVE","bizStep":"%s","disposition":"%s","readPoint":{"id":"%s"},"bizLocation":{"id":"%s"},"epcList":["%s"],"bizTransactionList":[{"type":"po","bizTransaction":"%s"}]}',
      position, iso(at - interval '1 hour'), iso(at), ($13::text[])[step], case when rare then 'recalled' else ($14::text[])[step] end, place,
      place, epc, po), 'urn:halisi:bench:' || position
  from told`;

const ISO = `create or replace function iso(at timestamptz) returns text language sql immutable as
  $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$`;

async function growChunk(
  database: pg.Client,
  from: number,
  until: number,
  before: number,
  organisation: number,
): Promise<void> {
  await database.query(ISO);
  const sites = Array.from({ length: SITES }, (_, at) => siteOf(at));
  await database.query(GROW, [
    from,
    until,
    organisation,
    termKey(term.type('ObjectEvent')),
    termKey(term.action('OBSERVE')),
    STEPS.map(({ bizStep }) => termKey(term.bizStep(word('BizStep', bizStep)))),
    termKey(term.disposition(word('Disp', 'recalled'))),
    STEPS.map(({ disposition }) => termKey(term.disposition(word('Disp', disposition)))),
    sites.map((site) => termKey(term.readPoint(site))),
    sites.map((site) => termKey(term.bizLocation(site))),
    Array.from({ length: PRODUCTS }, (_, at) => termKey(term.gtin(productOf(at)))),
    [organisation, 100_001, 100_002].map((id) => termKey(partyTerm(id))),
    STEPS.map(({ bizStep }) => bizStep),
    STEPS.map(({ disposition }) => disposition),
    before,
  ]);
}

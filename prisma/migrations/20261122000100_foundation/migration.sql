-- Partners, products, the state of packs and containers, events and the log.
-- Column order is by width, widest first: rows of the large tables carry no padding.

do $$ begin
  if not exists (select from pg_roles where rolname = 'halisi_server') then
    create role halisi_server;
  end if;
exception when duplicate_object then null; end $$;

-- Partners -----------------------------------------------------------------------------------------------------------

create table organisation (
  id int generated always as identity primary key,
  gln text not null unique check (gln ~ '^\d{13}$'),
  name text not null check (name <> ''),
  role text not null check (role in ('manufacturer', 'distributor', 'clinic', 'regulator', 'auditor')),
  country text not null check (country ~ '^[A-Z]{2}$'),
  created_at timestamptz not null default now()
);

create table company_prefix (
  prefix text primary key check (prefix ~ '^\d{4,12}$'),
  organisation_id int not null references organisation
);
create index company_prefix_organisation on company_prefix (organisation_id);

create table site (
  id int generated always as identity primary key,
  organisation_id int not null references organisation,
  gln text not null unique check (gln ~ '^\d{13}$'),
  name text not null check (name <> ''),
  address text,
  country text not null check (country ~ '^[A-Z]{2}$'),
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  created_at timestamptz not null default now()
);
create index site_organisation on site (organisation_id);

create table product (
  gtin bigint primary key check (gtin between 0 and 99999999999999),
  organisation_id int not null references organisation,
  name text not null check (name <> ''),
  common_name text,
  form text not null,
  strength text not null,
  pack_size int not null check (pack_size > 0),
  market text not null check (market ~ '^[A-Z]{2}$'),
  storage_conditions text,
  min_celsius numeric(5, 2),
  max_celsius numeric(5, 2),
  created_at timestamptz not null default now()
);
create index product_organisation on product (organisation_id);

-- Serial numbers are a keyed permutation of a counter: one row a GTIN however many are ordered.
create table serial_sequence (
  gtin bigint primary key references product,
  issued bigint not null default 0,
  key bytea not null check (length(key) = 32)
);

create table serial_order (
  id bigint generated always as identity primary key,
  gtin bigint not null references product,
  first bigint not null,
  quantity int not null check (quantity > 0),
  ordered_by int not null references organisation,
  request uuid not null unique,
  created_at timestamptz not null default now()
);
create index serial_order_by on serial_order (ordered_by, id);

create table lot (
  id bigint generated always as identity primary key,
  gtin bigint not null references product,
  quantity int not null check (quantity > 0),
  commissioned int not null default 0 check (commissioned between 0 and quantity),
  expiry date not null,
  number text collate "C" not null check (length(number) between 1 and 20),
  created_at timestamptz not null default now(),
  unique (gtin, number)
);

-- State of packs and containers: what `domain/custody` decides on. Where a parent is set, life, holder, site and
-- shipment are those of the outermost container.

create table item (
  gtin bigint not null,
  lot_id bigint not null,
  commissioned_in bigint not null,
  changed_in bigint not null,
  parent bigint,
  shipment bigint,
  holder int,
  site int,
  remaining int,
  life smallint not null,
  repeats smallint not null default 0,
  serial text collate "C" not null,
  primary key (gtin, serial)
);
create index item_parent on item (parent) where parent is not null;
create index item_shipment on item (shipment) where shipment is not null;

create table container (
  sscc bigint primary key,
  created_in bigint not null,
  changed_in bigint not null,
  parent bigint,
  shipment bigint,
  packs bigint not null,
  holder int,
  site int,
  life smallint not null
);
create index container_parent on container (parent) where parent is not null;
create index container_shipment on container (shipment) where shipment is not null;

-- How many packs of each lot a container holds, at any depth.
create table container_lot (
  sscc bigint not null,
  lot_id bigint not null,
  packs bigint not null,
  primary key (sscc, lot_id)
);
create index container_lot_lot on container_lot (lot_id);

-- How many packs of a lot are at a site in which life: the answer to "who holds lot X now".
create table lot_holding (
  lot_id bigint not null,
  packs bigint not null,
  site int not null,
  life smallint not null,
  primary key (lot_id, site, life)
);

create table sscc_sequence (
  prefix text primary key references company_prefix,
  next bigint not null default 0
);

create table shipment (
  id bigint primary key,
  from_site int not null references site,
  to_site int not null references site,
  packs bigint not null,
  shipped_at timestamptz not null,
  received_in bigint,
  received_at timestamptz,
  purchase_order text,
  despatch_advice text
);
create index shipment_to on shipment (to_site, id);
create index shipment_from on shipment (from_site, id);

-- A hold blocks a pack, a container or a lot from `opened_in` until `lifted_in`.
create table hold (
  id bigint generated always as identity primary key,
  lot_id bigint,
  gtin bigint,
  sscc bigint,
  opened_in bigint not null,
  lift_requested_in bigint,
  lifted_in bigint,
  opened_at timestamptz not null,
  lifted_at timestamptz,
  -- 0 is the public: somebody who scanned a pack and is nobody's.
  opened_by int not null,
  lift_requested_by int references organisation,
  lifted_by int references organisation,
  class smallint check (class between 1 and 4),
  kind text not null check (kind in ('suspect', 'clone_suspect', 'excursion', 'damaged', 'mismatch', 'disputed', 'recalled', 'withdrawn')),
  serial text collate "C",
  reason text not null,
  lift_reason text,
  check ((gtin is null) = (serial is null)),
  check (lot_id is not null or sscc is not null)
);
create index hold_item on hold (gtin, serial) where gtin is not null;
create index hold_lot on hold (lot_id) where lifted_in is null;
create index hold_container on hold (sscc) where sscc is not null;

-- Events and the log ---------------------------------------------------------------------------------------------------
-- `position` is log number * 2^40 + index in that log (docs/decisions/0002-position.md).

create table log (
  number smallint primary key,
  size bigint not null default 0 check (size >= 0),
  origin text not null unique
);

create table event (
  position bigint not null,
  recorded_at timestamptz not null,
  event_time timestamptz not null,
  captured_by int not null,
  person int,
  step smallint not null,
  hash bytea not null,
  secret bytea not null,
  commitment bytea not null,
  body text not null,
  primary key (position)
) partition by range (position);
create index event_captured_by on event (captured_by, position);

create table log_entry (
  position bigint not null,
  entry bytea not null check (length(entry) = 33),
  primary key (position)
) partition by range (position);

-- Which events name an EPC, by the first 8 bytes of SHA-256 of its canonical Digital Link. The commissioning of a pack
-- is not here: the pack's own row has it.
create table epc_event (
  epc bigint not null,
  position bigint not null,
  role smallint not null
);
create index epc_event_epc on epc_event (epc, position);

-- Organisations that an event concerns beside the one that captured it.
create table event_party (
  position bigint not null,
  organisation_id int not null,
  primary key (organisation_id, position)
);

-- The same request answers the same event: first 16 bytes of SHA-256 of its canonical content.
create table capture_request (
  request uuid primary key,
  position bigint not null
);

create table scan (
  id bigint generated always as identity,
  at timestamptz not null,
  gtin bigint,
  position bigint,
  organisation_id int,
  site int,
  person int,
  verdict smallint not null,
  purpose text not null,
  reason text,
  serial text collate "C",
  raw text not null
);
create index scan_item on scan (gtin, serial) where gtin is not null;
create index scan_site on scan (site, at) where site is not null;

-- Who read whose data, when and why.
create table access_trail (
  id bigint generated always as identity,
  at timestamptz not null,
  organisation_id int not null,
  person int,
  client text,
  owner_ids int[] not null,
  purpose text not null,
  operation text not null,
  subject text not null
);
create index access_trail_reader on access_trail (organisation_id, at);
create index access_trail_owner on access_trail using gin (owner_ids);

-- Append-only: for everybody, the owner of the tables included ----------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;

create function guard_append_only(relation regclass) returns void language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s for each row execute function refuse_change()', relation);
end $$;

create function guard_truncate(relation regclass) returns void language plpgsql as $$
begin
  execute format('create trigger no_truncate before truncate on %s for each statement execute function refuse_change()', relation);
end $$;

select guard_append_only(relation), guard_truncate(relation)
from unnest(array['event', 'log_entry', 'epc_event', 'event_party', 'capture_request', 'scan', 'access_trail']::regclass[]) relation;

-- Makes sure that the partitions of a log exist for `ahead` entries past its size; returns how many were made.
-- The server may call it, and cannot create or drop a partition otherwise.
create function grow_log(log_number smallint, ahead bigint) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  width constant bigint := 1::bigint << 24;
  base constant bigint := log_number::bigint << 40;
  slot bigint;
  made int := 0;
  part text;
  parent text;
begin
  perform pg_advisory_xact_lock(hashtext('halisi.grow_log'));
  for slot in 0 .. ((select size from log where number = log_number) + ahead) / width loop
    foreach parent in array array['event', 'log_entry'] loop
      part := format('%s_%s_%s', parent, log_number, slot);
      if to_regclass(part) is null then
        execute format('create table %I partition of %I for values from (%s) to (%s)', part, parent, base + slot * width, base + (slot + 1) * width);
        perform guard_truncate(part::regclass);
        execute format('grant select, insert on %I to halisi_server', part);
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

-- What the server's role may do ------------------------------------------------------------------------------------------

grant usage on schema public to halisi_server;
grant select, insert on event, log_entry, epc_event, event_party, capture_request, scan, access_trail to halisi_server;
grant select, insert, update, delete on organisation, company_prefix, site, product, serial_sequence, serial_order, lot,
  item, container, container_lot, lot_holding, sscc_sequence, shipment, hold to halisi_server;
grant select, insert, update on log to halisi_server;
grant usage on all sequences in schema public to halisi_server;
revoke execute on function guard_append_only(regclass), guard_truncate(regclass) from public;

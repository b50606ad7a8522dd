-- Events of other systems on the write path: what they are called, what of them could not be decided, and what they take back.

-- Whether what cannot be decided of a partner's events is refused, or stored as reported.
alter table organisation add column capture_mode text not null default 'reporting'
  check (capture_mode in ('strict', 'reporting'));

-- The eventID that a client gave; null where it is the CBV hash in `hash`.
alter table event add column event_id text;

-- A lot that its maker's events brought, without its being registered: how large it is to be is not known.
alter table lot add column from_events boolean not null default false;

-- What is kept of an event of another system beside the event itself.
create table foreign_event (
  position bigint primary key,
  -- First 8 bytes of SHA-256 of the eventID; no two events have one eventID, but for declarations of an error.
  event_key bigint not null,
  -- The event whose error this one declares.
  declares bigint,
  -- 1 where the eventID is the hash of the documented order, 2 of the `reference-impl` profile, 0 where it is neither.
  profile smallint not null check (profile between 0 and 2),
  -- CBV event hash of the `reference-impl` profile; that of the documented order is in `event`.
  reference_hash bytea not null check (length(reference_hash) = 32),
  -- SHA-256 of the content in its one spelling: what tells events apart that hash alike.
  content bytea not null check (length(content) = 32)
);
create unique index foreign_event_id on foreign_event (event_key) where declares is null;
create index foreign_event_declares on foreign_event (declares) where declares is not null;

-- The job in which an event came.
create table event_document (
  position bigint primary key,
  document bigint not null
);
create index event_document_document on event_document (document, position);

-- What of an event could not be decided, by pack or container, from its capture until the missing event came.
create table event_gap (
  position bigint not null,
  gtin bigint,
  sscc bigint,
  event_time timestamptz not null,
  opened_at timestamptz not null,
  resolved_in bigint,
  resolved_at timestamptz,
  epc text not null,
  serial text collate "C",
  code text not null,
  details text not null,
  primary key (position, epc),
  check ((gtin is null) = (serial is null)),
  check ((resolved_in is null) = (resolved_at is null))
);
create index event_gap_item on event_gap (gtin, serial) where gtin is not null;
create index event_gap_container on event_gap (sscc) where sscc is not null;
create index event_gap_open_item on event_gap (gtin, serial) where gtin is not null and resolved_in is null;
create index event_gap_open_container on event_gap (sscc) where sscc is not null and resolved_in is null;

select guard_append_only(relation), guard_truncate(relation)
from unnest(array['event_document']::regclass[]) relation;

-- What an erased event was called, and what confirms a guess of its content, goes with it.
create function refuse_change_of_identity() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' and exists (select from erasure where position = old.position) then return old; end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;
create trigger append_only before update or delete on foreign_event for each row execute function refuse_change_of_identity();
select guard_truncate('foreign_event');

create function epc_index_key(uri text) returns bigint language sql immutable strict parallel safe as $$
  select ('x' || encode(substr(sha256(convert_to(uri, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
$$;

create function erase_identity() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from epc_event x using event e left join foreign_event f using (position)
  where e.position = new.position and x.position = e.position and x.role = 6 and x.epc = any(array[
    epc_index_key(e.event_id),
    epc_index_key('ni:///sha-256;' || encode(e.hash, 'hex') || '?ver=CBV2.0'),
    epc_index_key('ni:///sha-256;' || encode(f.reference_hash, 'hex') || '?ver=CBV2.0')]);
  delete from foreign_event where position = new.position;
  return null;
end $$;
create trigger erase_identity after insert on erasure for each row execute function erase_identity();

-- An erased event loses the name that its client gave it too.
create or replace function refuse_change_of_event() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and old.body is not null and num_nulls(new.hash, new.secret, new.body, new.request) = 4
    and row(new.position, new.recorded_at, new.event_time, new.captured_by, new.person, new.step, new.commitment)
      is not distinct from
      row(old.position, old.recorded_at, old.event_time, old.captured_by, old.person, old.step, old.commitment)
    and exists (select from erasure where position = old.position)
  then
    new.event_id := null;
    return new;
  end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;

grant select, insert on foreign_event, event_document to halisi_server;
grant select, insert, update on event_gap to halisi_server;

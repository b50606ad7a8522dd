-- By what an event is found: the terms of SimpleEventQuery that an index can answer, and of whom it is (docs/formats/epcis-query.md).
-- A row by itself, so that looking for events reads no event.

create table event_search (
  position bigint not null,
  recorded_at timestamptz not null,
  event_time timestamptz not null,
  -- First 8 bytes of SHA-256 of each term.
  terms bigint[] not null,
  primary key (position)
) partition by range (position);
create index event_search_terms on event_search using gin (terms);
create index event_search_event_time on event_search (event_time, position);
create index event_search_recorded_at on event_search (recorded_at, position);

-- Events of before this table, from `next` to below `until`: whoever starts first fills them in.
create table event_search_missing (
  log smallint primary key,
  next bigint not null,
  until bigint not null
);
insert into event_search_missing (log, next, until)
select number, number::bigint << 40, (number::bigint << 40) + size from log where size > 0;

create or replace function grow_log(log_number smallint, ahead bigint) returns int
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
    foreach parent in array array['event', 'log_entry', 'event_search'] loop
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
select grow_log(number, 0) from log;

-- Terms are guesses that can be confirmed: they go with the event.
create function erase_search() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from event_search where position = new.position;
  return null;
end $$;
create trigger erase_search after insert on erasure for each row execute function erase_search();

create function refuse_change_of_search() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' and exists (select from erasure where position = old.position) then return old; end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;
create trigger append_only before update or delete on event_search for each row execute function refuse_change_of_search();
select guard_truncate('event_search');

grant select, insert on event_search to halisi_server;
grant select, update, delete on event_search_missing to halisi_server;

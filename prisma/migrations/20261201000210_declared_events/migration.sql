-- What a declaration of an error did: `undone`, the event has no effect any more; `disputed`, something rests on it, and
-- what it was about is on hold; null for every other event.
alter table foreign_event add column outcome text check (outcome in ('undone', 'disputed'));
alter table foreign_event add constraint foreign_event_declaration check (outcome is null or declares is not null);

create index event_gap_event on event_gap (epc) where gtin is null and sscc is null and resolved_in is null;

-- A declaration may come before the event that it declares wrong: then it finds the event when that comes.
create or replace function refuse_change_of_identity() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' and exists (select from erasure where position = old.position) then return old; end if;
  if tg_op = 'UPDATE' and old.declares = -1 and new.declares >= 0
    and row(new.position, new.event_key, new.profile, new.reference_hash, new.content)
      is not distinct from row(old.position, old.event_key, old.profile, old.reference_hash, old.content)
  then return new; end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;

grant update (declares, outcome) on foreign_event to halisi_server;

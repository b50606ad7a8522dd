-- Erasure: an event's body and secret are destroyed, its place in the log stays, and why is logged (docs/formats/erasure.md).

-- What an event was stored for, so that its row in capture_request is found without an index of positions.
alter table event add column request uuid;
alter table event disable trigger append_only;
update event e set request = r.request
from (select distinct on (position) position, request from capture_request order by position, ctid) r
where r.position = e.position;
alter table event enable trigger append_only;

alter table event alter column hash drop not null, alter column secret drop not null, alter column body drop not null;
alter table event add constraint event_whole_or_erased check (num_nulls(hash, secret, body) in (0, 3));

create table erasure (
  position bigint primary key,
  -- Place in the log of the entry that commits to this erasure.
  logged_in bigint not null unique,
  erased_at timestamptz not null,
  -- The act that the event recorded: it is not recorded again under the same time.
  event_time timestamptz not null,
  captured_by int not null,
  organisation_id int not null references organisation,
  person int not null,
  reason text not null
    check (reason in ('data_subject_request', 'court_order', 'personal_data_by_mistake', 'retention_ended')),
  -- Custody of packs follows from the container that it named as the parent, and from its place.
  parent text,
  place text,
  secret bytea not null check (length(secret) = 32),
  commitment bytea not null check (length(commitment) = 32),
  -- The record that the commitment is of.
  body text not null,
  check (logged_in > position)
);
create index erasure_act on erasure (captured_by, event_time);

-- Copies of an event's reason are found by the event.
create index hold_opened_in on hold (opened_in);
create index hold_lifted_in on hold (lifted_in) where lifted_in is not null;
create index hold_lift_requested_in on hold (lift_requested_in) where lift_requested_in is not null;

select guard_append_only('erasure'), guard_truncate('erasure');

-- Append-only stays the rule for everybody. An erasure's record, which nobody can take back, is the one way around it: an
-- event may then lose its content and no more, and what confirms a guess of the content may go.

create function refuse_change_of_event() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and old.body is not null and num_nulls(new.hash, new.secret, new.body, new.request) = 4
    and row(new.position, new.recorded_at, new.event_time, new.captured_by, new.person, new.step, new.commitment)
      is not distinct from
      row(old.position, old.recorded_at, old.event_time, old.captured_by, old.person, old.step, old.commitment)
    and exists (select from erasure where position = old.position)
  then return new; end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;

create function refuse_change_of_index() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' and exists (select from erasure where position = old.position) then
    if tg_table_name = 'capture_request' then return old; end if;
    -- 6 is the role of an eventID (MENTION_ROLES): the other rows say which packs an erased event was about.
    if tg_table_name = 'epc_event' and old.role = 6 then return old; end if;
  end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;

drop trigger append_only on event;
create trigger append_only before update or delete on event for each row execute function refuse_change_of_event();
drop trigger append_only on epc_event;
create trigger append_only before update or delete on epc_event for each row execute function refuse_change_of_index();
drop trigger append_only on capture_request;
create trigger append_only before update or delete on capture_request for each row execute function refuse_change_of_index();

-- Erases one event and logs it: all of it or nothing. `gtins`, `serials` and `ssccs` are the packs and containers that the
-- event names; `by_order` erases although something open rests on the event. Answers 'erased', or why not: 'before' (it
-- was), 'absent', 'on_hold', 'on_its_way'.
--
-- The log's row is locked before anything is looked at, and every event is captured under that lock: what rests on the
-- event is known for good. A shipment is locked first, as capture does.
create function erase_event(
  target bigint, at timestamptz, by_organisation int, by_person int, why text, parent text, place text,
  record text, record_secret bytea, record_commitment bytea, id_key bigint,
  gtins bigint[], serials text[], ssccs bigint[], by_order boolean
) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare
  log_number constant smallint := target >> 40;
  victim event%rowtype;
  logged bigint;
begin
  perform from shipment where id = target for update;
  perform from log where number = log_number for update;
  if exists (select from erasure where position = target) then return 'before'; end if;
  select * into victim from event where position = target;
  if victim.body is null then return 'absent'; end if;
  if not by_order then
    if exists (select from hold where opened_in = target and lifted_in is null)
      or exists (select from hold where lift_requested_in = target and lifted_in is null)
      or exists (select from unnest(gtins, serials) as k (gtin, serial)
        cross join lateral (select from hold h where h.gtin = k.gtin and h.serial = k.serial and h.lifted_in is null offset 0) h)
      or exists (select from unnest(ssccs) as k (sscc)
        cross join lateral (select from hold h where h.sscc = k.sscc and h.lifted_in is null offset 0) h)
    then return 'on_hold'; end if;
    if exists (select from shipment where id = target and received_in is null)
      or exists (select from container where shipment = target)
      or exists (select from item where shipment = target)
    then return 'on_its_way'; end if;
  end if;
  update log set size = size + 1 where number = log_number returning (number::bigint << 40) + size - 1 into logged;
  insert into log_entry (position, entry) values (logged, '\x03'::bytea || record_commitment);
  insert into erasure (position, logged_in, erased_at, event_time, captured_by, organisation_id, person, reason, parent,
      place, secret, commitment, body)
    values (target, logged, at, victim.event_time, victim.captured_by, by_organisation, by_person, why, erase_event.parent,
      erase_event.place, record_secret, record_commitment, record);
  update event set hash = null, secret = null, body = null, request = null where position = target;
  delete from epc_event where epc = id_key and position = target and role = 6;
  delete from capture_request where request = victim.request;
  update hold set reason = '(erased)' where opened_in = target;
  update hold set lift_reason = '(erased)' where lifted_in = target;
  update shipment set purchase_order = null, despatch_advice = null where id = target;
  return 'erased';
end $$;

revoke execute on function erase_event(bigint, timestamptz, int, int, text, text, text, text, bytea, bytea, bigint, bigint[],
  text[], bigint[], boolean) from public;
grant execute on function erase_event(bigint, timestamptz, int, int, text, text, text, text, bytea, bytea, bigint, bigint[],
  text[], bigint[], boolean) to halisi_server;
grant select on erasure to halisi_server;

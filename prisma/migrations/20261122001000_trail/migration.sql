-- The access trail enters the log in batches (docs/formats/access-trail.md).

-- Rows are batched in the order (xid, id). A row of a transaction older than every one under way cannot appear any more,
-- so a batch that stops before those misses none; the order of `id` alone says nothing about that.
alter table access_trail add column xid xid8 not null default pg_current_xact_id();
create index access_trail_order on access_trail (xid, id);

-- Rows above (after_xid, after_id), up to (upto_xid, upto_id): each batch begins where the last one ended.
create table trail_batch (
  position bigint primary key,
  made_at timestamptz not null default now(),
  after_xid xid8 not null,
  after_id bigint not null,
  upto_xid xid8 not null,
  upto_id bigint not null,
  -- When its rows and its secret were destroyed, their retention having ended.
  forgotten_at timestamptz,
  size int not null check (size > 0),
  secret bytea check (length(secret) = 32),
  commitment bytea not null check (length(commitment) = 32),
  check ((secret is null) = (forgotten_at is not null)),
  check (row(after_xid, after_id) < row(upto_xid, upto_id))
);
create unique index trail_batch_order on trail_batch (upto_xid, upto_id);
create index trail_batch_kept on trail_batch (upto_xid, upto_id) where forgotten_at is null;

create function refuse_change_of_trail() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  batch trail_batch%rowtype;
begin
  if tg_table_name = 'trail_batch' and tg_op = 'UPDATE' then
    if old.forgotten_at is null and new.forgotten_at is not null and new.secret is null
      and row(new.position, new.made_at, new.after_xid, new.after_id, new.upto_xid, new.upto_id, new.size, new.commitment)
        is not distinct from
        row(old.position, old.made_at, old.after_xid, old.after_id, old.upto_xid, old.upto_id, old.size, old.commitment)
    then return new; end if;
  elsif tg_table_name = 'access_trail' and tg_op = 'DELETE' then
    select * into batch from trail_batch where row(upto_xid, upto_id) >= row(old.xid, old.id) order by upto_xid, upto_id limit 1;
    if batch.forgotten_at is not null then return old; end if;
  end if;
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;

drop trigger append_only on access_trail;
create trigger append_only before update or delete on access_trail for each row execute function refuse_change_of_trail();
create trigger append_only before update or delete on trail_batch for each row execute function refuse_change_of_trail();
select guard_truncate('trail_batch');

-- Destroys batches all of whose rows are from before a time, the oldest first, with their secrets; answers how many. What
-- the log says of them stays, and nothing can be guessed from it. For the owner of the tables, not for the server.
create function forget_trail(before timestamptz, most int default 1000) returns int
language plpgsql set search_path = public, pg_temp as $$
declare
  batch trail_batch%rowtype;
  forgotten int := 0;
begin
  for batch in select * from trail_batch where forgotten_at is null order by upto_xid, upto_id limit most for update loop
    exit when exists (select from access_trail where row(xid, id) > row(batch.after_xid, batch.after_id)
      and row(xid, id) <= row(batch.upto_xid, batch.upto_id) and at >= before);
    update trail_batch set secret = null, forgotten_at = now() where position = batch.position;
    delete from access_trail where row(xid, id) > row(batch.after_xid, batch.after_id)
      and row(xid, id) <= row(batch.upto_xid, batch.upto_id);
    forgotten := forgotten + 1;
  end loop;
  return forgotten;
end $$;

revoke execute on function forget_trail(timestamptz, int) from public;
grant select, insert on trail_batch to halisi_server;

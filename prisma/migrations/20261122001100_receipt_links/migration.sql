-- Keys of receipt links: whoever has one can make links. The newest makes them, all of them open; deleting one, which only
-- the owner of the table may, ends its links. They are no better kept than the events that the links lead to.
create table receipt_link_key (
  id int generated always as identity primary key,
  made_at timestamptz not null default now(),
  secret bytea not null check (length(secret) = 32)
);
grant select, insert on receipt_link_key to halisi_server;
grant usage on all sequences in schema public to halisi_server;

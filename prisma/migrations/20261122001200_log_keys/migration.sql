-- The verifier keys (c2sp.org/signed-note) that sign a log's checkpoints, as the process with the keys wrote them down: for
-- processes that only serve, and so that nobody signs with another key by mistake. One of each signature type.
create table log_key (
  registered_at timestamptz not null default now(),
  log smallint not null references log,
  type smallint not null,
  vkey text not null,
  primary key (log, type)
);
select guard_append_only('log_key');
select guard_truncate('log_key');
grant select, insert on log_key to halisi_server;

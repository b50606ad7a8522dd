-- The log made public: tiles, the tree's state, signed checkpoints, and their anchors on public chains.
-- Sizes and tile numbers count within one log; `log` is its number.

-- A tile holds up to 256 hashes of one level of the tree (c2sp.org/tlog-tiles). It only ever grows.
create table tile (
  number bigint not null check (number >= 0),
  log smallint not null references log,
  level smallint not null check (level between 0 and 5),
  width smallint not null check (width between 1 and 256),
  hashes bytea not null check (length(hashes) = width * 32),
  primary key (log, level, number)
);
-- Hashes do not compress; out of the row they are read by one index look-up.
alter table tile alter column hashes set storage external;

-- How far each log's entries are in its tiles.
create table tree (
  log smallint primary key references log,
  size bigint not null check (size >= 0),
  root bytea not null check (length(root) = 32),
  integrated_at timestamptz not null default now()
);

create function refuse_shrinking() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'tile' and new.width >= old.width and substr(new.hashes, 1, old.width * 32) = old.hashes
    and (new.log, new.level, new.number) = (old.log, old.level, old.number) then return new; end if;
  raise exception '% only grows: % is refused', tg_table_name, tg_op using errcode = 'HL001';
end $$;
create trigger only_grows before update or delete on tile for each row execute function refuse_shrinking();

create function refuse_smaller_tree() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.size >= old.size and new.log = old.log then return new; end if;
  raise exception 'tree only grows: % is refused', tg_op using errcode = 'HL001';
end $$;
create trigger only_grows before update or delete on tree for each row execute function refuse_smaller_tree();

-- Signed notes (c2sp.org/tlog-checkpoint), stored before anybody sees them.
create table checkpoint (
  size bigint not null check (size >= 0),
  signed_at timestamptz not null default now(),
  log smallint not null references log,
  root bytea not null check (length(root) = 32),
  note text not null,
  primary key (log, size)
);

-- One transaction slot (a nonce of the publisher) on one chain, and where it stands.
create table anchor (
  id bigint generated always as identity primary key,
  chain_id bigint not null,
  nonce bigint,
  size bigint not null check (size > 0),
  block_number bigint,
  planned_at timestamptz not null default now(),
  sent_at timestamptz,
  mined_at timestamptz,
  block_time timestamptz,
  finalized_at timestamptz,
  ended_at timestamptz,
  log smallint not null references log,
  state text not null default 'planned'
    check (state in ('planned', 'signed', 'sent', 'mined', 'finalized', 'reverted', 'abandoned', 'lost')),
  contract text not null,
  publisher text not null,
  block_hash text,
  tx_hash text,
  why text,
  foreign key (log, size) references checkpoint (log, size),
  check ((nonce is null) = (state = 'planned') or state = 'abandoned'),
  check ((block_hash is not null) = (state in ('mined', 'finalized', 'reverted')) or state = 'lost')
);
create unique index anchor_slot on anchor (chain_id, publisher, nonce) where state in ('signed', 'sent', 'mined');
create unique index anchor_planned on anchor (log, chain_id, contract) where state = 'planned';
create index anchor_open on anchor (log, chain_id, contract, nonce) where state in ('planned', 'signed', 'sent', 'mined');
create index anchor_finalized on anchor (log, size) where state = 'finalized';
create index anchor_log on anchor (log, id);

-- The signed transactions of a slot, stored before they are sent; at most one of them is ever mined.
create table anchor_attempt (
  id bigint generated always as identity primary key,
  anchor_id bigint not null references anchor,
  size bigint not null,
  head_size bigint not null,
  max_fee numeric(78) not null,
  max_priority_fee numeric(78) not null,
  signed_at timestamptz not null default now(),
  tx_hash text not null,
  raw text not null,
  unique (anchor_id, tx_hash)
);
create index anchor_attempt_anchor on anchor_attempt (anchor_id, id);

-- Under which id a log is anchored in a contract. The id outlives a change of the publisher's key.
create table chain_log (
  chain_id bigint not null,
  log smallint not null references log,
  contract text not null,
  log_id text not null,
  primary key (log, chain_id, contract)
);

-- The next nonce of a publisher's account on a chain.
create table chain_account (
  chain_id bigint not null,
  next_nonce bigint not null check (next_nonce >= 0),
  address text not null,
  primary key (chain_id, address)
);

-- Work that one process at a time does: whoever renews before `until` keeps it.
create table lease (
  name text primary key,
  holder uuid not null,
  until timestamptz not null
);

select guard_append_only(relation) from unnest(array['checkpoint', 'anchor_attempt', 'chain_log']::regclass[]) relation;
select guard_truncate(relation) from unnest(array['tile', 'tree', 'checkpoint', 'anchor', 'anchor_attempt']::regclass[]) relation;

grant select, insert, update on tile, tree, anchor, chain_account, lease to halisi_server;
grant select, insert on checkpoint, anchor_attempt, chain_log to halisi_server;
grant usage on all sequences in schema public to halisi_server;

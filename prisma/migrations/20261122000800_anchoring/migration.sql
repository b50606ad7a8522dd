-- Anchoring over any number of chains: what it costs, how it stands on each, and proof of a block's state.

-- The most gas of a signed transaction: with its fee, what it can cost at worst. Null for those signed before this.
alter table anchor_attempt add column gas bigint;
-- What the slot's transaction cost in wei, as its receipt says; set when it is in a block.
alter table anchor add column cost numeric(78);
create index anchor_spent on anchor (chain_id, publisher, block_time) where cost is not null;
create index anchor_final on anchor (log, chain_id, contract, size) where state = 'finalized';

-- How a log stands on a chain, as the worker saw it last: for processes that have neither chain nor key. Wei as whole numbers.
create table anchor_chain (
  chain_id bigint not null,
  latest_size bigint not null default 0,
  final_size bigint not null default 0,
  anchors_left bigint,
  spent_today numeric(78) not null default 0,
  daily_budget numeric(78),
  balance numeric(78),
  seen_at timestamptz not null default now(),
  next_due timestamptz,
  log smallint not null references log,
  active boolean not null default true,
  overdue boolean not null default false,
  name text not null,
  contract text not null,
  publisher text not null,
  public_rpc text,
  problem text,
  detail text,
  warnings text[] not null default '{}',
  primary key (log, chain_id, contract)
);

-- A block's header and the Merkle proof of a log's head in its state (eth_getProof), for receipts that need no node.
create table anchor_state (
  anchor_id bigint primary key references anchor,
  header bytea not null,
  account bytea[] not null,
  root bytea[] not null,
  size bytea[] not null
);

select guard_append_only('anchor_state');
select guard_truncate('anchor_state');
grant select, insert, update on anchor_chain to halisi_server;
grant select, insert on anchor_state to halisi_server;

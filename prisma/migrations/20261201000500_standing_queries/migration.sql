-- Named queries of the EPCIS 2.0 REST binding, their subscriptions, and what is on its way to a subscriber.

create table named_query (
  id bigint generated always as identity primary key,
  organisation_id int not null references organisation,
  name text not null check (name <> ''),
  -- The query and the prefixes of its extension fields, as JSON, as they were sent.
  query text not null,
  namespaces text not null,
  created_at timestamptz not null default now(),
  unique (organisation_id, name)
);

create table subscription (
  id uuid primary key default gen_random_uuid(),
  named_query_id bigint not null references named_query on delete cascade,
  -- Whose eyes it sees with: one person, or one machine client, of one organisation.
  organisation_id int not null references organisation,
  person int references person,
  client int references client,
  dest text not null,
  -- No better kept than the events that it signs; no answer of ours reads it.
  signature_token text,
  schedule text,
  report_if_empty boolean not null,
  epc_format text not null,
  cbv_format text not null,
  -- Events recorded before are left out; null where it began with what came after it.
  initial_record_time timestamptz,
  -- Start of the standing query's last execution, or its initial record time before the first.
  min_record_time timestamptz not null,
  created_at timestamptz not null default now(),
  last_notified_at timestamptz,
  state text not null default 'active' check (state in ('active', 'ended')),
  ended_at timestamptz,
  -- The first position of each log that was not looked at yet.
  cursors bigint[] not null,
  -- Where a scheduled run that is under way stops in each log, when it began, and whether it found anything.
  run_until bigint[],
  run_at timestamptz,
  run_reported boolean not null default false,
  next_run_at timestamptz,
  -- So many events a document at most; less after a receiver that said 413.
  batch_size int not null default 100 check (batch_size between 1 and 100),
  -- When there may be something to do; which process does it, and until when it may.
  due_at timestamptz not null default now(),
  lease_holder uuid,
  leased_until timestamptz,
  check (num_nonnulls(person, client) = 1),
  check ((state = 'ended') = (ended_at is not null)),
  check ((schedule is null) = (next_run_at is null)),
  check ((run_until is null) = (run_at is null))
);
create index subscription_query on subscription (named_query_id, id);
create index subscription_organisation on subscription (organisation_id);
create index subscription_due on subscription (due_at) where state = 'active';

-- What is on its way to a subscriber, stored before it is sent: one at a time, in order. It is deleted once the subscriber
-- took it, and kept as a dead letter where it never did.
create table delivery (
  number bigint generated always as identity primary key,
  id uuid not null unique default gen_random_uuid(),
  subscription_id uuid not null references subscription on delete cascade,
  state text not null default 'pending' check (state in ('pending', 'dead')),
  -- The events, in the order of their log.
  positions bigint[] not null,
  min_record_time timestamptz not null,
  created_at timestamptz not null default now(),
  attempts int not null default 0,
  trying_since timestamptz,
  next_attempt_at timestamptz not null default now(),
  last_status int,
  last_problem text,
  dead_at timestamptz,
  check ((state = 'dead') = (dead_at is not null))
);
create index delivery_pending on delivery (subscription_id, number) where state = 'pending';
create index delivery_dead on delivery (subscription_id, number) where state = 'dead';

-- Where a list goes on. Lost in a crash, as if it had expired.
create unlogged table page_token (
  hash bytea primary key check (length(hash) = 32),
  organisation_id int not null,
  -- SHA-256 of the resource and its parameters.
  resource bytea not null check (length(resource) = 32),
  cursor text not null,
  expires_at timestamptz not null
);
create index page_token_expiry on page_token (expires_at);

-- Values of vocabularies that the events of an organisation use, and the newest event that does. A background loop fills it.
create table event_vocabulary (
  organisation_id int not null,
  kind smallint not null,
  position bigint not null,
  value text collate "C" not null,
  primary key (organisation_id, kind, value)
);
create index event_vocabulary_kind on event_vocabulary (kind, value);
create table event_vocabulary_cursor (
  log smallint primary key references log,
  next bigint not null
);

grant select, insert, update, delete on named_query, subscription, delivery, page_token, event_vocabulary,
  event_vocabulary_cursor to halisi_server;
grant usage on all sequences in schema public to halisi_server;

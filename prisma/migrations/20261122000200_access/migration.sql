-- People, machine clients, sessions and the keys that sign tokens; changes of partners are announced to every process.

create table person (
  id int generated always as identity primary key,
  organisation_id int not null references organisation,
  email text not null unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
  name text not null check (name <> ''),
  roles text[] not null check (
    cardinality(roles) > 0
    and roles <@ array['admin', 'responsible_person', 'operator', 'pharmacist', 'viewer']
  ),
  password_hash text not null check (password_hash like '$argon2id$%'),
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create index person_organisation on person (organisation_id, id);

-- The secret is 32 random bytes, so a plain SHA-256 of it cannot be searched.
create table client (
  id int generated always as identity primary key,
  organisation_id int not null references organisation,
  client_id text not null unique check (client_id <> ''),
  name text not null check (name <> ''),
  roles text[] not null check (
    cardinality(roles) > 0
    and roles <@ array['admin', 'responsible_person', 'operator', 'pharmacist', 'viewer']
  ),
  secret_hash bytea not null check (length(secret_hash) = 32),
  -- Access tokens that were issued before do not count any more.
  tokens_from timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create index client_organisation on client (organisation_id, id);

-- One sign-in and every refresh token that came from it. Ending it ends them all.
create table session (
  id uuid primary key,
  person_id int not null references person,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_because text check (ended_because in ('signed_out', 'reused', 'changed')),
  check ((ended_at is null) = (ended_because is null))
);
create index session_person on session (person_id) where ended_at is null;
create index session_expiry on session (expires_at);

-- SHA-256 of the token. A token that was used stays until its session is dead: showing it again is how theft is seen.
create table refresh_token (
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null references session on delete cascade,
  issued_at timestamptz not null default now(),
  used_at timestamptz
);
create index refresh_token_session on refresh_token (session_id);

-- `private_sealed` is the PKCS #8 key under AES-256-GCM with a key that is not in the database (nonce, tag, ciphertext).
create table signing_key (
  kid text primary key,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  signs_from timestamptz not null,
  signs_until timestamptz not null check (signs_until > signs_from),
  published_until timestamptz not null check (published_until >= signs_until)
);

-- Read and written by rate-limiter-flexible; `expire` is in milliseconds since 1970.
create table rate_limit (
  key varchar(255) primary key,
  points int not null default 0,
  expire bigint
);

-- No company prefix begins another: a GTIN has at most one owner ------------------------------------------------------

create function refuse_overlapping_prefix() returns trigger language plpgsql as $$
declare
  other text;
begin
  perform pg_advisory_xact_lock(hashtext('halisi.company_prefix'));
  select prefix into other from company_prefix
  where (starts_with(prefix, new.prefix) or starts_with(new.prefix, prefix))
    and not (tg_op = 'UPDATE' and prefix = old.prefix)
  limit 1;
  if other is not null then
    raise exception 'company prefix % overlaps %', new.prefix, other using errcode = 'HL002', detail = other;
  end if;
  return new;
end $$;

create trigger company_prefix_overlap before insert or update of prefix on company_prefix
  for each row execute function refuse_overlapping_prefix();

-- Changes are announced as table:key --------------------------------------------------------------------------------------

create function announce_partner() returns trigger language plpgsql as $$
declare
  changed jsonb := to_jsonb(coalesce(new, old));
begin
  perform pg_notify('halisi_partners', tg_table_name || ':' || (changed ->> tg_argv[0]));
  return null;
end $$;

create trigger announce after insert or update or delete on organisation for each row execute function announce_partner('id');
create trigger announce after insert or update or delete on company_prefix for each row execute function announce_partner('organisation_id');
create trigger announce after insert or update or delete on site for each row execute function announce_partner('id');
create trigger announce after insert or update or delete on product for each row execute function announce_partner('gtin');

-- An ended session, and a client that was changed, are heard of by every process: their access tokens die at once.
create function announce_session() returns trigger language plpgsql as $$
begin
  perform pg_notify('halisi_access', 'session:' || new.id);
  return null;
end $$;

create trigger announce after update of ended_at on session for each row
  when (new.ended_at is not null) execute function announce_session();

create function end_client_tokens() returns trigger language plpgsql as $$
begin
  new.tokens_from := clock_timestamp();
  perform pg_notify('halisi_access', 'client:' || new.id || ':' || floor(extract(epoch from new.tokens_from) * 1000));
  return new;
end $$;

create trigger end_tokens before update of disabled_at, roles, secret_hash on client for each row
  execute function end_client_tokens();

-- What the server's role may do -------------------------------------------------------------------------------------------

grant select, insert, update on person, client to halisi_server;
grant select, insert, update, delete on session, refresh_token, signing_key, rate_limit to halisi_server;
grant usage on all sequences in schema public to halisi_server;

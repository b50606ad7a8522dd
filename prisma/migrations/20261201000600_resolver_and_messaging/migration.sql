-- Links of the Digital Link resolver, and verification messaging with other systems.

-- What owners of GS1 keys add to the links that the resolver implies. `anchor` is the canonical path of what the link is
-- about, as /01/09521001000017/21/ABC. A removed link stays, with who removed it and when.
create table resolver_link (
  id bigint generated always as identity primary key,
  organisation_id int not null references organisation,
  added_at timestamptz not null default now(),
  removed_at timestamptz,
  is_default boolean not null,
  anchor text collate "C" not null check (anchor ~ '^/\d{2,4}/'),
  link_type text not null,
  href text not null,
  title text not null check (title <> ''),
  languages text[] not null,
  contexts text[] not null,
  media_type text
);
create index resolver_link_anchor on resolver_link (anchor) where removed_at is null;
create index resolver_link_organisation on resolver_link (organisation_id, id);
create unique index resolver_link_default on resolver_link (anchor) where is_default and removed_at is null;

-- Where packs are verified whose maker is on another system: by GTIN, else by the longest company prefix.
create table verification_responder (
  id int generated always as identity primary key,
  gtin bigint,
  prefix text check (prefix ~ '^\d{4,12}$'),
  base_url text not null,
  gln text check (gln ~ '^\d{13}$'),
  -- JWK set (RFC 7517) of the keys that its answers are signed with; null where it does not sign.
  keys jsonb,
  added_at timestamptz not null default now(),
  removed_at timestamptz,
  check ((gtin is null) <> (prefix is null))
);
create unique index verification_responder_gtin on verification_responder (gtin) where removed_at is null and gtin is not null;
create unique index verification_responder_prefix on verification_responder (prefix) where removed_at is null and prefix is not null;

-- Who asked about whose packs, and what was answered.
create table verification_request (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  owner_id int not null references organisation,
  -- The asker, where it is an organisation of this installation.
  organisation_id int references organisation,
  gtin bigint not null,
  corr_uuid uuid not null,
  verified boolean not null,
  requester_gln text not null,
  -- Issuer of the credential that was shown; null for an access token of ours.
  issuer text,
  context text not null,
  serial text collate "C" not null,
  lot text collate "C" not null,
  expiry text not null,
  failure_reason text,
  additional_info text
);
create index verification_request_owner on verification_request (owner_id, id);

-- What other systems answered when we asked.
create table external_verification (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  organisation_id int not null references organisation,
  person int,
  gtin bigint not null,
  corr_uuid uuid not null unique,
  status int,
  outcome text not null check (outcome in ('verified', 'failed', 'never_seen', 'not_in_directory', 'silent', 'refused', 'invalid')),
  authenticity text not null check (authenticity in ('signed', 'unsigned', 'none')),
  context text not null,
  serial text collate "C" not null,
  lot text collate "C" not null,
  expiry text not null,
  responder_url text,
  responder_gln text,
  failure_reason text,
  additional_info text,
  -- The answer as it came, the signed form of it, and the key that it was checked with: evidence that outlives the other system.
  answer text,
  signature text,
  key jsonb
);
create index external_verification_pack on external_verification (gtin, serial, id);

select guard_append_only(relation), guard_truncate(relation)
from unnest(array['verification_request', 'external_verification']::regclass[]) relation;

grant select, insert, update on resolver_link, verification_responder to halisi_server;
grant select, insert on verification_request, external_verification to halisi_server;
grant usage on all sequences in schema public to halisi_server;

-- Documents that other systems hand in: jobs of capture, and the bytes of what is not captured yet.

create table capture_job (
  -- Jobs of one organisation run in this order; what an event came in (event_document).
  number bigint generated always as identity primary key,
  id uuid not null unique,
  organisation_id int not null references organisation,
  -- Who handed it in, as the access token said.
  actor text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  -- False from the first error on.
  success boolean not null default true,
  behaviour text not null check (behaviour in ('rollback', 'proceed')),
  media_type text not null,
  bytes bigint not null check (bytes >= 0),
  -- Events in the document; and of those, by what became of them.
  events int not null check (events >= 0),
  captured int not null default 0,
  duplicates int not null default 0,
  reported int not null default 0,
  refused int not null default 0,
  -- The document without its events (docs/formats/epcis-rest.md).
  header text not null,
  -- The first errors, a JSON list.
  errors text not null default '[]',
  -- How often the job was taken up from here, and not from the memory of whoever accepted it.
  attempts smallint not null default 0,
  -- The document itself where it is small, until the job has finished; a large one is in capture_spool.
  body bytea
);
create index capture_job_organisation on capture_job (organisation_id, number);
create index capture_job_unfinished on capture_job (organisation_id, number) where finished_at is null;

-- Parts of large documents, from their arrival until their job has finished.
create table capture_spool (
  job uuid not null,
  part int not null,
  received_at timestamptz not null default now(),
  bytes bytea not null,
  primary key (job, part)
);
-- Compressing costs more than the disk that it saves for an hour.
alter table capture_spool alter column bytes set storage external;
create index capture_spool_received on capture_spool (received_at) where part = 0;

grant select, insert, update, delete on capture_job to halisi_server;
grant select, insert, delete on capture_spool to halisi_server;
grant usage on all sequences in schema public to halisi_server;

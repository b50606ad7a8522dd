-- Master data that came in EPCIS documents and files (docs/formats/master-data.md). What partners registered themselves is
-- in organisation, site and product, and is never overwritten from here.

create table master_data (
  id bigint generated always as identity primary key,
  -- In whose view it is: who captured the document or imported the file.
  organisation_id int not null references organisation,
  -- Who said it, as the document's header names its sender; empty where nothing did.
  sender text not null,
  -- As urn:epcglobal:epcis:vtype:EPCClass.
  vocabulary text not null,
  -- The canonical Digital Link of a GS1 key, else the identifier as it came.
  canonical text not null,
  received text not null,
  -- JSON: [["urn:epcglobal:cbv:mda#name", value], ...] in the order of the document.
  attributes text not null,
  -- Canonical identifiers.
  children text[] not null,
  -- capture_job.id; null for an imported file.
  job uuid,
  captured_at timestamptz not null default clock_timestamp(),
  -- When the same sender said something else of it; null for what counts.
  replaced_at timestamptz
);
create unique index master_data_current on master_data (organisation_id, canonical, vocabulary, sender)
  where replaced_at is null;
create index master_data_history on master_data (organisation_id, canonical, id);

grant select, insert on master_data to halisi_server;
grant update (replaced_at) on master_data to halisi_server;
grant usage on all sequences in schema public to halisi_server;

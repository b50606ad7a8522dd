-- Scans are listed newest first: an organisation's own, and all of them for a regulator.
create index scan_organisation on scan (organisation_id, id) where organisation_id is not null;
create index scan_id on scan (id);

-- Which checkpoints the public may see, and the witnesses' cosignatures (c2sp.org/tlog-witness) under them.

-- A checkpoint is published once the witness policy is met; where there is none, as it is stored.
create table publication (
  size bigint not null,
  published_at timestamptz not null default now(),
  log smallint not null,
  primary key (log, size),
  foreign key (log, size) references checkpoint (log, size)
);
insert into publication (log, size, published_at) select log, size, signed_at from checkpoint order by log, size;

-- One line of a signed note each, checked with the witness's key before it was stored.
create table cosignature (
  size bigint not null,
  key_id bigint not null check (key_id between 0 and 4294967295),
  cosigned_at timestamptz not null,
  log smallint not null,
  name text not null,
  line text not null check (line like '— %'),
  primary key (log, name, key_id, size),
  foreign key (log, size) references checkpoint (log, size)
);
create index cosignature_checkpoint on cosignature (log, size);

select guard_append_only(relation) from unnest(array['publication', 'cosignature']::regclass[]) relation;
select guard_truncate(relation) from unnest(array['publication', 'cosignature']::regclass[]) relation;

grant select, insert on publication, cosignature to halisi_server;

-- Keys of a responder may change: where its JWK set is published, for those whose keys are not written down.
alter table verification_responder add column keys_url text;
alter table verification_responder add check (keys is null or keys_url is null);

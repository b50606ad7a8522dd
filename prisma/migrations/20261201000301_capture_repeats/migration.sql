-- What it takes to write a document out again as it came.

-- Events that the client gave an eventID.
alter table capture_job add column named int not null default 0;
-- Where its events are, in the document's order, where some of them had come in an earlier document; null where
-- event_document says it all.
alter table capture_job add column positions bigint[];

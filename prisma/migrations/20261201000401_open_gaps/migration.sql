-- Whether anything is open at all is asked with every group of requests: it must not read what was resolved.

create index event_gap_open on event_gap (position) where resolved_in is null;

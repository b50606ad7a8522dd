-- What queries by organisation, and the history of recalls, are found by. None has a column that a hot update touches.

create index lot_holding_site on lot_holding (site, lot_id, life);
create index shipment_open_to on shipment (to_site, id) where received_in is null;
create index shipment_open_from on shipment (from_site, id) where received_in is null;
create index hold_of_lot on hold (lot_id, id) where gtin is null;
create index hold_recall on hold (id) where kind in ('recalled', 'withdrawn');

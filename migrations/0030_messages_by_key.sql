-- What the ledger of messages costs in a storm: two of its indexes began with the platform. A connection that planned its statements
-- while the ledger was small took the wrong one, and read all that was ever posted there to find the six messages of a room.
-- Now only the primary key answers for one message, and only this one for all messages of an incident (`inc-12/…`).
lock table messages in access exclusive mode;

create index messages_by_key on messages (key collate "C");
drop index messages_by_beginning;

-- A message is written small, as perhaps posted, and then with its place: there is room for that beside it, and no index hears of it.
alter table messages set (fillfactor = 50);

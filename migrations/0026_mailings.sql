-- Who is mailing a digest to an address right now, and until when nobody else may. Why rows: a mail server cannot be asked what it
-- took already, so two replicas that do it at once would both send. That it was sent is in the ledger of messages, for ever.
create table mailings (
  key text primary key,
  until timestamptz not null
);

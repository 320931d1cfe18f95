-- Requests that a chat platform signed and that were obeyed, for as long as their signature counts. Why rows: whoever saw one could
-- send it again, to any replica, and its command would run twice.
create table heard_requests (
  -- SHA-256 of what the signature is over.
  request bytea primary key,
  until timestamptz not null
);
create index heard_requests_by_end on heard_requests (until);

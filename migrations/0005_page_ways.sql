-- A page that its way does not take in time goes over the next way as well: an instant on the page's own row, like everything
-- that falls due. Why a column and not the attempts: a platform that never connected has none.

alter table pages
  -- When the next way is taken as well. Null: never, or done.
  add column reroute_at timestamptz;
create index pages_to_reroute on pages (reroute_at) where reroute_at is not null and status in ('due', 'sending');

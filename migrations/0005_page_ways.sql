-- A page that its way does not take in time goes over the next way as well: an instant on the page's own row, like everything
-- that falls due. Why a column and not the attempts: a platform that never connected has none.

alter table pages
  -- When the next way is taken as well. Null: never, or done.
  add column reroute_at timestamptz;
create index pages_to_reroute on pages (reroute_at) where reroute_at is not null and status in ('due', 'sending');

-- A page may hang in the very middle of being sent: this mark is no attempt to take it from whoever holds it.
drop trigger pages_held_by_another on pages;
create trigger pages_held_by_another before update on pages for each row
  when (old.status = 'sending' and new.status = 'sending' and old.holder is not null and old.holder = new.holder
        and old.reroute_at is not distinct from new.reroute_at)
  execute function page_is_held();

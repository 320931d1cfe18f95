-- How messages and pages get out without a job for each: pages are a queue of their own, and what a room has not heard yet is
-- one row for each room and platform.
-- Why: a thousand incidents were twenty thousand jobs, and whoever looked for one locked every queue there was.
-- The version before goes on beside this one during a rolling upgrade: it writes pages without `try_at` and sends them by its
-- own jobs, so pages without `try_at` are left to it (see src/store/former-jobs.ts).

alter table pages
  -- When it is tried next; never before it is due. Null: written by the version before.
  add column try_at timestamptz,
  -- Who sends it: the name whose advisory lock that process holds for as long as it lives.
  add column holder text,
  -- How often it was begun. Above 0 it may have gone out, however it stands.
  add column attempts integer not null default 0,
  -- The more, the sooner.
  add column urgency smallint not null default 0;
create index pages_to_send on pages (channel, urgency desc, due_at) where status = 'due' and try_at is not null;
create index pages_held on pages (holder) where holder is not null;

-- The version before takes a page that is being sent to be its own. It must not take one that a newer process holds.
create function page_is_held() returns trigger language plpgsql as 'begin return null; end';
create trigger pages_held_by_another before update on pages for each row
  when (old.status = 'sending' and new.status = 'sending' and old.holder is not null and old.holder = new.holder)
  execute function page_is_held();

create table deliveries (
  platform text not null,
  incident bigint not null references incidents (number) on delete cascade,
  -- When the room is to hear what is new. Null: it has heard everything, or is just being told.
  wake_at timestamptz,
  -- The more, the sooner.
  urgency smallint not null,
  -- Who is telling it: one at a time, so that everything comes in order.
  holder text,
  -- Failures in a row.
  attempts integer not null default 0,
  primary key (platform, incident)
) with (fillfactor = 50);
create index deliveries_waiting on deliveries (platform, urgency desc, wake_at) where wake_at is not null and holder is null;
create index deliveries_held on deliveries (holder) where holder is not null;

-- Why the platform will never take it: not tried again at every turn.
alter table messages add column refused text;
-- All messages of one incident: `inc-12/…`.
create index messages_by_beginning on messages (platform, key collate "C");

-- When an alert of each name last began, for telling that those of a runbook no longer come. Why a table: all alerts there ever
-- were had to be read for it, and an index on them would be filled by every alert that comes in. This one is brought up to date by
-- whoever asks, from the incidents that were open since somebody asked last.
create table alert_names (
  name text primary key,
  last_at timestamptz not null
);

create table alert_names_read (
  is_one boolean primary key default true check (is_one),
  -- Up to when alerts were read; null: never.
  at timestamptz
);
insert into alert_names_read (at) values (null);

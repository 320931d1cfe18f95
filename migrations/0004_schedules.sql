-- Schedules: overrides of one person by another, and calendars that say who is on call.
-- Why the calendar's shifts are rows: a calendar that is away or broken must leave everybody's shift as it was.

-- Null: whoever has the pager. Else only this person's shifts change hands.
alter table overrides add column replaces text;

create table calendars (
  schedule text primary key,
  -- A hash of the address: another one is read at once, and an address may be a password.
  source text not null,
  due_at timestamptz not null,
  -- Of the copy that counts; null: there never was one.
  read_at timestamptz,
  failing_since timestamptz,
  problem text,
  -- Names in it that are nobody in `people:`.
  unknown text[] not null default '{}',
  constraint failing_says_why check ((failing_since is null) = (problem is null))
);

create table calendar_shifts (
  schedule text not null references calendars (schedule) on delete cascade,
  person text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  primary key (schedule, starts_at, person)
);
create index calendar_shifts_by_end on calendar_shifts (ends_at);

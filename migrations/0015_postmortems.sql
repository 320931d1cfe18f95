-- Post-mortems that people edit, their action items, and the reminders about both.
-- Why versions in a table of their own: the version of Tocsin before this one writes its draft over postmortems.markdown. It may go
-- on doing so beside this one; what people wrote is not there to be written over.

-- Every text a post-mortem ever had; the latest is the one that counts. A post-mortem without any is as it was generated.
create table postmortem_versions (
  incident bigint not null references postmortems (incident) on delete cascade,
  version integer not null check (version > 0),
  at timestamptz not null,
  -- Null: the bot itself.
  by text,
  -- generated: as the template has it; merged: what people wrote with new facts put in; edited, restored: by a person.
  kind text not null check (kind in ('generated', 'merged', 'edited', 'restored')),
  markdown text not null,
  -- What the template gave when this was written: the base of the next merge. Null: the text itself.
  base text,
  primary key (incident, version),
  constraint a_person_or_the_bot check ((kind in ('generated', 'merged')) = (by is null)),
  constraint generated_is_its_own_base check ((kind = 'generated') = (base is null))
);

create table actions (
  incident bigint not null references incidents (number) on delete cascade,
  -- Counts from 1 in each incident: people say it.
  item integer not null check (item > 0),
  text text not null,
  owner text,
  due date,
  status text not null default 'open' check (status in ('open', 'done', 'dropped')),
  made_by text not null,
  made_at timestamptz not null,
  closed_by text,
  closed_at timestamptz,
  -- When its owner is to be reminded next; null: of nothing.
  remind_at timestamptz,
  primary key (incident, item),
  constraint closed_by_somebody check ((status = 'open') = (closed_by is null) and (closed_by is null) = (closed_at is null)),
  constraint only_open_ones_remind check (status = 'open' or remind_at is null)
);
create index actions_open on actions (due, incident, item) where status = 'open';
create index actions_to_remind on actions (remind_at) where remind_at is not null;

-- When people are to be reminded of a post-mortem that is not published; null: the clock was not looked at yet.
alter table clocks add column remind_at timestamptz;
create index clocks_to_publish on clocks (remind_at) where until = 'published' and stopped_at is null and status <> 'cancelled';

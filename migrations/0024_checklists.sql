-- Recurring checklists: one row for each time a list came up, its items as they were then, and who ticked which. Why rows: each
-- is posted once by whichever replica sees its day first, and what was left open is known afterwards.
create table checklist_runs (
  id bigint generated always as identity primary key,
  -- The list, wherever it is written, and the day, week or month it is for.
  list text not null,
  period text not null,
  every text not null check (every in ('day', 'week', 'month')),
  channel text,
  -- When it came up, and when those who have it are asked about what is open.
  due_at timestamptz not null,
  ask_at timestamptz not null,
  asked boolean not null default false,
  unique (list, period)
);
create index checklist_runs_to_ask on checklist_runs (ask_at) where not asked;
create index checklist_runs_by_time on checklist_runs (due_at);

create table checklist_items (
  run bigint not null references checklist_runs (id) on delete cascade,
  item integer not null,
  text text not null,
  done_at timestamptz,
  done_by text,
  primary key (run, item),
  constraint done_by_somebody check ((done_at is null) = (done_by is null))
);

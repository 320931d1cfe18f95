-- What people do with a step of a runbook besides doing or skipping it: somebody is to do it, it waits for a while, it helped.
-- Why columns: the end of a wait is an instant on the step's own row, taken once by whichever replica looks first.
alter table runbook_steps
  -- Why it was skipped, if anybody said.
  add column reason text,
  add column assignee text,
  add column timer_from timestamptz,
  add column timer_until timestamptz,
  add column timer_by text,
  add column helped_by text;
alter table runbook_steps
  add constraint timer_is_whole check ((timer_until is null) = (timer_from is null) and (timer_until is null) = (timer_by is null));
create index runbook_steps_timers on runbook_steps (timer_until) where timer_until is not null;

-- Since when each procedure says what it says. Why: the time on a file is when it was copied to the machine, not when it changed.
create table runbook_texts (
  path text not null,
  section text not null,
  -- Hash of its steps, as they stand in the file.
  digest text not null,
  seen_at timestamptz not null,
  primary key (path, section)
);

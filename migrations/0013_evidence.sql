-- What logs, traces and the like had to say about an incident: one row for each of those that were asked, replaced when they
-- are asked again. Why rows of their own: the room's message shows the latest answers and is edited as they come, and the
-- post-mortem and the API read them when nobody can ask any more.
create table evidence (
  incident bigint not null references incidents (number) on delete cascade,
  provider text not null,
  -- Where it is shown among the others.
  place smallint not null,
  title text not null,
  status text not null check (status in ('asking', 'found', 'nothing', 'failed')),
  section jsonb,
  reason text,
  at timestamptz not null,
  primary key (incident, provider),
  check ((status = 'found') = (section is not null)),
  check ((status = 'failed') = (reason is not null))
);

-- What people say of an incident once it is over: whether being woken for it was worth it. Counted in the digest as precision.
create table verdicts (
  incident bigint primary key references incidents (number) on delete cascade,
  verdict text not null check (verdict in ('useful', 'noise', 'duplicate')),
  because text not null,
  by text not null,
  at timestamptz not null
);
create index verdicts_by_time on verdicts (at);

-- Gaps in schedules that the incidents channel was told of. Why rows: each is told once, by whichever replica sees it first,
-- and one that comes every week is not told every week.
create table known_gaps (
  schedule text not null,
  gap text not null,
  told_at timestamptz not null,
  primary key (schedule, gap)
);

-- When each digest is next due. Why rows: one whose time comes while no bot runs is made up at the next start, once.
create table digest_times (
  name text primary key,
  -- As configured when `due_at` was computed: other times begin anew.
  schedule text not null,
  due_at timestamptz not null
);

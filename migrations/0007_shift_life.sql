-- The pager changes hands: requests to swap or cover a shift, hand-overs that are answered, chat groups kept in step, and the
-- notices that tell people. Only new tables: the version before this one goes on beside it without them.

-- What a person or the incidents channel is still to be told, or whose message is to be edited. A notice says what it is
-- about, not its words: those are made when it goes out, from what is true then. Gone when it was told.
create table notices (
  platform text not null,
  -- Carried in the message; the same notice written again edits it.
  key text not null,
  -- Null: the incidents channel.
  person text,
  about jsonb not null,
  try_at timestamptz not null,
  attempts integer not null default 0,
  -- Raised whenever it is written again, so that what came in while it was being told is not taken for told.
  version integer not null default 1,
  -- The process that is telling it. It holds an advisory lock of that name for as long as it lives.
  holder text,
  primary key (platform, key)
);
create index notices_to_tell on notices (platform, try_at);

-- “Swap this shift with me” (asked: one person) and “somebody please take this” (asked: null).
create table shift_requests (
  id bigint generated always as identity primary key,
  schedule text not null,
  asker text not null,
  asked text,
  gives_from timestamptz not null,
  gives_until timestamptz not null,
  -- What the asker takes in return; null when nothing.
  takes_from timestamptz,
  takes_until timestamptz,
  status text not null check (status in ('open', 'accepted', 'declined', 'withdrawn', 'expired')),
  made_at timestamptz not null,
  expires_at timestamptz not null,
  answered_by text,
  answered_at timestamptz,
  constraint gives_some_time check (gives_until > gives_from),
  constraint takes_all_or_nothing check ((takes_from is null) = (takes_until is null) and (takes_until > takes_from or takes_from is null)),
  constraint swaps_name_whom check ((asked is null) = (takes_from is null)),
  constraint open_has_no_answer check ((status = 'open') = (answered_at is null))
);
create index shift_requests_open on shift_requests (expires_at) where status = 'open';
create unique index shift_requests_one_per_shift on shift_requests (schedule, asker, gives_from) where status = 'open';

-- Who had the pager of each schedule when it was last looked at. A change of hands is a difference to it, seen by whichever
-- replica locks the row first.
create table pagers (
  schedule text primary key,
  -- Nobody: empty.
  people text[] not null,
  since timestamptz not null,
  -- Of the schedule as configured: editing tocsin.yaml is no change of hands in the night, and two replicas with different
  -- files must not hand the pager to and fro.
  definition text not null
);

-- A change of hands. `informed`: nothing to answer; `asked`: the incoming person is asked to confirm until answer_by; `kept`:
-- no answer came and the outgoing one keeps it by an override.
create table handovers (
  id bigint generated always as identity primary key,
  schedule text not null,
  at timestamptz not null,
  outgoing text not null,
  incoming text not null,
  until timestamptz not null,
  status text not null check (status in ('informed', 'asked', 'accepted', 'kept', 'over')),
  answer_by timestamptz,
  answered_at timestamptz,
  override bigint references overrides (id) on delete set null,
  unique (schedule, at, incoming),
  constraint asked_has_a_limit check (status <> 'asked' or answer_by is not null)
);
create index handovers_to_decide on handovers (answer_by) where status = 'asked';
create index handovers_unfinished on handovers (schedule) where status in ('asked', 'kept');

-- Chat groups that follow schedules, such as @oncall-primary in Slack.
create table user_groups (
  platform text not null,
  name text not null,
  -- Accounts it was last seen to have, after any change of ours.
  members text[],
  -- When it is looked at next; moved ahead by whoever looks, for as long as that may take.
  look_at timestamptz not null,
  -- What the incidents channel was last told is wrong with it; null: nothing.
  problem text,
  -- How often something was told: each time is a message of its own.
  told integer not null default 0,
  -- That nobody is on call is told once, not every night.
  gap_told boolean not null default false,
  primary key (platform, name)
);

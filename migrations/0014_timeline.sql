-- Everything on the timeline, and the proof that it was not changed. Only new tables: the version before goes on without them.

-- A chain of hashes over each incident's entries, and one over all incidents. Why tables of their own, written afterwards:
-- chained in the insert, alerts of one incident would wait for each other. And why nothing here refers to the timeline: what is
-- gone from there must stay known here.

create table timeline_links (
  entry bigint primary key,
  incident bigint not null,
  -- From 1, in the order they were sealed.
  position integer not null check (position > 0),
  -- Of the link before and the entry; see src/core/chain.ts.
  hash bytea not null,
  seal bigint not null,
  unique (incident, position)
);
create index timeline_links_by_seal on timeline_links using brin (seal) with (pages_per_range = 16);

-- A seal closes what was written since the one before it, over however many incidents, so that none can vanish unseen.
create table timeline_seals (
  number bigint primary key,
  at timestamptz not null,
  -- No entry up to this one can come any more: whoever writes one writes a later one.
  settled bigint not null,
  -- Nothing that could be seen was left to be sealed.
  complete boolean not null,
  -- Incidents with entries in it, and the position of the last of each.
  incidents bigint[] not null,
  positions integer[] not null,
  -- Of the seal before, what stands above, and the hash at each of these positions.
  hash bytea not null
);

-- When whoever gave a status update is reminded of the next. What an update said is on the timeline. Why a table and not a
-- column: nobody who locks an incident in a hurry has to carry it.
create table update_reminders (
  incident bigint primary key references incidents (number) on delete cascade,
  person text not null,
  given_at timestamptz not null,
  remind_at timestamptz not null,
  -- Milliseconds between two reminders, from the first on.
  again_every bigint not null check (again_every > 0)
);
create index update_reminders_due on update_reminders (remind_at);

-- Pictures and other files of messages that people kept for the timeline.
create table kept_files (
  id bigint generated always as identity primary key,
  incident bigint not null references incidents (number) on delete cascade,
  message text not null,
  -- The platform's own id.
  file text not null,
  name text not null,
  type text not null,
  bytes bytea not null,
  kept_at timestamptz not null,
  unique (incident, message, file)
);
-- Already compressed, as pictures are.
alter table kept_files alter column bytes set storage external;

-- 📌 in the console, which is a chat platform like the others.
create table console_pins (
  message bigint primary key references console_messages (id) on delete cascade,
  by text not null,
  at timestamptz not null
);

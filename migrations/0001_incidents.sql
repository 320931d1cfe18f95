-- The spine: alerts, incidents, their clocks, pages and timeline, and what was posted where.
-- Why columns with instants instead of timers: a decision that falls due is a row any replica can take over.

create table incidents (
  number bigint primary key,
  status text not null check (status in ('open', 'acknowledged', 'resolved')),
  severity text not null check (severity in ('P1', 'P2', 'P3', 'P4')),
  service text not null,
  title text not null,
  grouping_key text,
  opened_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  resolved_by text,
  lead text,
  trace text not null,
  -- Policy, response times, runbook, charts: frozen when the incident opened.
  terms jsonb not null,
  -- Where the policy stands; see src/core/policy.ts.
  position jsonb,
  quiet_until timestamptz,
  -- The earliest instant at which something has to be decided: next step, clock mark, end of the quiet period.
  due_at timestamptz,
  constraint open_has_no_answer check (status <> 'open' or (acknowledged_at is null and acknowledged_by is null)),
  constraint acknowledged_by_somebody check (status <> 'acknowledged' or (acknowledged_at is not null and acknowledged_by is not null)),
  constraint resolved_has_its_time check ((status = 'resolved') = (resolved_at is not null)),
  constraint resolved_is_not_quieting check (status <> 'resolved' or quiet_until is null)
);
create sequence incident_numbers owned by incidents.number;
-- Two replicas that open an incident for the same key at once: one of them loses here and joins instead.
create unique index incidents_one_active_per_key on incidents (grouping_key) where status <> 'resolved' and grouping_key is not null;
create index incidents_resolved_by_key on incidents (grouping_key, resolved_at desc) where status = 'resolved' and grouping_key is not null;
create index incidents_due on incidents (due_at) where due_at is not null;
create index incidents_open on incidents (number) where status <> 'resolved';
create index incidents_opened on incidents (opened_at);

create table alerts (
  incident bigint not null references incidents (number) on delete cascade,
  source text not null,
  fingerprint text not null,
  status text not null check (status in ('firing', 'resolved')),
  labels jsonb not null,
  annotations jsonb not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  generator_url text,
  primary key (incident, source, fingerprint),
  constraint resolved_has_an_end check ((status = 'resolved') = (ends_at is not null))
);
create index alerts_by_fingerprint on alerts (source, fingerprint, incident desc);
create index alerts_firing on alerts (incident) where status = 'firing';

create table clocks (
  incident bigint not null references incidents (number) on delete cascade,
  name text not null,
  until text not null check (until in ('acknowledged', 'noted', 'resolved', 'published')),
  started_at timestamptz not null,
  due_at timestamptz not null,
  status text not null check (status in ('running', 'met', 'breached', 'cancelled')),
  mark smallint not null default 0 check (mark in (0, 50, 80)),
  stopped_at timestamptz,
  primary key (incident, name, due_at)
);

-- Append only. `fact` is what happened, `text` the sentence said about it then.
create table timeline (
  id bigint generated always as identity primary key,
  incident bigint not null references incidents (number) on delete cascade,
  at timestamptz not null,
  kind text not null,
  by text,
  text text not null,
  fact jsonb not null
);
create index timeline_by_incident on timeline (incident, id);

-- The page ledger: written before the page is sent, looked up before it is sent again.
create table pages (
  key text primary key,
  incident bigint not null references incidents (number) on delete cascade,
  person text not null,
  channel text not null,
  step integer not null,
  round integer not null,
  status text not null check (status in ('due', 'sending', 'sent', 'failed', 'cancelled')),
  due_at timestamptz not null,
  sent_at timestamptz,
  reason text,
  constraint sent_has_its_time check ((status = 'sent') = (sent_at is not null))
);
create index pages_by_incident on pages (incident);
create index pages_unfinished on pages (due_at) where status in ('due', 'sending');

create table rooms (
  incident bigint not null references incidents (number) on delete cascade,
  platform text not null,
  channel text not null,
  name text not null,
  url text,
  -- As last set, to leave it alone while it is still true.
  topic text,
  -- False: no channel could be opened, and a shared one stands in for it.
  own boolean not null default true,
  primary key (incident, platform)
);
create index rooms_by_channel on rooms (platform, channel) where own;

-- Every message the bot posts or edits, by a key that is carried in the message. `sending` may have gone out.
create table messages (
  platform text not null,
  key text not null,
  status text not null check (status in ('sending', 'sent')),
  ref jsonb,
  -- What it says, as a hash: an edit that changes nothing is not sent.
  content text,
  edited_at timestamptz,
  primary key (platform, key),
  constraint sent_has_its_place check ((status = 'sent') = (ref is not null))
);

create table charts (
  id bigint generated always as identity primary key,
  incident bigint references incidents (number) on delete cascade,
  moment text not null,
  title text not null,
  summary text not null,
  png bytea not null,
  drawn_at timestamptz not null,
  unique (incident, moment, title)
);

create table runbook_steps (
  incident bigint not null references incidents (number) on delete cascade,
  step integer not null,
  title text not null,
  -- Markdown of the step, code blocks intact: frozen with the incident.
  body text not null,
  status text not null default 'open' check (status in ('open', 'done', 'skipped')),
  by text,
  at timestamptz,
  primary key (incident, step)
);

create table overrides (
  id bigint generated always as identity primary key,
  schedule text not null,
  person text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  made_by text not null,
  made_at timestamptz not null
);
create index overrides_by_schedule on overrides (schedule, ends_at);

create table postmortems (
  incident bigint primary key references incidents (number) on delete cascade,
  markdown text not null,
  drafted_at timestamptz not null,
  published_at timestamptz,
  published_by text
);

-- The built-in console is a chat platform like the others; these are its channels' messages.
create table console_messages (
  id bigint generated always as identity primary key,
  channel text not null,
  key text not null unique,
  posted_at timestamptz not null,
  edited_at timestamptz,
  author text,
  message jsonb not null,
  picture bytea
);
create index console_messages_by_channel on console_messages (channel, id);

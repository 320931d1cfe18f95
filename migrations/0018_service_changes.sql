-- What people changed in their services (deployments, flags, configuration), told by their pipelines, because most incidents
-- begin with one: listed in the room as “what changed just before”, and drawn on the charts.
create table service_changes (
  id bigint generated always as identity primary key,
  -- The configured name of who sent it, and the sender's own identity of the change.
  source text not null,
  key text not null,
  kind text not null check (kind in ('deployment', 'flag', 'configuration', 'other')),
  title text not null,
  service text,
  environment text,
  version text,
  url text,
  by text,
  status text not null check (status in ('running', 'succeeded', 'failed', 'rolled back')),
  started_at timestamptz not null,
  finished_at timestamptz,
  -- When the sender said so: news that arrive late do not undo later ones.
  told_at timestamptz not null,
  unique (source, key)
);
create index service_changes_by_start on service_changes (started_at);

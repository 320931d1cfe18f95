-- What every alert costs to write: two foreign keys were looked up for each of them, row by row, and two long indexes filled.
-- Why they can go: alerts and entries are written by statements that lock their incident, or find it, first. What the keys did
-- when an incident is deleted, a trigger does, once for a whole deletion.

-- In the order in which alerts are written, so that the version before does not wait for us while we wait for it.
lock table incidents, alerts, timeline in access exclusive mode;

alter table alerts drop constraint alerts_incident_fkey;
alter table timeline drop constraint timeline_incident_fkey;

create function delete_what_belongs() returns trigger language plpgsql as $$
begin
  delete from alerts using gone where alerts.incident = gone.number;
  delete from timeline using gone where timeline.incident = gone.number;
  return null;
end $$;
create trigger incidents_take_along after delete on incidents referencing old table as gone
  for each statement execute function delete_what_belongs();

-- One index finds an alert by what its sender calls it and keeps it from being there twice. The other one, of a number that
-- many rows share, is small.
alter table alerts drop constraint alerts_pkey;
drop index alerts_by_fingerprint;
alter table alerts add primary key (source, fingerprint, incident);
create index alerts_by_incident on alerts (incident);

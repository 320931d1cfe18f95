-- What waking a room costs: a foreign key was looked up for each, which took longer than the row itself when thousands of steps fell
-- due at once. Why it can go: rooms are woken by statements that write or lock the incident, and a row without its incident has nothing
-- to say. What the key did when an incident is deleted, the trigger of 0011 does.
lock table incidents, deliveries in access exclusive mode;

alter table deliveries drop constraint deliveries_incident_fkey;

create or replace function delete_what_belongs() returns trigger language plpgsql as $$
begin
  delete from alerts using gone where alerts.incident = gone.number;
  delete from timeline using gone where timeline.incident = gone.number;
  delete from deliveries using gone where deliveries.incident = gone.number;
  return null;
end $$;

-- What writing a page costs: a foreign key was looked up for each, and its incident locked, half as long again as the row itself when
-- thousands of steps fell due at once. Why it can go: pages are written by statements that write or lock the incident. What the key
-- did when an incident is deleted, the trigger of 0011 does.
lock table incidents, pages in access exclusive mode;

alter table pages drop constraint pages_incident_fkey;

create or replace function delete_what_belongs() returns trigger language plpgsql as $$
begin
  delete from alerts using gone where alerts.incident = gone.number;
  delete from timeline using gone where timeline.incident = gone.number;
  delete from deliveries using gone where deliveries.incident = gone.number;
  delete from pages using gone where pages.incident = gone.number;
  return null;
end $$;

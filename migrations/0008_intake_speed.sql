-- What many alerts and many due steps a second ask of the tables. Why: an incident is written with every alert that joins
-- it, so the row has to be small, cheap to move and not read twice for what never changes.

-- What the incident was promised is by far its largest column, and the same for nearly all of them: kept by this key in the
-- memory of the bot, it is read once, not with every decision. Null: an incident of before, which is read by its number.
alter table incidents add column terms_key text;
create function key_of_terms() returns trigger language plpgsql as $$
begin
  new.terms_key := encode(sha256(convert_to(new.terms::text, 'UTF8')), 'hex');
  return new;
end $$;
create trigger incidents_key_of_terms before insert or update of terms on incidents
  for each row execute function key_of_terms();
update incidents set terms = terms where status <> 'resolved';

-- Room in each page for the next versions of its rows, and the promises stored beside the row instead of in it: an update
-- then touches one page and no index.
alter table incidents set (fillfactor = 60, toast_tuple_target = 768);

-- Raised inside a statement that found the incidents changed since they were read: nothing of it is written.
create function refuse_stale_write(stale bigint) returns bigint language plpgsql as $$
begin
  if stale > 0 then
    raise exception '% incidents changed since they were read', stale using errcode = 'serialization_failure';
  end if;
  return stale;
end $$;

-- An alert that clears changes no index then, and one that fires fills one less; the primary key finds those of an incident.
drop index alerts_firing;

-- What people and the bot ask of years of incidents: those of a service, those that ended since, the incident of a channel,
-- and the post-mortems that are still waited for.
create index incidents_by_service on incidents (service, number desc);
create index incidents_by_end on incidents (resolved_at);
create index rooms_by_place on rooms (platform, channel, incident desc);
create index clocks_unpublished on clocks (incident, due_at)
  where until = 'published' and stopped_at is null and status in ('running', 'breached');

-- What rooms are told: without an entry for each alert, of which a storm leaves thousands.
create index timeline_told on timeline (incident, id) where kind not in ('alert_fired', 'alert_cleared');

-- Pages that were tried before have places of their own beside those that were not: they are found without reading all of the
-- thousands that may be due with them.
create index pages_tried on pages (channel, urgency desc, due_at) where status = 'due' and try_at is not null and attempts > 0;

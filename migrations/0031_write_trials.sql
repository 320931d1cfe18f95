-- Where the bot tries twice a minute whether anything can be written. Each row wants a page of its own, so that a full disk shows
-- although the pages that are there have room; it is taken back before anybody sees it, and autovacuum gives the pages back.
create table write_trials (filler text not null);

alter table write_trials alter column filler set storage plain;

-- Up Migration
-- The person's time zone, by its IANA name: what repeats for them does so by their wall clock.
alter table users add column time_zone varchar(64) not null default 'UTC'
  constraint users_time_zone_check check (time_zone ~ '^[A-Za-z][A-Za-z0-9_+/-]*$');

-- How a todo repeats: an RRULE, as the server writes it.
alter table todos add column recurrence varchar(500);
alter table todos add constraint todos_recurrence_check check (recurrence is null or due_at is not null);
-- The todo that its completion made. No foreign key: what once followed stays known when it is gone for good, so that no
-- second one is made.
alter table todos add column next_id uuid;
create unique index todos_next_id_key on todos (next_id) where next_id is not null;

-- Down Migration
alter table todos drop column next_id;
alter table todos drop column recurrence;
alter table users drop column time_zone;

-- Up Migration
-- Who did what to an account, or tried. Rows are added and never changed; an account that is purged leaves its events
-- without a name.
create table security_events (
  id uuid primary key,
  user_id uuid constraint security_events_user_id_fkey references users (id) on delete set null,
  kind varchar(32) not null,
  -- Who did it where it was not the person: an admin.
  by_user_id uuid constraint security_events_by_user_id_fkey references users (id) on delete set null,
  ip_address varchar(45),
  user_agent varchar(512),
  at timestamptz(3) not null
);
create index security_events_user_id_idx on security_events (user_id, at, id);
create index security_events_by_user_id_idx on security_events (by_user_id) where by_user_id is not null;

-- Down Migration
drop table security_events;

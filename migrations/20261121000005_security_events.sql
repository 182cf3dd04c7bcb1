-- Up Migration
-- Who did what to an account, or tried. Rows are added and never changed; an account that is purged leaves its events
-- without a name.
create table security_events (
  id uuid primary key,
  user_id uuid constraint security_events_user_id_fkey references users (id) on delete set null,
  kind varchar(32) not null,
  -- Who did it where it was not the person: an admin.
  by_user_id uuid constraint security_events_by_user_id_fkey references users (id) on delete set null,
  -- Stays when the admin's own account is purged; true without a name for whoever runs the server.
  by_admin boolean not null default false,
  ip_address varchar(45),
  user_agent varchar(512),
  at timestamptz(3) not null
);
create index security_events_user_id_idx on security_events (user_id, at, id);
create index security_events_by_user_id_idx on security_events (by_user_id) where by_user_id is not null;

-- Holds for the server's own faults and for whoever has its rights, not for the table's owner with a mind to it.
create function security_events_refuse_change() returns trigger language plpgsql as $$
begin
  -- The one change that is let through is that of a foreign key, which comes from a trigger of its own.
  if tg_op = 'UPDATE' and pg_trigger_depth() > 1
    and (new.user_id is null or new.user_id = old.user_id)
    and (new.by_user_id is null or new.by_user_id = old.by_user_id)
    and to_jsonb(new) - '{user_id,by_user_id}'::text[] = to_jsonb(old) - '{user_id,by_user_id}'::text[]
  then
    return new;
  end if;
  raise exception 'Security events are added and never changed or removed.';
end $$;
create trigger security_events_append_only before update or delete on security_events
  for each row execute function security_events_refuse_change();
create trigger security_events_keep_all before truncate on security_events
  for each statement execute function security_events_refuse_change();

-- Down Migration
drop table security_events;
drop function security_events_refuse_change();

-- Up Migration
-- One for each list of accounts, newest first; but for the first they are short.
drop index users_created_at_idx;
create index users_open_idx on users (created_at, id) where deleted_at is null;
create index users_admins_idx on users (created_at, id) where role = 'ADMIN';
create index users_locked_idx on users (created_at, id) where not is_active;
create index users_closed_idx on users (created_at, id) where deleted_at is not null;

-- For a search by three letters or digits in a row. Not every host has pg_trgm, or lets it be made: there a search finds
-- the same, by looking at every account.
do $$
begin
  create extension if not exists pg_trgm;
  create index users_search_idx on users using gin
    (lower((email || E'\n' || username || E'\n' || coalesce(full_name, '')) collate "und-x-icu") gin_trgm_ops);
exception when others then
  raise warning 'searching users has no index: %', sqlerrm;
end
$$;

-- Down Migration
drop index if exists users_search_idx;
-- Others may use it too.
do $$
begin
  drop extension if exists pg_trgm;
exception when others then
  raise notice 'pg_trgm stays: %', sqlerrm;
end
$$;
drop index users_closed_idx;
drop index users_locked_idx;
drop index users_admins_idx;
drop index users_open_idx;
create index users_created_at_idx on users (created_at, id);

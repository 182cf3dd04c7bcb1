-- An account that may do what the server does, and no more: it owns no table, and can neither change the schema nor take
-- the guards off payment facts and security events. Migrations are run by another account, the owner of the tables.
--
-- Run it in the database, by a superuser or by the owner of the database and of the role, once the migrations are applied:
--   psql "$OWNER_DATABASE_URL" -v ON_ERROR_STOP=1 -f deploy/runtime-role.sql
--   psql "$OWNER_DATABASE_URL" -c '\password duely_server'
-- It can be run again, and has to be where another account than this one made the tables of a later migration.

do $$
begin
  if not exists (select from pg_roles where rolname = 'duely_server') then
    create role duely_server login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
  end if;
  -- create: for the schema of the jobs, pgboss, which the server makes and brings up to date by itself.
  execute format('grant connect, create on database %I to duely_server', current_database());
end $$;

-- The server asks for both as it connects; through a transaction pooler it cannot, and these hold.
alter role duely_server set statement_timeout = '30s';
alter role duely_server set idle_in_transaction_session_timeout = '60s';

grant usage on schema public to duely_server;
grant select, insert, update, delete on all tables in schema public to duely_server;
grant usage on all sequences in schema public to duely_server;
alter default privileges in schema public grant select, insert, update, delete on tables to duely_server;
alter default privileges in schema public grant usage on sequences to duely_server;

-- It looks whether all are applied.
revoke insert, update, delete on migrations from duely_server;

-- Where the jobs ran under another account before.
do $$
declare
  kind text;
  thing text;
begin
  if to_regnamespace('pgboss') is null then
    return;
  end if;
  alter schema pgboss owner to duely_server;
  for kind, thing in
    select 'table', oid::regclass::text from pg_class where relnamespace = 'pgboss'::regnamespace and relkind in ('r', 'p')
    union all
    select 'routine', oid::regprocedure::text from pg_proc where pronamespace = 'pgboss'::regnamespace
    union all
    select 'type', oid::regtype::text from pg_type where typnamespace = 'pgboss'::regnamespace and typtype = 'e'
  loop
    execute format('alter %s %s owner to duely_server', kind, thing);
  end loop;
end $$;

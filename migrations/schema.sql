-- The schema after all migrations, so that the effect of one is a diff. Rewritten by: npm run db -- dump

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TYPE todo_priority AS ENUM (
  'NONE',
  'LOW',
  'MEDIUM',
  'HIGH',
  'URGENT'
);

SET check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.security_events_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.todo_list_of_user()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into todo_lists (owner_id) values (new.id);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.todo_lists_add(list_owner uuid, opened bigint, new_last text)
 RETURNS void
 LANGUAGE sql
AS $function$
  update todo_lists
  set open_count = open_count + opened, last_position = greatest(last_position, new_last collate "C")
  where owner_id = list_owner and (opened <> 0 or last_position is null or new_last collate "C" > last_position)
$function$;

CREATE OR REPLACE FUNCTION public.todo_lists_count_added()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- In one order, so that two statements never wait for each other.
  perform todo_lists_add(owner_id, opened, new_last) from (
    select owner_id, count(*) filter (where completed_at is null and deleted_at is null) as opened,
      max(position) as new_last
    from added group by owner_id order by owner_id
  ) as list;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.todo_lists_count_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform todo_lists_add(owner_id, opened, new_last) from (
    select owner_id, sum(opened) as opened, max(position) as new_last from (
      select owner_id, (completed_at is null and deleted_at is null)::int as opened, position from after_it
      union all
      select owner_id, -(completed_at is null and deleted_at is null)::int, null from before_it
    ) as todo group by owner_id order by owner_id
  ) as list;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.todo_lists_count_removed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform todo_lists_add(owner_id, opened, null) from (
    select owner_id, -count(*) filter (where completed_at is null and deleted_at is null) as opened
    from removed group by owner_id order by owner_id
  ) as list;
  return null;
end
$function$;

CREATE TABLE changes (
  owner_id uuid NOT NULL,
  seq bigint NOT NULL,
  entity text NOT NULL,
  entity_id uuid NOT NULL,
  kind text NOT NULL,
  at timestamp(3) with time zone NOT NULL,
  CONSTRAINT changes_pkey PRIMARY KEY (owner_id, seq),
  CONSTRAINT changes_kind_check CHECK (kind = ANY (ARRAY['CREATED'::text, 'UPDATED'::text, 'DELETED'::text]))
);

CREATE TABLE email_links (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL,
  email character varying(320) NOT NULL,
  token_seed bytea NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  ended_at timestamp(3) with time zone,
  CONSTRAINT email_links_pkey PRIMARY KEY (id),
  CONSTRAINT email_links_kind_check CHECK (kind = ANY (ARRAY['PASSWORD_RESET'::text, 'EMAIL_VERIFICATION'::text]))
);
CREATE INDEX email_links_expires_at_idx ON email_links USING btree (expires_at);
CREATE UNIQUE INDEX email_links_open_key ON email_links USING btree (user_id, kind) WHERE ended_at IS NULL;
CREATE INDEX email_links_user_id_idx ON email_links USING btree (user_id);

CREATE TABLE external_identities (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  issuer character varying(300) NOT NULL,
  subject character varying(255) NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT external_identities_pkey PRIMARY KEY (id),
  CONSTRAINT external_identities_subject_key UNIQUE (issuer, subject)
);
CREATE INDEX external_identities_user_id_idx ON external_identities USING btree (user_id);

CREATE TABLE external_sessions (
  identity_id uuid NOT NULL,
  key_hash bytea NOT NULL,
  session_id uuid NOT NULL,
  last_issued_at timestamp(3) with time zone,
  CONSTRAINT external_sessions_pkey PRIMARY KEY (identity_id, key_hash)
);
CREATE INDEX external_sessions_session_id_idx ON external_sessions USING btree (session_id);

CREATE TABLE feeds (
  owner_id uuid NOT NULL,
  last_seq bigint NOT NULL,
  kept_since timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT feeds_pkey PRIMARY KEY (owner_id)
);
CREATE INDEX feeds_kept_since_idx ON feeds USING btree (kept_since);

CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL,
  key character varying(320) NOT NULL,
  fingerprint bytea NOT NULL,
  outcome jsonb,
  claimed_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_claimed_at_idx ON idempotency_keys USING btree (claimed_at);

CREATE UNLOGGED TABLE rate_limits (
  key character varying(255) NOT NULL,
  points integer DEFAULT 0 NOT NULL,
  expire bigint,
  CONSTRAINT rate_limits_pkey PRIMARY KEY (key)
);

CREATE TABLE security_events (
  id uuid NOT NULL,
  user_id uuid,
  kind character varying(32) NOT NULL,
  by_user_id uuid,
  by_admin boolean DEFAULT false NOT NULL,
  ip_address character varying(45),
  user_agent character varying(512),
  at timestamp(3) with time zone NOT NULL,
  CONSTRAINT security_events_pkey PRIMARY KEY (id)
);
CREATE INDEX security_events_by_user_id_idx ON security_events USING btree (by_user_id) WHERE by_user_id IS NOT NULL;
CREATE INDEX security_events_user_id_idx ON security_events USING btree (user_id, at, id);

CREATE TABLE sessions (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  generation integer DEFAULT 1 NOT NULL,
  refresh_seed bytea NOT NULL,
  refresh_hash bytea NOT NULL,
  previous_hash bytea,
  rotated_at timestamp(3) with time zone,
  user_agent character varying(512),
  ip_address character varying(45),
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  last_used_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  ended_at timestamp(3) with time zone,
  end_reason text,
  CONSTRAINT sessions_pkey PRIMARY KEY (id),
  CONSTRAINT sessions_end_reason_check CHECK (end_reason = ANY (ARRAY['LOGGED_OUT'::text, 'REVOKED'::text, 'REUSED'::text])),
  CONSTRAINT sessions_ended_check CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_user_id_idx ON sessions USING btree (user_id, last_used_at DESC);

CREATE TABLE todo_lists (
  owner_id uuid NOT NULL,
  open_count integer DEFAULT 0 NOT NULL,
  last_position text COLLATE "C",
  CONSTRAINT todo_lists_pkey PRIMARY KEY (owner_id)
);

CREATE TABLE todos (
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  title character varying(200) NOT NULL,
  description character varying(10000),
  completed_at timestamp(3) with time zone,
  due_at timestamp(3) with time zone,
  priority todo_priority DEFAULT 'NONE'::todo_priority NOT NULL,
  tags character varying(50)[] DEFAULT '{}'::character varying[] NOT NULL,
  "position" text COLLATE "C" NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  deleted_at timestamp(3) with time zone,
  search tsvector DEFAULT ''::tsvector NOT NULL,
  CONSTRAINT todos_pkey PRIMARY KEY (id),
  CONSTRAINT todos_tags_check CHECK (cardinality(tags) <= 20),
  CONSTRAINT todos_title_check CHECK (length(title::text) >= 1)
);
CREATE INDEX todos_created_at_idx ON todos USING btree (owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX todos_due_at_desc_idx ON todos USING btree (owner_id, COALESCE(due_at, '-infinity'::timestamp with time zone), id) WHERE deleted_at IS NULL;
CREATE INDEX todos_due_at_idx ON todos USING btree (owner_id, COALESCE(due_at, 'infinity'::timestamp with time zone), id) WHERE deleted_at IS NULL;
CREATE INDEX todos_position_idx ON todos USING btree (owner_id, "position", id) WHERE deleted_at IS NULL;
CREATE INDEX todos_priority_idx ON todos USING btree (owner_id, priority, id) WHERE deleted_at IS NULL;
CREATE INDEX todos_search_idx ON todos USING gin (search) WHERE deleted_at IS NULL;
CREATE INDEX todos_title_idx ON todos USING btree (owner_id, title COLLATE "und-x-icu", id) WHERE deleted_at IS NULL;
CREATE INDEX todos_trash_idx ON todos USING btree (owner_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX todos_updated_at_idx ON todos USING btree (owner_id, updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE users (
  id uuid NOT NULL,
  email character varying(320) NOT NULL,
  username character varying(50) NOT NULL,
  full_name character varying(255),
  password_hash text,
  role text DEFAULT 'USER'::text NOT NULL,
  is_active boolean DEFAULT true NOT NULL,
  email_verified_at timestamp(3) with time zone,
  plan text DEFAULT 'FREE'::text NOT NULL,
  plan_expires_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  deleted_at timestamp(3) with time zone,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_full_name_check CHECK (full_name IS NULL OR length(full_name::text) >= 1),
  CONSTRAINT users_plan_check CHECK (plan = ANY (ARRAY['FREE'::text, 'PRO'::text])),
  CONSTRAINT users_plan_expires_check CHECK ((plan = 'FREE'::text) = (plan_expires_at IS NULL)),
  CONSTRAINT users_role_check CHECK (role = ANY (ARRAY['USER'::text, 'ADMIN'::text])),
  CONSTRAINT users_username_check CHECK (length(username::text) >= 3)
);
CREATE INDEX users_admins_idx ON users USING btree (created_at, id) WHERE role = 'ADMIN'::text;
CREATE INDEX users_closed_idx ON users USING btree (created_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX users_deleted_at_idx ON users USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX users_email_key ON users USING btree (lower(email::text));
CREATE INDEX users_locked_idx ON users USING btree (created_at, id) WHERE NOT is_active;
CREATE INDEX users_open_idx ON users USING btree (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_search_idx ON users USING gin (lower(((((email::text || '
'::text) || username::text) || '
'::text) || COALESCE(full_name, ''::character varying)::text) COLLATE "und-x-icu") gin_trgm_ops);
CREATE UNIQUE INDEX users_username_key ON users USING btree (lower(username::text));

ALTER TABLE changes ADD CONSTRAINT changes_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE email_links ADD CONSTRAINT email_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE external_identities ADD CONSTRAINT external_identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE external_sessions ADD CONSTRAINT external_sessions_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES external_identities(id) ON DELETE CASCADE;
ALTER TABLE external_sessions ADD CONSTRAINT external_sessions_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE;
ALTER TABLE feeds ADD CONSTRAINT feeds_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE security_events ADD CONSTRAINT security_events_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE security_events ADD CONSTRAINT security_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE todo_lists ADD CONSTRAINT todo_lists_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE todos ADD CONSTRAINT todos_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;

CREATE TRIGGER security_events_append_only BEFORE DELETE OR UPDATE ON security_events FOR EACH ROW EXECUTE FUNCTION security_events_refuse_change();
CREATE TRIGGER security_events_keep_all BEFORE TRUNCATE ON security_events FOR EACH STATEMENT EXECUTE FUNCTION security_events_refuse_change();
CREATE TRIGGER todos_list_added AFTER INSERT ON todos REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION todo_lists_count_added();
CREATE TRIGGER todos_list_changed AFTER UPDATE ON todos REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION todo_lists_count_changed();
CREATE TRIGGER todos_list_removed AFTER DELETE ON todos REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION todo_lists_count_removed();
CREATE TRIGGER users_todo_list AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION todo_list_of_user();

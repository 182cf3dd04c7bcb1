-- The schema after all migrations, so that the effect of one is a diff. Rewritten by: npm run db -- dump

CREATE TYPE todo_priority AS ENUM (
  'NONE',
  'LOW',
  'MEDIUM',
  'HIGH',
  'URGENT'
);

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

CREATE TABLE security_events (
  id uuid NOT NULL,
  user_id uuid,
  kind character varying(32) NOT NULL,
  by_user_id uuid,
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
  CONSTRAINT todos_pkey PRIMARY KEY (id),
  CONSTRAINT todos_tags_check CHECK (cardinality(tags) <= 20),
  CONSTRAINT todos_title_check CHECK (length(title::text) >= 1)
);
CREATE INDEX todos_created_at_idx ON todos USING btree (owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX todos_due_at_desc_idx ON todos USING btree (owner_id, COALESCE(due_at, '-infinity'::timestamp with time zone), id) WHERE deleted_at IS NULL;
CREATE INDEX todos_due_at_idx ON todos USING btree (owner_id, COALESCE(due_at, 'infinity'::timestamp with time zone), id) WHERE deleted_at IS NULL;
CREATE INDEX todos_position_idx ON todos USING btree (owner_id, "position", id) WHERE deleted_at IS NULL;
CREATE INDEX todos_priority_idx ON todos USING btree (owner_id, priority, id) WHERE deleted_at IS NULL;
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
CREATE INDEX users_created_at_idx ON users USING btree (created_at, id);
CREATE UNIQUE INDEX users_email_key ON users USING btree (lower(email::text));
CREATE UNIQUE INDEX users_username_key ON users USING btree (lower(username::text));

ALTER TABLE changes ADD CONSTRAINT changes_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE feeds ADD CONSTRAINT feeds_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE security_events ADD CONSTRAINT security_events_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE security_events ADD CONSTRAINT security_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE todos ADD CONSTRAINT todos_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;

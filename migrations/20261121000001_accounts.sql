-- Up Migration
create table users (
  id uuid primary key,
  email varchar(320) not null,
  username varchar(50) not null,
  full_name varchar(255),
  password_hash text,
  role text not null default 'USER' constraint users_role_check check (role in ('USER', 'ADMIN')),
  is_active boolean not null default true,
  email_verified_at timestamptz(3),
  plan text not null default 'FREE' constraint users_plan_check check (plan in ('FREE', 'PRO')),
  plan_expires_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  constraint users_full_name_check check (full_name is null or length(full_name) >= 1),
  constraint users_username_check check (length(username) >= 3),
  constraint users_plan_expires_check check ((plan = 'FREE') = (plan_expires_at is null))
);
-- A closed account keeps its names until it is purged, so that it can be restored.
create unique index users_email_key on users (lower(email));
create unique index users_username_key on users (lower(username));
create index users_created_at_idx on users (created_at, id);

create table sessions (
  id uuid primary key,
  user_id uuid not null constraint sessions_user_id_fkey references users (id) on delete cascade,
  generation integer not null default 1,
  -- Refresh tokens are made of it and of a secret that is not in the database: neither alone can make one.
  refresh_seed bytea not null,
  refresh_hash bytea not null,
  previous_hash bytea,
  rotated_at timestamptz(3),
  user_agent varchar(512),
  ip_address varchar(45),
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  end_reason text constraint sessions_end_reason_check check (end_reason in ('LOGGED_OUT', 'REVOKED', 'REUSED')),
  constraint sessions_ended_check check ((ended_at is null) = (end_reason is null))
);
create index sessions_user_id_idx on sessions (user_id, last_used_at desc);

-- Down Migration
drop table sessions;
drop table users;

-- Up Migration
-- Links that were sent by mail. The token of a link is made of its seed and of a secret that is not in the database.
create table email_links (
  id uuid primary key,
  user_id uuid not null constraint email_links_user_id_fkey references users (id) on delete cascade,
  kind text not null constraint email_links_kind_check check (kind in ('PASSWORD_RESET', 'EMAIL_VERIFICATION')),
  -- Where it was sent: it is good for an account that still has this address.
  email varchar(320) not null,
  token_seed bytea not null,
  token_hash bytea not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  -- Used, or of no use any more.
  ended_at timestamptz(3)
);
create index email_links_user_id_idx on email_links (user_id);
-- Of each kind the newest alone is good.
create unique index email_links_open_key on email_links (user_id, kind) where ended_at is null;
create index email_links_expires_at_idx on email_links (expires_at);
-- Closed accounts, for the job that purges them.
create index users_deleted_at_idx on users (deleted_at) where deleted_at is not null;

-- Down Migration
drop index users_deleted_at_idx;
drop table email_links;

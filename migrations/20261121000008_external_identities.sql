-- Up Migration
-- Who a person is to another issuer of tokens: never found by an email address, which anybody may write into a profile.
create table external_identities (
  id uuid primary key,
  user_id uuid not null constraint external_identities_user_id_fkey references users (id) on delete cascade,
  issuer varchar(300) not null,
  subject varchar(255) not null,
  created_at timestamptz(3) not null default now(),
  constraint external_identities_subject_key unique (issuer, subject)
);
create index external_identities_user_id_idx on external_identities (user_id);

-- Which session here belongs to a session of the issuer's: the last one, where earlier ones have ended.
create table external_sessions (
  identity_id uuid not null
    constraint external_sessions_identity_id_fkey references external_identities (id) on delete cascade,
  -- SHA-256 of what the issuer calls its session: some issuers' names for sessions are secrets.
  key_hash bytea not null,
  session_id uuid not null constraint external_sessions_session_id_fkey references sessions (id) on delete cascade,
  -- The latest token that was seen says so; null where its tokens say nothing of it.
  last_issued_at timestamptz(3),
  constraint external_sessions_pkey primary key (identity_id, key_hash)
);
create index external_sessions_session_id_idx on external_sessions (session_id);

-- Down Migration
drop table external_sessions;
drop table external_identities;

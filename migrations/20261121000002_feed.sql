-- Up Migration
-- How far each owner's feed reaches. The row is locked from the raise of last_seq until the commit.
create table feeds (
  owner_id uuid primary key constraint feeds_owner_id_fkey references users (id) on delete cascade,
  last_seq bigint not null
);

create table changes (
  owner_id uuid not null constraint changes_owner_id_fkey references users (id) on delete cascade,
  seq bigint not null,
  entity text not null,
  entity_id uuid not null,
  kind text not null constraint changes_kind_check check (kind in ('CREATED', 'UPDATED', 'DELETED')),
  at timestamptz(3) not null,
  primary key (owner_id, seq)
);

-- Outcomes of mutations that carried an idempotency key.
create table idempotency_keys (
  user_id uuid not null constraint idempotency_keys_user_id_fkey references users (id) on delete cascade,
  key varchar(320) not null,
  fingerprint bytea not null,
  outcome jsonb,
  claimed_at timestamptz(3) not null,
  primary key (user_id, key)
);
create index idempotency_keys_claimed_at_idx on idempotency_keys (claimed_at);

-- Down Migration
drop table idempotency_keys;
drop table changes;
drop table feeds;

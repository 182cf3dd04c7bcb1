-- Up Migration
-- The make-believe provider's own: nothing here knows of orders or payments, and nothing of those of these tables.
create table sandbox_checkouts (
  -- Not to be guessed: whoever knows it can pay.
  id varchar(64) primary key,
  place bigint generated always as identity constraint sandbox_checkouts_place_key unique,
  idempotency_key varchar(255) not null constraint sandbox_checkouts_idempotency_key unique,
  -- The merchant's.
  reference varchar(64) not null,
  description varchar(200) not null,
  amount bigint not null constraint sandbox_checkouts_amount_check check (amount between 1 and 9007199254740991),
  currency char(3) not null,
  method text not null constraint sandbox_checkouts_method_check check (method in ('HOSTED', 'MOBILE_WALLET')),
  -- With stars but for its end.
  masked_phone varchar(20),
  return_url varchar(2000) not null,
  status text not null constraint sandbox_checkouts_status_check
    check (status in ('OPEN', 'AWAITING_APPROVAL', 'PROCESSING', 'PAID', 'FAILED', 'CANCELED', 'EXPIRED')),
  failure_code varchar(100),
  failure_message varchar(500),
  -- How often it was charged: what must never be more than once.
  charges integer not null default 0,
  paid_amount bigint,
  paid_at timestamptz(3),
  -- When a payment that takes its time comes through.
  settle_at timestamptz(3),
  dispute_id varchar(64),
  dispute_status text constraint sandbox_checkouts_dispute_status_check check (dispute_status in ('OPEN', 'WON', 'LOST')),
  disputed_at timestamptz(3),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  constraint sandbox_checkouts_paid_check check ((status = 'PAID') = (paid_amount is not null))
);
create index sandbox_checkouts_reference_idx on sandbox_checkouts (reference, place);
create index sandbox_checkouts_settle_idx on sandbox_checkouts (settle_at) where settle_at is not null;
create index sandbox_checkouts_expiry_idx on sandbox_checkouts (expires_at) where status in ('OPEN', 'AWAITING_APPROVAL');

create table sandbox_refunds (
  id varchar(64) primary key,
  place bigint generated always as identity constraint sandbox_refunds_place_key unique,
  checkout_id varchar(64) not null constraint sandbox_refunds_checkout_id_fkey references sandbox_checkouts (id) on delete cascade,
  -- Of the merchant's call; null where the provider gave back by itself.
  idempotency_key varchar(255) constraint sandbox_refunds_idempotency_key unique,
  amount bigint not null constraint sandbox_refunds_amount_check check (amount between 1 and 9007199254740991),
  reason varchar(500),
  status text not null constraint sandbox_refunds_status_check check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
  failure_code varchar(100),
  failure_message varchar(500),
  -- What becomes of it, and when; null: nothing more.
  settle_at timestamptz(3),
  settle_as text constraint sandbox_refunds_settle_as_check check (settle_as in ('SUCCEEDED', 'FAILED')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  constraint sandbox_refunds_settle_check check ((settle_at is null) = (settle_as is null))
);
create index sandbox_refunds_checkout_idx on sandbox_refunds (checkout_id, place);
create index sandbox_refunds_settle_idx on sandbox_refunds (settle_at) where settle_at is not null;

-- Messages to the merchant, each as often as it is to be delivered.
create table sandbox_messages (
  id uuid primary key,
  place bigint generated always as identity constraint sandbox_messages_place_key unique,
  checkout_id varchar(64) not null constraint sandbox_messages_checkout_id_fkey references sandbox_checkouts (id) on delete cascade,
  -- The same for each copy of one message.
  event_id varchar(64) not null,
  type varchar(100) not null,
  body text not null,
  -- What is wrong with it on purpose; null: it is genuine.
  forgery text constraint sandbox_messages_forgery_check
    check (forgery in ('WRONG_SECRET', 'UNSIGNED', 'ALTERED', 'TOO_OLD', 'FROM_THE_FUTURE')),
  status text not null constraint sandbox_messages_status_check
    check (status in ('WAITING', 'HELD', 'LOST', 'DELIVERED', 'GIVEN_UP')),
  attempts integer not null default 0,
  next_attempt_at timestamptz(3),
  -- The last answer's status, or why there was none.
  last_answer varchar(200),
  created_at timestamptz(3) not null,
  constraint sandbox_messages_waiting_check check ((status = 'WAITING') = (next_attempt_at is not null))
);
create index sandbox_messages_due_idx on sandbox_messages (next_attempt_at, place) where status = 'WAITING';
create index sandbox_messages_checkout_idx on sandbox_messages (checkout_id, place);
create index sandbox_messages_undelivered_idx on sandbox_messages (place) where status <> 'DELIVERED' and forgery is null;

-- How it misbehaves: one row at the most.
create table sandbox_settings (
  one boolean primary key default true constraint sandbox_settings_one_check check (one),
  value jsonb not null
);

-- Down Migration
drop table sandbox_settings;
drop table sandbox_messages;
drop table sandbox_refunds;
drop table sandbox_checkouts;

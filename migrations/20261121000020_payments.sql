-- Up Migration
create table products (
  id uuid primary key,
  -- Stable and readable.
  sku varchar(64) not null constraint products_sku_key unique constraint products_sku_check check (sku ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name varchar(200) not null,
  description varchar(2000),
  grants_plan text constraint products_grants_plan_check check (grants_plan in ('PRO')),
  grants_days integer constraint products_grants_days_check check (grants_days between 1 and 36500),
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint products_grant_check check ((grants_plan is null) = (grants_days is null))
);

-- Amounts of money are whole numbers of the currency's smallest unit, here and in all that follows.
create table product_prices (
  product_id uuid not null constraint product_prices_product_id_fkey references products (id) on delete cascade,
  currency char(3) not null constraint product_prices_currency_check check (currency ~ '^[A-Z]{3}$'),
  amount bigint not null constraint product_prices_amount_check check (amount between 1 and 9007199254740991),
  primary key (product_id, currency)
);

create table orders (
  id uuid primary key,
  number varchar(20) not null constraint orders_number_key unique,
  -- Null once the account is purged: what was paid is kept, without the person.
  owner_id uuid constraint orders_owner_id_fkey references users (id) on delete set null,
  currency char(3) not null,
  total_amount bigint not null constraint orders_total_amount_check check (total_amount between 1 and 9007199254740991),
  status text not null default 'OPEN' constraint orders_status_check
    check (status in ('OPEN', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED', 'EXPIRED')),
  paid_amount bigint not null default 0,
  -- Why nobody can begin to pay any more; a success that comes late counts all the same.
  closed_as text constraint orders_closed_as_check check (closed_as in ('CANCELED', 'EXPIRED')),
  closed_at timestamptz(3),
  -- The first time; for good.
  paid_at timestamptz(3),
  expires_at timestamptz(3) not null,
  version integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint orders_closed_check check ((closed_as is null) = (closed_at is null))
);
create index orders_owner_idx on orders (owner_id, created_at, id);
create index orders_expiry_idx on orders (expires_at) where status = 'OPEN';

create table order_lines (
  order_id uuid not null constraint order_lines_order_id_fkey references orders (id) on delete cascade,
  place smallint not null,
  product_id uuid not null constraint order_lines_product_id_fkey references products (id),
  quantity integer not null constraint order_lines_quantity_check check (quantity between 1 and 100),
  -- The price when the order was placed.
  unit_amount bigint not null,
  primary key (order_id, place)
);
create index order_lines_product_id_idx on order_lines (product_id);

-- One attempt to pay for an order. Its status, amounts and flags follow from its facts, and are written by one function.
create table payments (
  id uuid primary key,
  order_id uuid not null constraint payments_order_id_fkey references orders (id),
  owner_id uuid constraint payments_owner_id_fkey references users (id) on delete set null,
  provider text not null constraint payments_provider_check check (provider in ('SANDBOX', 'STRIPE', 'JAZZCASH', 'EASYPAISA')),
  method text not null constraint payments_method_check check (method in ('HOSTED', 'MOBILE_WALLET')),
  -- Ours, made before the provider is told.
  reference varchar(64) not null,
  provider_reference varchar(255),
  second_reference varchar(255),
  amount bigint not null constraint payments_amount_check check (amount between 1 and 9007199254740991),
  currency char(3) not null,
  status text not null default 'CREATED' constraint payments_status_check
    check (status in ('CREATED', 'PENDING', 'EXPIRED', 'CANCELED', 'FAILED', 'SUCCEEDED', 'REVERSED')),
  captured_amount bigint not null default 0 constraint payments_captured_amount_check check (captured_amount >= 0),
  refunded_amount bigint not null default 0 constraint payments_refunded_amount_check check (refunded_amount >= 0),
  refund_pending_amount bigint not null default 0
    constraint payments_refund_pending_amount_check check (refund_pending_amount >= 0),
  review_flags text[] not null default '{}',
  failure_code varchar(100),
  failure_message varchar(500),
  return_url varchar(2000) not null,
  -- Only while the payer has to confirm.
  phone_number varchar(20),
  -- What the adapter keeps with it; nothing secret.
  details jsonb not null default '{}',
  -- Of the call that began it.
  idempotency_key varchar(255) not null,
  -- When the provider began to be told; a wallet is told once.
  started_at timestamptz(3),
  -- A newer attempt took its place.
  superseded_at timestamptz(3),
  succeeded_at timestamptz(3),
  fact_count integer not null default 0,
  expires_at timestamptz(3) not null,
  -- When the provider is to be asked; null: no more.
  next_inquiry_at timestamptz(3),
  inquiries integer not null default 0,
  asked_at timestamptz(3),
  version integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint payments_reference_key unique (provider, reference),
  constraint payments_idempotency_key unique (order_id, idempotency_key),
  constraint payments_refund_bound_check check (refunded_amount <= captured_amount)
);
create unique index payments_provider_reference_key on payments (provider, provider_reference) where provider_reference is not null;
create index payments_second_reference_idx on payments (provider, second_reference) where second_reference is not null;
create unique index payments_live_key on payments (order_id) where status in ('CREATED', 'PENDING') and superseded_at is null;
create index payments_order_idx on payments (order_id, id);
create index payments_owner_idx on payments (owner_id, created_at, id);
create index payments_created_idx on payments (created_at, id);
-- Of everybody's, those of a rare status.
create index payments_status_idx on payments (status, created_at, id);
create index payments_inquiry_idx on payments (next_inquiry_at) where next_inquiry_at is not null;
create index payments_review_idx on payments (created_at, id) where review_flags <> '{}';

-- Append-only: what was learnt, and from where.
create table payment_facts (
  id bigint generated always as identity primary key,
  payment_id uuid not null constraint payment_facts_payment_id_fkey references payments (id) on delete cascade,
  -- Of the content: one that is learnt twice is there once.
  key char(64) not null,
  source text not null constraint payment_facts_source_check check (source in ('API', 'WEBHOOK', 'INQUIRY', 'OPERATOR')),
  fact jsonb not null,
  -- The payment's status once this was known.
  status text not null,
  at timestamptz(3) not null,
  constraint payment_facts_key unique (payment_id, key)
);

create table refunds (
  id uuid primary key,
  payment_id uuid not null constraint refunds_payment_id_fkey references payments (id),
  owner_id uuid constraint refunds_owner_id_fkey references users (id) on delete set null,
  amount bigint not null constraint refunds_amount_check check (amount between 1 and 9007199254740991),
  currency char(3) not null,
  status text not null default 'REQUESTED' constraint refunds_status_check
    check (status in ('REQUESTED', 'PENDING', 'SUCCEEDED', 'CANCELED', 'FAILED')),
  -- PROVIDER: nobody asked for it here.
  origin text not null default 'APP' constraint refunds_origin_check check (origin in ('APP', 'PROVIDER')),
  provider_reference varchar(255),
  reason varchar(500),
  requested_by_id uuid constraint refunds_requested_by_id_fkey references users (id) on delete set null,
  needs_manual boolean not null default false,
  failure_message varchar(500),
  -- Of the call that asked for it.
  idempotency_key varchar(255),
  -- When the provider began to be told.
  started_at timestamptz(3),
  succeeded_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint refunds_idempotency_key unique (payment_id, idempotency_key)
);
create unique index refunds_provider_reference_key on refunds (payment_id, provider_reference) where provider_reference is not null;
create index refunds_payment_idx on refunds (payment_id, id);
create index refunds_owner_idx on refunds (owner_id, created_at, id);
create index refunds_requested_by_id_idx on refunds (requested_by_id);
create index refunds_manual_idx on refunds (created_at, id) where needs_manual and status in ('REQUESTED', 'PENDING');

-- Messages of providers whose sender is proven, kept before anything else happens.
create table provider_messages (
  id uuid primary key,
  provider text not null,
  key varchar(255) not null,
  type varchar(100) not null,
  payload jsonb not null,
  payment_id uuid constraint provider_messages_payment_id_fkey references payments (id) on delete set null,
  status text not null default 'RECEIVED' constraint provider_messages_status_check
    check (status in ('RECEIVED', 'PROCESSED', 'UNMATCHED', 'IGNORED', 'FAILED')),
  attempts integer not null default 0,
  last_error varchar(500),
  received_at timestamptz(3) not null default now(),
  processed_at timestamptz(3),
  constraint provider_messages_key unique (provider, key)
);
create index provider_messages_open_idx on provider_messages (received_at, id) where status in ('RECEIVED', 'UNMATCHED', 'FAILED');
create index provider_messages_received_idx on provider_messages (received_at);
create index provider_messages_payment_id_idx on provider_messages (payment_id);

-- What a paid order gives; its plan follows from all of a person's that are not taken back.
create table entitlements (
  order_id uuid primary key constraint entitlements_order_id_fkey references orders (id),
  owner_id uuid constraint entitlements_owner_id_fkey references users (id) on delete set null,
  plan text not null constraint entitlements_plan_check check (plan in ('PRO')),
  days integer not null constraint entitlements_days_check check (days > 0),
  granted_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);
create index entitlements_owner_idx on entitlements (owner_id, granted_at);
create index users_plan_expires_at_idx on users (plan_expires_at) where plan_expires_at is not null;

create function payment_facts_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Facts of payments are added and never changed.';
end $$;
create trigger payment_facts_append_only before update on payment_facts for each row execute function payment_facts_refuse_change();

insert into products (id, sku, name, description, grants_plan, grants_days) values
  ('019aa5d0-0000-7000-8000-000000000030', 'pro-30-days', 'Pro for 30 days', 'Room for 10,000 open todos, for 30 days.', 'PRO', 30),
  ('019aa5d0-0000-7000-8000-000000000365', 'pro-365-days', 'Pro for a year', 'Room for 10,000 open todos, for 365 days.', 'PRO', 365);
insert into product_prices (product_id, currency, amount) values
  ('019aa5d0-0000-7000-8000-000000000030', 'USD', 500),
  ('019aa5d0-0000-7000-8000-000000000030', 'PKR', 140000),
  ('019aa5d0-0000-7000-8000-000000000365', 'USD', 5000),
  ('019aa5d0-0000-7000-8000-000000000365', 'PKR', 1400000);

-- Down Migration
drop index users_plan_expires_at_idx;
drop table entitlements;
drop table provider_messages;
drop table refunds;
drop table payment_facts;
drop function payment_facts_refuse_change();
drop table payments;
drop table order_lines;
drop table orders;
drop table product_prices;
drop table products;

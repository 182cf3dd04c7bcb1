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

CREATE OR REPLACE FUNCTION public.payment_facts_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'Facts of payments are added and never changed.';
end $function$;

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

CREATE TABLE entitlements (
  order_id uuid NOT NULL,
  owner_id uuid,
  plan text NOT NULL,
  days integer NOT NULL,
  granted_at timestamp(3) with time zone NOT NULL,
  revoked_at timestamp(3) with time zone,
  CONSTRAINT entitlements_pkey PRIMARY KEY (order_id),
  CONSTRAINT entitlements_days_check CHECK (days > 0),
  CONSTRAINT entitlements_plan_check CHECK (plan = 'PRO'::text)
);
CREATE INDEX entitlements_owner_idx ON entitlements USING btree (owner_id, granted_at);

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

CREATE TABLE order_lines (
  order_id uuid NOT NULL,
  place smallint NOT NULL,
  product_id uuid NOT NULL,
  quantity integer NOT NULL,
  unit_amount bigint NOT NULL,
  CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, place),
  CONSTRAINT order_lines_quantity_check CHECK (quantity >= 1 AND quantity <= 100)
);
CREATE INDEX order_lines_product_id_idx ON order_lines USING btree (product_id);

CREATE TABLE orders (
  id uuid NOT NULL,
  number character varying(20) NOT NULL,
  owner_id uuid,
  currency character(3) NOT NULL,
  total_amount bigint NOT NULL,
  status text DEFAULT 'OPEN'::text NOT NULL,
  paid_amount bigint DEFAULT 0 NOT NULL,
  closed_as text,
  closed_at timestamp(3) with time zone,
  paid_at timestamp(3) with time zone,
  expires_at timestamp(3) with time zone NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT orders_pkey PRIMARY KEY (id),
  CONSTRAINT orders_number_key UNIQUE (number),
  CONSTRAINT orders_closed_as_check CHECK (closed_as = ANY (ARRAY['CANCELED'::text, 'EXPIRED'::text])),
  CONSTRAINT orders_closed_check CHECK ((closed_as IS NULL) = (closed_at IS NULL)),
  CONSTRAINT orders_status_check CHECK (status = ANY (ARRAY['OPEN'::text, 'PAID'::text, 'PARTIALLY_REFUNDED'::text, 'REFUNDED'::text, 'CANCELED'::text, 'EXPIRED'::text])),
  CONSTRAINT orders_total_amount_check CHECK (total_amount >= 1 AND total_amount <= '9007199254740991'::bigint)
);
CREATE INDEX orders_expiry_idx ON orders USING btree (expires_at) WHERE status = 'OPEN'::text;
CREATE INDEX orders_owner_idx ON orders USING btree (owner_id, created_at, id);

CREATE TABLE payment_facts (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  payment_id uuid NOT NULL,
  key character(64) NOT NULL,
  source text NOT NULL,
  fact jsonb NOT NULL,
  status text NOT NULL,
  at timestamp(3) with time zone NOT NULL,
  CONSTRAINT payment_facts_pkey PRIMARY KEY (id),
  CONSTRAINT payment_facts_key UNIQUE (payment_id, key),
  CONSTRAINT payment_facts_source_check CHECK (source = ANY (ARRAY['API'::text, 'WEBHOOK'::text, 'INQUIRY'::text, 'OPERATOR'::text]))
);

CREATE TABLE payments (
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  owner_id uuid,
  provider text NOT NULL,
  method text NOT NULL,
  reference character varying(64) NOT NULL,
  provider_reference character varying(255),
  second_reference character varying(255),
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  status text DEFAULT 'CREATED'::text NOT NULL,
  captured_amount bigint DEFAULT 0 NOT NULL,
  refunded_amount bigint DEFAULT 0 NOT NULL,
  refund_pending_amount bigint DEFAULT 0 NOT NULL,
  review_flags text[] DEFAULT '{}'::text[] NOT NULL,
  failure_code character varying(100),
  failure_message character varying(500),
  return_url character varying(2000) NOT NULL,
  phone_number character varying(20),
  details jsonb DEFAULT '{}'::jsonb NOT NULL,
  idempotency_key character varying(255) NOT NULL,
  started_at timestamp(3) with time zone,
  superseded_at timestamp(3) with time zone,
  succeeded_at timestamp(3) with time zone,
  fact_count integer DEFAULT 0 NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  next_inquiry_at timestamp(3) with time zone,
  inquiries integer DEFAULT 0 NOT NULL,
  asked_at timestamp(3) with time zone,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT payments_pkey PRIMARY KEY (id),
  CONSTRAINT payments_idempotency_key UNIQUE (order_id, idempotency_key),
  CONSTRAINT payments_reference_key UNIQUE (provider, reference),
  CONSTRAINT payments_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT payments_captured_amount_check CHECK (captured_amount >= 0),
  CONSTRAINT payments_method_check CHECK (method = ANY (ARRAY['HOSTED'::text, 'MOBILE_WALLET'::text])),
  CONSTRAINT payments_provider_check CHECK (provider = ANY (ARRAY['SANDBOX'::text, 'STRIPE'::text, 'JAZZCASH'::text, 'EASYPAISA'::text])),
  CONSTRAINT payments_refund_bound_check CHECK (refunded_amount <= captured_amount),
  CONSTRAINT payments_refund_pending_amount_check CHECK (refund_pending_amount >= 0),
  CONSTRAINT payments_refunded_amount_check CHECK (refunded_amount >= 0),
  CONSTRAINT payments_status_check CHECK (status = ANY (ARRAY['CREATED'::text, 'PENDING'::text, 'EXPIRED'::text, 'CANCELED'::text, 'FAILED'::text, 'SUCCEEDED'::text, 'REVERSED'::text]))
);
CREATE INDEX payments_created_idx ON payments USING btree (created_at, id);
CREATE INDEX payments_inquiry_idx ON payments USING btree (next_inquiry_at) WHERE next_inquiry_at IS NOT NULL;
CREATE UNIQUE INDEX payments_live_key ON payments USING btree (order_id) WHERE (status = ANY (ARRAY['CREATED'::text, 'PENDING'::text])) AND superseded_at IS NULL;
CREATE INDEX payments_order_idx ON payments USING btree (order_id, id);
CREATE INDEX payments_owner_idx ON payments USING btree (owner_id, created_at, id);
CREATE UNIQUE INDEX payments_provider_reference_key ON payments USING btree (provider, provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX payments_review_idx ON payments USING btree (created_at, id) WHERE review_flags <> '{}'::text[];
CREATE INDEX payments_second_reference_idx ON payments USING btree (provider, second_reference) WHERE second_reference IS NOT NULL;
CREATE INDEX payments_status_idx ON payments USING btree (status, created_at, id);

CREATE TABLE product_prices (
  product_id uuid NOT NULL,
  currency character(3) NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT product_prices_pkey PRIMARY KEY (product_id, currency),
  CONSTRAINT product_prices_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT product_prices_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text)
);

CREATE TABLE products (
  id uuid NOT NULL,
  sku character varying(64) NOT NULL,
  name character varying(200) NOT NULL,
  description character varying(2000),
  grants_plan text,
  grants_days integer,
  is_active boolean DEFAULT true NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT products_pkey PRIMARY KEY (id),
  CONSTRAINT products_sku_key UNIQUE (sku),
  CONSTRAINT products_grant_check CHECK ((grants_plan IS NULL) = (grants_days IS NULL)),
  CONSTRAINT products_grants_days_check CHECK (grants_days >= 1 AND grants_days <= 36500),
  CONSTRAINT products_grants_plan_check CHECK (grants_plan = 'PRO'::text),
  CONSTRAINT products_sku_check CHECK (sku::text ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)
);

CREATE TABLE provider_messages (
  id uuid NOT NULL,
  provider text NOT NULL,
  key character varying(255) NOT NULL,
  type character varying(100) NOT NULL,
  payload jsonb NOT NULL,
  payment_id uuid,
  status text DEFAULT 'RECEIVED'::text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  last_error character varying(500),
  received_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  processed_at timestamp(3) with time zone,
  CONSTRAINT provider_messages_pkey PRIMARY KEY (id),
  CONSTRAINT provider_messages_key UNIQUE (provider, key),
  CONSTRAINT provider_messages_status_check CHECK (status = ANY (ARRAY['RECEIVED'::text, 'PROCESSED'::text, 'UNMATCHED'::text, 'IGNORED'::text, 'FAILED'::text]))
);
CREATE INDEX provider_messages_open_idx ON provider_messages USING btree (received_at, id) WHERE status = ANY (ARRAY['RECEIVED'::text, 'UNMATCHED'::text, 'FAILED'::text]);
CREATE INDEX provider_messages_payment_id_idx ON provider_messages USING btree (payment_id);
CREATE INDEX provider_messages_received_idx ON provider_messages USING btree (received_at);

CREATE UNLOGGED TABLE rate_limits (
  key character varying(255) NOT NULL,
  points integer DEFAULT 0 NOT NULL,
  expire bigint,
  CONSTRAINT rate_limits_pkey PRIMARY KEY (key)
);

CREATE TABLE refunds (
  id uuid NOT NULL,
  payment_id uuid NOT NULL,
  owner_id uuid,
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  status text DEFAULT 'REQUESTED'::text NOT NULL,
  origin text DEFAULT 'APP'::text NOT NULL,
  provider_reference character varying(255),
  reason character varying(500),
  requested_by_id uuid,
  needs_manual boolean DEFAULT false NOT NULL,
  failure_message character varying(500),
  idempotency_key character varying(255),
  started_at timestamp(3) with time zone,
  succeeded_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT refunds_pkey PRIMARY KEY (id),
  CONSTRAINT refunds_idempotency_key UNIQUE (payment_id, idempotency_key),
  CONSTRAINT refunds_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT refunds_origin_check CHECK (origin = ANY (ARRAY['APP'::text, 'PROVIDER'::text])),
  CONSTRAINT refunds_status_check CHECK (status = ANY (ARRAY['REQUESTED'::text, 'PENDING'::text, 'SUCCEEDED'::text, 'CANCELED'::text, 'FAILED'::text]))
);
CREATE INDEX refunds_manual_idx ON refunds USING btree (created_at, id) WHERE needs_manual AND (status = ANY (ARRAY['REQUESTED'::text, 'PENDING'::text]));
CREATE INDEX refunds_owner_idx ON refunds USING btree (owner_id, created_at, id);
CREATE INDEX refunds_payment_idx ON refunds USING btree (payment_id, id);
CREATE UNIQUE INDEX refunds_provider_reference_key ON refunds USING btree (payment_id, provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX refunds_requested_by_id_idx ON refunds USING btree (requested_by_id);

CREATE TABLE sandbox_checkouts (
  id character varying(64) NOT NULL,
  place bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  idempotency_key character varying(255) NOT NULL,
  reference character varying(64) NOT NULL,
  description character varying(200) NOT NULL,
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  method text NOT NULL,
  masked_phone character varying(20),
  return_url character varying(2000) NOT NULL,
  status text NOT NULL,
  failure_code character varying(100),
  failure_message character varying(500),
  charges integer DEFAULT 0 NOT NULL,
  paid_amount bigint,
  paid_at timestamp(3) with time zone,
  settle_at timestamp(3) with time zone,
  dispute_id character varying(64),
  dispute_status text,
  disputed_at timestamp(3) with time zone,
  expires_at timestamp(3) with time zone NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT sandbox_checkouts_pkey PRIMARY KEY (id),
  CONSTRAINT sandbox_checkouts_idempotency_key UNIQUE (idempotency_key),
  CONSTRAINT sandbox_checkouts_place_key UNIQUE (place),
  CONSTRAINT sandbox_checkouts_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT sandbox_checkouts_dispute_status_check CHECK (dispute_status = ANY (ARRAY['OPEN'::text, 'WON'::text, 'LOST'::text])),
  CONSTRAINT sandbox_checkouts_method_check CHECK (method = ANY (ARRAY['HOSTED'::text, 'MOBILE_WALLET'::text])),
  CONSTRAINT sandbox_checkouts_paid_check CHECK ((status = 'PAID'::text) = (paid_amount IS NOT NULL)),
  CONSTRAINT sandbox_checkouts_status_check CHECK (status = ANY (ARRAY['OPEN'::text, 'AWAITING_APPROVAL'::text, 'PROCESSING'::text, 'PAID'::text, 'FAILED'::text, 'CANCELED'::text, 'EXPIRED'::text]))
);
CREATE INDEX sandbox_checkouts_expiry_idx ON sandbox_checkouts USING btree (expires_at) WHERE status = ANY (ARRAY['OPEN'::text, 'AWAITING_APPROVAL'::text]);
CREATE INDEX sandbox_checkouts_reference_idx ON sandbox_checkouts USING btree (reference, place);
CREATE INDEX sandbox_checkouts_settle_idx ON sandbox_checkouts USING btree (settle_at) WHERE settle_at IS NOT NULL;

CREATE TABLE sandbox_messages (
  id uuid NOT NULL,
  place bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  checkout_id character varying(64) NOT NULL,
  event_id character varying(64) NOT NULL,
  type character varying(100) NOT NULL,
  body text NOT NULL,
  forgery text,
  status text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  next_attempt_at timestamp(3) with time zone,
  last_answer character varying(200),
  created_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT sandbox_messages_pkey PRIMARY KEY (id),
  CONSTRAINT sandbox_messages_place_key UNIQUE (place),
  CONSTRAINT sandbox_messages_forgery_check CHECK (forgery = ANY (ARRAY['WRONG_SECRET'::text, 'UNSIGNED'::text, 'ALTERED'::text, 'TOO_OLD'::text, 'FROM_THE_FUTURE'::text])),
  CONSTRAINT sandbox_messages_status_check CHECK (status = ANY (ARRAY['WAITING'::text, 'HELD'::text, 'LOST'::text, 'DELIVERED'::text, 'GIVEN_UP'::text])),
  CONSTRAINT sandbox_messages_waiting_check CHECK ((status = 'WAITING'::text) = (next_attempt_at IS NOT NULL))
);
CREATE INDEX sandbox_messages_checkout_idx ON sandbox_messages USING btree (checkout_id, place);
CREATE INDEX sandbox_messages_due_idx ON sandbox_messages USING btree (next_attempt_at, place) WHERE status = 'WAITING'::text;
CREATE INDEX sandbox_messages_undelivered_idx ON sandbox_messages USING btree (place) WHERE status <> 'DELIVERED'::text AND forgery IS NULL;

CREATE TABLE sandbox_refunds (
  id character varying(64) NOT NULL,
  place bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  checkout_id character varying(64) NOT NULL,
  idempotency_key character varying(255),
  amount bigint NOT NULL,
  reason character varying(500),
  status text NOT NULL,
  failure_code character varying(100),
  failure_message character varying(500),
  settle_at timestamp(3) with time zone,
  settle_as text,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT sandbox_refunds_pkey PRIMARY KEY (id),
  CONSTRAINT sandbox_refunds_idempotency_key UNIQUE (idempotency_key),
  CONSTRAINT sandbox_refunds_place_key UNIQUE (place),
  CONSTRAINT sandbox_refunds_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT sandbox_refunds_settle_as_check CHECK (settle_as = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text])),
  CONSTRAINT sandbox_refunds_settle_check CHECK ((settle_at IS NULL) = (settle_as IS NULL)),
  CONSTRAINT sandbox_refunds_status_check CHECK (status = ANY (ARRAY['PENDING'::text, 'SUCCEEDED'::text, 'FAILED'::text]))
);
CREATE INDEX sandbox_refunds_checkout_idx ON sandbox_refunds USING btree (checkout_id, place);
CREATE INDEX sandbox_refunds_settle_idx ON sandbox_refunds USING btree (settle_at) WHERE settle_at IS NOT NULL;

CREATE TABLE sandbox_settings (
  one boolean DEFAULT true NOT NULL,
  value jsonb NOT NULL,
  CONSTRAINT sandbox_settings_pkey PRIMARY KEY (one),
  CONSTRAINT sandbox_settings_one_check CHECK (one)
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
  recurrence character varying(500),
  next_id uuid,
  remind_at timestamp(3) with time zone,
  remind_minutes_before integer,
  reminded_at timestamp(3) with time zone,
  CONSTRAINT todos_pkey PRIMARY KEY (id),
  CONSTRAINT todos_recurrence_check CHECK (recurrence IS NULL OR due_at IS NOT NULL),
  CONSTRAINT todos_remind_check CHECK (remind_minutes_before IS NULL OR due_at IS NOT NULL AND remind_at IS NOT NULL),
  CONSTRAINT todos_remind_minutes_before_check CHECK (remind_minutes_before >= 0 AND remind_minutes_before <= 40320),
  CONSTRAINT todos_tags_check CHECK (cardinality(tags) <= 20),
  CONSTRAINT todos_title_check CHECK (length(title::text) >= 1)
);
CREATE INDEX todos_created_at_idx ON todos USING btree (owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX todos_deleted_at_idx ON todos USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX todos_due_at_desc_idx ON todos USING btree (owner_id, COALESCE(due_at, '-infinity'::timestamp with time zone), id) WHERE deleted_at IS NULL;
CREATE INDEX todos_due_at_idx ON todos USING btree (owner_id, COALESCE(due_at, 'infinity'::timestamp with time zone), id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX todos_next_id_key ON todos USING btree (next_id) WHERE next_id IS NOT NULL;
CREATE INDEX todos_position_idx ON todos USING btree (owner_id, "position", id) WHERE deleted_at IS NULL;
CREATE INDEX todos_priority_idx ON todos USING btree (owner_id, priority, id) WHERE deleted_at IS NULL;
CREATE INDEX todos_remind_at_idx ON todos USING btree (remind_at) WHERE remind_at IS NOT NULL AND reminded_at IS NULL;
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
  time_zone character varying(64) DEFAULT 'UTC'::character varying NOT NULL,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_full_name_check CHECK (full_name IS NULL OR length(full_name::text) >= 1),
  CONSTRAINT users_plan_check CHECK (plan = ANY (ARRAY['FREE'::text, 'PRO'::text])),
  CONSTRAINT users_plan_expires_check CHECK (plan <> 'FREE'::text OR plan_expires_at IS NULL),
  CONSTRAINT users_role_check CHECK (role = ANY (ARRAY['USER'::text, 'ADMIN'::text])),
  CONSTRAINT users_time_zone_check CHECK (time_zone::text ~ '^[A-Za-z][A-Za-z0-9_+/-]*$'::text),
  CONSTRAINT users_username_check CHECK (length(username::text) >= 3)
);
CREATE INDEX users_admins_idx ON users USING btree (created_at, id) WHERE role = 'ADMIN'::text;
CREATE INDEX users_closed_idx ON users USING btree (created_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX users_deleted_at_idx ON users USING btree (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX users_email_key ON users USING btree (lower(email::text));
CREATE INDEX users_locked_idx ON users USING btree (created_at, id) WHERE NOT is_active;
CREATE INDEX users_open_idx ON users USING btree (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_plan_expires_at_idx ON users USING btree (plan_expires_at) WHERE plan_expires_at IS NOT NULL;
CREATE INDEX users_search_idx ON users USING gin (lower(((((email::text || '
'::text) || username::text) || '
'::text) || COALESCE(full_name, ''::character varying)::text) COLLATE "und-x-icu") gin_trgm_ops);
CREATE UNIQUE INDEX users_username_key ON users USING btree (lower(username::text));

ALTER TABLE changes ADD CONSTRAINT changes_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE email_links ADD CONSTRAINT email_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE entitlements ADD CONSTRAINT entitlements_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id);
ALTER TABLE entitlements ADD CONSTRAINT entitlements_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE external_identities ADD CONSTRAINT external_identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE external_sessions ADD CONSTRAINT external_sessions_identity_id_fkey FOREIGN KEY (identity_id) REFERENCES external_identities(id) ON DELETE CASCADE;
ALTER TABLE external_sessions ADD CONSTRAINT external_sessions_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE;
ALTER TABLE feeds ADD CONSTRAINT feeds_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE order_lines ADD CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE;
ALTER TABLE order_lines ADD CONSTRAINT order_lines_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id);
ALTER TABLE orders ADD CONSTRAINT orders_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE payment_facts ADD CONSTRAINT payment_facts_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id) ON DELETE CASCADE;
ALTER TABLE payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id);
ALTER TABLE payments ADD CONSTRAINT payments_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE product_prices ADD CONSTRAINT product_prices_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE CASCADE;
ALTER TABLE provider_messages ADD CONSTRAINT provider_messages_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id) ON DELETE SET NULL;
ALTER TABLE refunds ADD CONSTRAINT refunds_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE refunds ADD CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id);
ALTER TABLE refunds ADD CONSTRAINT refunds_requested_by_id_fkey FOREIGN KEY (requested_by_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE sandbox_messages ADD CONSTRAINT sandbox_messages_checkout_id_fkey FOREIGN KEY (checkout_id) REFERENCES sandbox_checkouts(id) ON DELETE CASCADE;
ALTER TABLE sandbox_refunds ADD CONSTRAINT sandbox_refunds_checkout_id_fkey FOREIGN KEY (checkout_id) REFERENCES sandbox_checkouts(id) ON DELETE CASCADE;
ALTER TABLE security_events ADD CONSTRAINT security_events_by_user_id_fkey FOREIGN KEY (by_user_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE security_events ADD CONSTRAINT security_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE todo_lists ADD CONSTRAINT todo_lists_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE todos ADD CONSTRAINT todos_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE;

CREATE TRIGGER payment_facts_append_only BEFORE UPDATE ON payment_facts FOR EACH ROW EXECUTE FUNCTION payment_facts_refuse_change();
CREATE TRIGGER security_events_append_only BEFORE DELETE OR UPDATE ON security_events FOR EACH ROW EXECUTE FUNCTION security_events_refuse_change();
CREATE TRIGGER security_events_keep_all BEFORE TRUNCATE ON security_events FOR EACH STATEMENT EXECUTE FUNCTION security_events_refuse_change();
CREATE TRIGGER todos_list_added AFTER INSERT ON todos REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION todo_lists_count_added();
CREATE TRIGGER todos_list_changed AFTER UPDATE ON todos REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION todo_lists_count_changed();
CREATE TRIGGER todos_list_removed AFTER DELETE ON todos REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION todo_lists_count_removed();
CREATE TRIGGER users_todo_list AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION todo_list_of_user();

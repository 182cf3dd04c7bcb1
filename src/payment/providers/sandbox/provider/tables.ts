import type { ColumnType, Generated, Kysely, Selectable } from 'kysely';
import { type Database, sqlOf } from '../../../../platform/database.ts';
import { instantText } from '../../../../platform/instant.ts';

export const CHECKOUT_STATUSES = [
  'OPEN',
  'AWAITING_APPROVAL',
  'PROCESSING',
  'PAID',
  'FAILED',
  'CANCELED',
  'EXPIRED',
] as const;
export type CheckoutStatus = (typeof CHECKOUT_STATUSES)[number];

export const FORGERIES = ['WRONG_SECRET', 'UNSIGNED', 'ALTERED', 'TOO_OLD', 'FROM_THE_FUTURE'] as const;
export type Forgery = (typeof FORGERIES)[number];

/** Read as PostgreSQL's own text. */
type Time = ColumnType<string, Date, Date>;
type MaybeTime = ColumnType<string | null, Date | null | undefined, Date | null>;
type Amount = ColumnType<string, bigint, bigint>;
type Maybe<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;

interface CheckoutTable {
  id: string;
  place: Generated<string>;
  idempotency_key: string;
  reference: string;
  description: string;
  amount: Amount;
  currency: string;
  method: 'HOSTED' | 'MOBILE_WALLET';
  masked_phone: Maybe<string>;
  return_url: string;
  status: CheckoutStatus;
  failure_code: Maybe<string>;
  failure_message: Maybe<string>;
  charges: Generated<number>;
  paid_amount: ColumnType<string | null, bigint | null | undefined, bigint | null>;
  paid_at: MaybeTime;
  settle_at: MaybeTime;
  dispute_id: Maybe<string>;
  dispute_status: Maybe<'OPEN' | 'WON' | 'LOST'>;
  disputed_at: MaybeTime;
  expires_at: Time;
  created_at: Time;
  updated_at: Time;
}

interface RefundTable {
  id: string;
  place: Generated<string>;
  checkout_id: string;
  idempotency_key: Maybe<string>;
  amount: Amount;
  reason: Maybe<string>;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  failure_code: Maybe<string>;
  failure_message: Maybe<string>;
  settle_at: MaybeTime;
  settle_as: Maybe<'SUCCEEDED' | 'FAILED'>;
  created_at: Time;
  updated_at: Time;
}

interface MessageTable {
  id: string;
  place: Generated<string>;
  checkout_id: string;
  event_id: string;
  type: string;
  body: string;
  forgery: Maybe<Forgery>;
  status: 'WAITING' | 'HELD' | 'LOST' | 'DELIVERED' | 'GIVEN_UP';
  attempts: Generated<number>;
  next_attempt_at: MaybeTime;
  last_answer: Maybe<string>;
  created_at: Time;
}

/** The sandbox's own tables, and no others. */
export interface SandboxTables {
  sandbox_checkouts: CheckoutTable;
  sandbox_refunds: RefundTable;
  sandbox_messages: MessageTable;
  sandbox_settings: { one: Generated<boolean>; value: unknown };
}

export type Checkout = Selectable<CheckoutTable>;
export type Refund = Selectable<RefundTable>;
export type Message = Selectable<MessageTable>;

/** A time as PostgreSQL writes it. */
export const timeOf = (text: string): Date => new Date(instantText(text));

export type Sql = Kysely<SandboxTables>;

export const reading = (database: Database): Sql => sqlOf<SandboxTables>(database.em.fork());

/** All of it, or nothing where `work` throws. */
export const inTransaction = <Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  database.em.fork().transactional(em => work(sqlOf<SandboxTables>(em)));

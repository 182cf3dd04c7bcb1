import type { ProviderName } from '../../src/payment/providers/provider.ts';
import { type Fact, type FactSource, factKey, type PaymentStatus } from '../../src/payment/state/fact.ts';
import { factToJson } from '../../src/payment/state/fact-record.ts';
import { newId } from '../../src/platform/ids.ts';
import type { TestDatabase } from './database.ts';

/** Rows of payments, written past the server. No feed tells of them. */

interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly owner_id: string | null;
  readonly currency: string;
  readonly total_amount: number;
  readonly expires_at: string;
}

export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly owner_id: string | null;
  readonly provider: ProviderName;
  readonly method: string;
  readonly reference: string;
  readonly provider_reference: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly captured_amount: number;
  readonly refunded_amount: number;
  readonly refund_pending_amount: number;
  readonly review_flags: readonly string[];
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly return_url: string;
  readonly phone_number: string | null;
  readonly details: object;
  readonly idempotency_key: string;
  readonly superseded_at: string | null;
  readonly expires_at: string;
  readonly next_inquiry_at: string | null;
  readonly created_at: string;
}

export const LONG_HENCE = '2099-01-01T00:00:00.000Z';

async function insert({ query }: TestDatabase, table: string, rows: readonly object[]): Promise<void> {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))].join();
  await query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

let numbers = 0;

export async function insertOrder(
  database: TestDatabase,
  order: Partial<OrderRow> & Pick<OrderRow, 'owner_id'>,
): Promise<OrderRow> {
  numbers += 1;
  const row: OrderRow = {
    id: newId(),
    number: `DTEST${numbers}`,
    currency: 'USD',
    total_amount: 500,
    expires_at: LONG_HENCE,
    ...order,
  };
  await insert(database, 'orders', [row]);
  return row;
}

/** Of an order of its own unless told. PENDING, and past by no means, unless told. */
export async function insertPayment(
  database: TestDatabase,
  { owner_id, ...payment }: Partial<PaymentRow> & Pick<PaymentRow, 'owner_id'>,
): Promise<PaymentRow> {
  const id = newId();
  const order_id = payment.order_id ?? (await insertOrder(database, { owner_id })).id;
  const row: PaymentRow = {
    id,
    owner_id,
    provider: 'STRIPE',
    method: 'HOSTED',
    reference: id,
    provider_reference: null,
    amount: 500,
    currency: 'USD',
    status: 'PENDING',
    captured_amount: 0,
    refunded_amount: 0,
    refund_pending_amount: 0,
    review_flags: [],
    failure_code: null,
    failure_message: null,
    return_url: 'https://app.example.com/paid',
    phone_number: null,
    details: {},
    idempotency_key: id,
    superseded_at: null,
    expires_at: LONG_HENCE,
    next_inquiry_at: null,
    created_at: new Date().toISOString(),
    ...payment,
    order_id,
  };
  await insert(database, 'payments', [row]);
  return row;
}

export async function insertFact(
  { query }: TestDatabase,
  paymentId: string,
  fact: Fact,
  { status, source = 'WEBHOOK' }: { status: PaymentStatus; source?: FactSource },
): Promise<void> {
  await query(
    'insert into payment_facts (payment_id, key, source, fact, status, at) values ($1, $2, $3, $4, $5, now())',
    [paymentId, factKey(fact), source, JSON.stringify(factToJson(fact)), status],
  );
}

export async function insertRefund(
  database: TestDatabase,
  payment: Pick<PaymentRow, 'id' | 'owner_id' | 'currency'>,
  refund: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = newId();
  const { id: payment_id, owner_id, currency } = payment;
  await insert(database, 'refunds', [
    {
      id,
      payment_id,
      owner_id,
      currency,
      amount: 100,
      status: 'REQUESTED',
      origin: 'APP',
      needs_manual: false,
      created_at: new Date().toISOString(),
      ...refund,
    },
  ]);
  return id;
}

export async function insertMessage(
  database: TestDatabase,
  message: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = newId();
  await insert(database, 'provider_messages', [
    {
      id,
      provider: 'STRIPE',
      key: id,
      type: 'checkout.session.completed',
      payload: {},
      status: 'UNMATCHED',
      attempts: 1,
      received_at: new Date().toISOString(),
      ...message,
    },
  ]);
  return id;
}

import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { OwnedList } from '../platform/owned-list.ts';
import type { ConnectionSource, EdgeSource, SortOrder } from '../platform/page.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Payment } from './payment.entity.ts';
import { conditionsOf, type PaymentFilter } from './payment.filter.ts';

interface Tables {
  payments: { id: string; order_id: string };
}

const COLUMNS = {
  id: 'payments.id',
  orderId: 'payments.order_id',
  ownerId: 'payments.owner_id',
  provider: 'payments.provider',
  status: 'payments.status',
  amount: 'payments.amount',
  currency: 'payments.currency',
  capturedAmount: 'payments.captured_amount',
  refundedAmount: 'payments.refunded_amount',
  refundPendingAmount: 'payments.refund_pending_amount',
  providerReference: 'payments.provider_reference',
  failureCode: 'payments.failure_code',
  failureMessage: 'payments.failure_message',
  reviewFlags: 'payments.review_flags',
  expiresAt: 'payments.expires_at',
  createdAt: 'payments.created_at',
  updatedAt: 'payments.updated_at',
} as const;
type PaymentProperty = keyof typeof COLUMNS;
/** What the API shows of a payment; what the payer has to do next is read apart, see next-action.reads.ts. */
export const paymentColumns = selectProperties(COLUMNS, Object.keys(COLUMNS) as PaymentProperty[]);

export type PaymentRow = RowOf<Payment, PaymentProperty>;
/** A payment as its resolvers find it: a row that was read, or the entity that a mutation wrote. */
export type PaymentSource = PaymentRow | Payment;
export type ListedPayment = PaymentRow & { sortKey: string };
export type PaymentConnectionSource = ConnectionSource<ListedPayment>;
export type PaymentEdgeSource = EdgeSource<ListedPayment>;

/** The order in which payments are listed; as the indexes payments_owner_idx and payments_created_idx have it. */
export const NEWEST_PAYMENTS_FIRST: SortOrder = {
  name: 'CREATED_AT',
  direction: 'DESC',
  id: sql`payments.id`,
  ...timestampKey(sql`payments.created_at`),
};

/** A person's payments. */
export const paymentList = (filter: PaymentFilter): OwnedList => ({
  name: 'payments',
  table: 'payments',
  owner: 'payments.owner_id',
  order: NEWEST_PAYMENTS_FIRST,
  shown: { name: '', select: rows => rows.select(paymentColumns) },
  conditions: () => conditionsOf(filter),
});

/** Newest first, whosever they are: what shows one has to know that it may. */
export async function readPayments(
  em: EntityManager,
  by: 'id' | 'order_id',
  ids: readonly string[],
): Promise<PaymentRow[]> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    `payments by ${by}`,
    () =>
      db
        .selectFrom('payments')
        .select(paymentColumns)
        .where(`payments.${by}`, '=', sql<string>`any(${slot('ids')}::uuid[])`)
        .orderBy('payments.id', 'desc'),
    { ids },
  );
  return rows as PaymentRow[];
}

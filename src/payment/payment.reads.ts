import { type Kysely, sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { filtered, shapeOf, valuesOf } from '../platform/filter.ts';
import {
  type ConnectionSource,
  type EdgeSource,
  notBeyond,
  type Page,
  type PageRequest,
  pageShape,
  pageValues,
  type SortOrder,
  selectPage,
  toPage,
} from '../platform/page.ts';
import { oneOfEach, pageOfEach, parentsWith } from '../platform/parents.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Payment } from './payment.entity.ts';
import { conditionsOf, type PaymentFilter } from './payment.filter.ts';

interface Tables {
  payments: { id: string; owner_id: string | null; order_id: string };
  parent: { id: string };
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

/** The one way to start a person's list: the payments of the parent. Who may see them is the caller's to ask. */
const paymentsOfParent = (db: Kysely<Tables>) =>
  db.selectFrom('payments').where('payments.owner_id', '=', sql.ref<string>('parent.id'));

/** The same page of each person's payments, in one query. Every person has an entry. */
export async function readPaymentPages(
  em: EntityManager,
  ownerIds: readonly string[],
  filter: PaymentFilter,
  page: PageRequest,
): Promise<{ ownerId: string; page: Page<ListedPayment> }[]> {
  const db = sqlOf<Tables>(em);
  const conditions = conditionsOf(filter);
  const rows = await runStatement(
    db,
    `payments ${shapeOf(conditions)} / ${pageShape(NEWEST_PAYMENTS_FIRST, page)}`,
    () => ({
      compile: () =>
        pageOfEach<ListedPayment>(
          selectPage(filtered(paymentsOfParent(db).select(paymentColumns), conditions), NEWEST_PAYMENTS_FIRST, page),
        ).compile(db),
    }),
    { parentIds: ownerIds, ...valuesOf(conditions), ...pageValues(page) },
  );
  const byOwner = Map.groupBy(rows, row => row.ownerId);
  return ownerIds.map(ownerId => ({ ownerId, page: toPage(byOwner.get(ownerId) ?? [], page) }));
}

/** How many payments of each person the filter leaves. */
export async function countPayments(em: EntityManager, ownerIds: readonly string[], filter: PaymentFilter) {
  const db = sqlOf<Tables>(em);
  const conditions = conditionsOf(filter);
  const count = filtered(paymentsOfParent(db).select(sql<number>`count(*)::int`.as('count')), conditions);
  const rows = await runStatement(
    db,
    `count payments ${shapeOf(conditions)}`,
    () => ({ compile: () => oneOfEach<{ count: number }>(count).compile(db) }),
    { parentIds: ownerIds, ...valuesOf(conditions) },
  );
  return rows.map(({ parentId, count: found }) => ({ ownerId: parentId, count: found }));
}

/** Which of the people have payments in the list beyond the page's `after` or `before`. */
export async function ownersWithPaymentsOutside(
  em: EntityManager,
  ownerIds: readonly string[],
  filter: PaymentFilter,
  page: PageRequest,
  side: 'after' | 'before',
) {
  const db = sqlOf<Tables>(em);
  const conditions = conditionsOf(filter);
  const outside = filtered(paymentsOfParent(db).select('payments.id'), conditions).where(
    notBeyond(NEWEST_PAYMENTS_FIRST, side),
  );
  const rows = await runStatement(
    db,
    `payments outside ${side} ${shapeOf(conditions)} / ${pageShape(NEWEST_PAYMENTS_FIRST, page)}`,
    () => ({ compile: () => parentsWith(outside).compile(db) }),
    { parentIds: ownerIds, ...valuesOf(conditions), ...pageValues(page) },
  );
  return rows.map(row => ({ ownerId: row.parentId }));
}

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

import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { filtered, shapeOf, valuesOf } from '../platform/filter.ts';
import type { SortOrder } from '../platform/page.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement } from '../platform/statement.ts';
import type { WholeList } from '../platform/whole-list.ts';
import { AMOUNT_MAX, type Money } from './money.ts';
import { conditionsOf, FLAGGED, type PaymentFilter } from './payment.filter.ts';
import { NEWEST_PAYMENTS_FIRST, paymentColumns } from './payment.reads.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from './state/fact.ts';

export const ALL_PAYMENTS: WholeList = {
  name: 'all payments',
  table: 'payments',
  columns: paymentColumns,
  order: NEWEST_PAYMENTS_FIRST,
};

/** As the index payments_review_idx has it. */
const LONGEST_WAITING_FIRST: SortOrder = {
  name: 'CREATED_AT',
  direction: 'ASC',
  id: sql`payments.id`,
  ...timestampKey(sql`payments.created_at`),
};

export const FLAGGED_PAYMENTS: WholeList = {
  name: 'flagged payments',
  table: 'payments',
  condition: FLAGGED,
  columns: paymentColumns,
  order: LONGEST_WAITING_FIRST,
};

export interface PaymentTotalRow {
  readonly status: PaymentStatus;
  readonly currency: string;
  readonly count: number;
  /** Null where it is more than the API's numbers hold. */
  readonly amount: Money | null;
  readonly refundedAmount: Money | null;
}

/** What the payments that the filter leaves come to: by status, lowest first, and currency. */
export async function readPaymentTotals(em: EntityManager, filter: PaymentFilter): Promise<PaymentTotalRow[]> {
  const db = sqlOf<{ payments: { status: PaymentStatus; currency: string } }>(em);
  const conditions = conditionsOf(filter);
  const rows = await runStatement(
    db,
    `payment totals ${shapeOf(conditions)}`,
    () =>
      filtered(db.selectFrom('payments'), conditions)
        .select(['payments.status', 'payments.currency', sql<number>`count(*)::int`.as('count')])
        // A sum of bigints has no bound, so PostgreSQL gives it as a numeric: its digits.
        .select([sql<string>`sum(amount)`.as('amount'), sql<string>`sum(refunded_amount)`.as('refunded')])
        .groupBy(['payments.status', 'payments.currency']),
    valuesOf(conditions),
  );
  const moneyOf = (digits: string, currency: string): Money | null =>
    BigInt(digits) > AMOUNT_MAX ? null : { amount: BigInt(digits), currency };
  const place = ({ status }: { status: PaymentStatus }) => PAYMENT_STATUSES.indexOf(status);
  return rows
    .toSorted((a, b) => place(a) - place(b) || (a.currency < b.currency ? -1 : 1))
    .map(({ amount, refunded, ...row }) => ({
      ...row,
      amount: moneyOf(amount, row.currency),
      refundedAmount: moneyOf(refunded, row.currency),
    }));
}

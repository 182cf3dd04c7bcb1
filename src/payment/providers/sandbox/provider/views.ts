import { instantText } from '../../../../platform/instant.ts';
import type { Checkout, Refund, Sql } from './tables.ts';

/** A checkout as the sandbox's API and its messages tell it. Amounts are texts of whole numbers, in the smallest unit. */
export interface CheckoutView {
  readonly id: string;
  readonly reference: string;
  readonly method: Checkout['method'];
  readonly amount: string;
  readonly currency: string;
  readonly status: Checkout['status'];
  /** Why the last try failed; of one that is still open too. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly paidAmount: string | null;
  readonly paidAt: string | null;
  readonly refunds: readonly RefundView[];
  readonly dispute: {
    readonly id: string;
    readonly status: string;
    readonly amount: string;
    readonly at: string;
  } | null;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export interface RefundView {
  readonly id: string;
  /** The idempotency key with which the merchant asked for it; null where the sandbox gave back by itself. */
  readonly key: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly status: Refund['status'];
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export async function viewOf(db: Sql, checkout: Checkout): Promise<CheckoutView> {
  const refunds = await db
    .selectFrom('sandbox_refunds')
    .selectAll()
    .where('checkout_id', '=', checkout.id)
    .orderBy('place')
    .execute();
  const { dispute_id: disputeId, disputed_at: disputedAt } = checkout;
  return {
    id: checkout.id,
    reference: checkout.reference,
    method: checkout.method,
    amount: checkout.amount,
    currency: checkout.currency,
    status: checkout.status,
    failure: failureOf(checkout),
    paidAmount: checkout.paid_amount,
    paidAt: checkout.paid_at === null ? null : instantText(checkout.paid_at),
    refunds: refunds.map(refund => refundView(refund, checkout)),
    dispute:
      disputeId === null || disputedAt === null
        ? null
        : {
            id: disputeId,
            status: checkout.dispute_status ?? 'OPEN',
            amount: checkout.paid_amount ?? checkout.amount,
            at: instantText(disputedAt),
          },
    createdAt: instantText(checkout.created_at),
    expiresAt: instantText(checkout.expires_at),
  };
}

export const refundView = (refund: Refund, { currency }: Pick<Checkout, 'currency'>): RefundView => ({
  id: refund.id,
  key: refund.idempotency_key,
  amount: refund.amount,
  currency,
  status: refund.status,
  failure: failureOf(refund),
});

const failureOf = ({ failure_code: code, failure_message: message }: Checkout | Refund) =>
  code === null ? null : { code, message: message ?? '' };

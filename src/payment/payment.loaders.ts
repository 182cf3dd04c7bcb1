import { manyByKey, oneByKey } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database.ts';
import { ownedLists } from '../platform/owned-list.ts';
import { type OpenAttempt, readOpenAttempts } from './next-action.reads.ts';
import { type ListedPayment, type PaymentRow, readPayments } from './payment.reads.ts';
import { type PaymentEventRow, readPaymentEvents } from './payment-event.reads.ts';
import { type RefundRow, readRefunds } from './refund.reads.ts';

export type PaymentLoaders = ReturnType<typeof createPaymentLoaders>;

/** For one operation. What a loader finds is not yet what the viewer may see: the field that asks has to know. */
export const createPaymentLoaders = (em: EntityManager, clock: Clock, viewerId: string | null) => ({
  byId: oneByKey(
    (ids: readonly string[]) => readPayments(em, 'id', ids),
    (payment: PaymentRow) => payment.id,
  ),
  byOrder: manyByKey(
    (orderIds: readonly string[]) => readPayments(em, 'order_id', orderIds),
    (payment: PaymentRow) => payment.orderId,
  ),
  /** Of the viewer's own, by the payment's id. */
  openAttempt: oneByKey(
    async (ids: readonly string[]) => (viewerId ? readOpenAttempts(em, viewerId, ids, clock()) : []),
    ({ attempt }: OpenAttempt) => attempt.id,
  ),
  /** By the payment's id, here and below. */
  events: manyByKey(
    (ids: readonly string[]) => readPaymentEvents(em, ids),
    (event: PaymentEventRow) => event.paymentId,
  ),
  refunds: manyByKey(
    (ids: readonly string[]) => readRefunds(em, 'payment_id', ids),
    (refund: RefundRow) => refund.paymentId,
  ),
  refundById: oneByKey(
    (ids: readonly string[]) => readRefunds(em, 'id', ids),
    (refund: RefundRow) => refund.id,
  ),
  /** By the owner's id. */
  ofOwner: ownedLists<ListedPayment>(em),
});

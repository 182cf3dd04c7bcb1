import type { Fact, PaymentStatus, RefundFact } from '../../state/fact.ts';
import type { SandboxCheckout, SandboxRefund } from './objects.ts';

/** All that a checkout says, its refunds and its dispute included. */
export function checkoutFacts(checkout: SandboxCheckout, type: string): Fact[] {
  const { currency, failure, paidAmount, paidAt, dispute } = checkout;
  const facts: Fact[] = [];
  const status = STATUSES[checkout.status];
  if (checkout.status === 'PAID')
    facts.push({
      kind: 'PAYMENT',
      type,
      status,
      at: paidAt,
      ...(paidAmount === null ? {} : { money: { amount: paidAmount, currency } }),
    });
  else if (checkout.status === 'FAILED') facts.push({ kind: 'PAYMENT', type, status, ...(failure ?? {}) });
  else {
    facts.push({ kind: 'PAYMENT', type, status });
    // The payer can try again: a failed try ends nothing.
    if (failure) facts.push({ kind: 'FAILURE', type, ...failure });
  }
  facts.push(...checkout.refunds.map(refund => refundFact(refund, type)));
  if (dispute)
    facts.push({
      kind: 'DISPUTE',
      type,
      reference: dispute.id,
      status: dispute.status,
      money: { amount: dispute.amount, currency },
      at: dispute.at,
    });
  return facts;
}

const STATUSES: Readonly<Record<SandboxCheckout['status'], PaymentStatus>> = {
  OPEN: 'PENDING',
  AWAITING_APPROVAL: 'PENDING',
  PROCESSING: 'PENDING',
  PAID: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCELED: 'CANCELED',
  EXPIRED: 'EXPIRED',
};

/** Ours by the key that it was asked for with, which is our id of it. */
export const refundFact = (
  { id, key, amount, currency, status, failure }: SandboxRefund,
  type: string,
): RefundFact => ({
  kind: 'REFUND',
  type,
  ...(key === null ? {} : { refundId: key }),
  reference: id,
  status,
  money: { amount, currency },
  ...(status === 'FAILED' ? (failure ?? {}) : {}),
});

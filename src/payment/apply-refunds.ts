import { User } from '../identity/user.entity.ts';
import type { EntityManager } from '../platform/database.ts';
import { paymentMail } from './jobs/payment-mail.job.ts';
import type { Applying } from './ledger.ts';
import type { Payment } from './payment.entity.ts';
import { Refund } from './refund.entity.ts';
import type { Fact } from './state/fact.ts';
import type { PaymentState } from './state/fold.ts';

/** Where the provider took all of it back, so did what was asked to go back. */
export function reversedRefunds(facts: readonly Fact[], refunds: readonly Refund[]): Fact[] {
  const reversed = facts.find(fact => fact.kind === 'PAYMENT' && fact.status === 'REVERSED');
  if (!reversed) return [];
  return refunds
    .filter(refund => refund.isOpen && refund.origin === 'APP')
    .map(refund => ({
      kind: 'REFUND',
      type: reversed.type,
      refundId: refund.id,
      status: 'SUCCEEDED',
      money: refund.money,
    }));
}

/** Writes how a payment's refunds stand, those of the provider's own making included. Part of applyFacts. */
export async function takeRefunds(
  em: EntityManager,
  payment: Payment,
  refunds: readonly Refund[],
  state: PaymentState,
  by: Applying,
): Promise<void> {
  // One that was taken for the provider's own until it was known whose it is. Ahead of the other, which takes its reference.
  const mistaken = refunds.filter(
    refund => refund.origin === 'PROVIDER' && !state.foreignRefunds.has(refund.providerReference ?? ''),
  );
  for (const refund of mistaken) em.remove(refund);
  if (mistaken.length > 0) await em.flush();
  const done: Refund[] = [];
  for (const [id, refundState] of state.refunds)
    for (const refund of refunds.filter(one => one.id === id)) if (refund.take(refundState, by.now)) done.push(refund);
  for (const [reference, refundState] of state.foreignRefunds) {
    const known = refunds.find(one => one.providerReference === reference && one.origin === 'PROVIDER');
    const refund = known ?? foreignRefund(em, payment, reference, refundState.amount);
    if (refund.take(refundState, by.now)) done.push(refund);
  }
  for (const refund of done) await by.jobs.enqueue(em, paymentMail, { mail: 'REFUNDED', id: refund.id });
}

function foreignRefund(em: EntityManager, payment: Payment, providerReference: string, amount: bigint): Refund {
  const refund = em.create(Refund, {
    payment,
    owner: payment.owner ? em.getReference(User, payment.owner.id) : null,
    amount,
    currency: payment.currency,
    origin: 'PROVIDER',
    providerReference,
  });
  em.persist(refund);
  return refund;
}

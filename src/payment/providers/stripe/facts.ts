import type { DisputeFact, Fact, RefundFact, RefundStatus } from '../../state/fact.ts';
import { fromStripe } from './amounts.ts';
import { paymentFailure, refundFailure } from './failures.ts';
import type { Dispute, PaymentIntent, Refund, Session } from './objects.ts';

/** What was learnt and when, for whatever facts an object gives. */
export interface Told {
  readonly type: string;
  readonly at: Date | null;
}

/** What a Checkout Session by itself says. */
export function sessionFacts(session: Session, told: Told): Fact[] {
  // Where nothing was to be paid the amount is 0: the fold sees that it is not what was asked for.
  if (session.payment_status !== 'unpaid')
    return [
      { kind: 'PAYMENT', ...told, status: 'SUCCEEDED', money: fromStripe(session.amount_total, session.currency) },
    ];
  // Complete and unpaid: the payer is done, and the bank takes its days.
  return [{ kind: 'PAYMENT', ...told, status: session.status === 'expired' ? 'EXPIRED' : 'PENDING' }];
}

/** What a PaymentIntent says. One that waits for the payer says nothing, except why the last try failed. */
export function intentFacts(intent: PaymentIntent, told: Told): Fact[] {
  const { status, last_payment_error: error } = intent;
  if (status === 'succeeded')
    return [
      { kind: 'PAYMENT', ...told, status: 'SUCCEEDED', money: fromStripe(intent.amount_received, intent.currency) },
    ];
  // The payer can try again in the same session: a failed try ends nothing.
  const facts: Fact[] = error ? [{ kind: 'FAILURE', ...told, ...paymentFailure(error) }] : [];
  if (status === 'processing') facts.push({ kind: 'PAYMENT', ...told, status: 'PENDING' });
  if (status === 'canceled') {
    const byItself = ['abandoned', 'automatic', 'expired'].includes(intent.cancellation_reason ?? '');
    facts.push({ kind: 'PAYMENT', ...told, status: byItself ? 'EXPIRED' : 'CANCELED' });
  }
  return facts;
}

/** After a completed session: the bank said no, days later, and nobody can try again. */
export function finalFailure(intent: PaymentIntent, told: Told): Fact {
  return { kind: 'PAYMENT', ...told, status: 'FAILED', ...paymentFailure(intent.last_payment_error ?? {}) };
}

const REFUND_STATUS: Readonly<Record<string, RefundStatus>> = {
  pending: 'PENDING',
  requires_action: 'PENDING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

/** What a refund says. `refundId` where it is known otherwise than by the metadata that it was made with. */
export function refundFact(refund: Refund, told: Told, refundId = refund.metadata.refund_id ?? null): RefundFact {
  const status = REFUND_STATUS[refund.status ?? ''] ?? 'PENDING';
  const failed = status === 'FAILED' || status === 'CANCELED';
  return {
    kind: 'REFUND',
    ...told,
    refundId,
    reference: refund.id,
    status,
    money: fromStripe(refund.amount, refund.currency),
    ...(failed ? refundFailure(refund.failure_reason ?? null) : {}),
  };
}

/** What a dispute said at a moment of Stripe's clock, in seconds. */
export function disputeFact(dispute: Dispute, type: string, second: number): DisputeFact {
  const status = disputeStatus(dispute.status);
  return {
    kind: 'DISPUTE',
    type,
    reference: dispute.id,
    status,
    money: fromStripe(dispute.amount, dispute.currency),
    // Stripe tells seconds. Within one of them a dispute is closed after it was opened, never before.
    at: new Date(second * 1000 + (status === 'OPEN' ? 0 : 999)),
  };
}

function disputeStatus(status: string): DisputeFact['status'] {
  if (status === 'lost') return 'LOST';
  // Whatever is not known to be over, one that was `prevented` by giving the money back included, is for a person to see.
  return status === 'won' || status === 'warning_closed' ? 'WON' : 'OPEN';
}

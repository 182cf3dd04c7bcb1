import type Stripe from 'stripe';
import { type Answer, type Attempt, type RefundRequest, RefusedError } from '../provider.ts';
import { toStripe } from './amounts.ts';
import { callStripe, DeclinedError } from './client.ts';
import { refundFact } from './facts.ts';
import { refundFailure } from './failures.ts';
import { refundsOf } from './lookups.ts';
import { Refund, Session } from './objects.ts';

/**
 * Gives back once, however often it is asked. The idempotency key holds for a day at least; after that, and where Stripe
 * keeps a failure under it although the refund was made, the refund is found by the id in its metadata.
 */
export async function refundOnce(stripe: Stripe, attempt: Attempt, refund: RefundRequest): Promise<Answer> {
  const intent = attempt.secondReference ?? (await intentIdOf(stripe, attempt));
  const told = { type: 'refund', at: null };
  const known = (await refundsOf(stripe, intent)).find(
    ({ id, metadata }) => metadata.refund_id === refund.id || id === refund.providerReference,
  );
  if (known) return { facts: [refundFact(known, told, refund.id)] };

  try {
    const { amount } = toStripe(refund.money);
    const made = await callStripe(Refund, () =>
      stripe.refunds.create(
        { payment_intent: intent, amount, metadata: { refund_id: refund.id, payment_id: attempt.id } },
        { idempotencyKey: `refund:${refund.id}` },
      ),
    );
    return { facts: [refundFact(made, told, refund.id)] };
  } catch (error) {
    if (!(error instanceof DeclinedError)) throw error;
    // This refund is over. Whoever wants the money back all the same asks for another one, which has a key of its own.
    return {
      facts: [
        {
          kind: 'REFUND',
          type: 'refund.refused',
          refundId: refund.id,
          status: 'FAILED',
          money: refund.money,
          ...refundFailure(error.code),
        },
      ],
    };
  }
}

/** Where the message that names it has not come yet. */
async function intentIdOf(stripe: Stripe, { providerReference }: Attempt): Promise<string> {
  if (providerReference === null) throw new RefusedError('Stripe has no session of this payment: nothing to refund.');
  const session = await callStripe(Session, () => stripe.checkout.sessions.retrieve(providerReference));
  if (!session.payment_intent) throw new RefusedError('Nothing was paid in this session: nothing to refund.');
  return session.payment_intent;
}

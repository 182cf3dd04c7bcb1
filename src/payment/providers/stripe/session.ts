import type Stripe from 'stripe';
import type { Fact } from '../../state/fact.ts';
import { type Answer, type Attempt, type RefundRequest, RefusedError, UnknownOutcomeError } from '../provider.ts';
import { toStripe } from './amounts.ts';
import { callStripe, DeclinedError, ReplayedFailureError } from './client.ts';
import { disputeFact, finalFailure, intentFacts, refundFact, sessionFacts } from './facts.ts';
import { paymentFailure } from './failures.ts';
import { disputesOf, refundsOf } from './lookups.ts';
import { ExpandedSession, OpenedSession, Session } from './objects.ts';

/** `returnUrl` is where the payer's browser comes back to, whether it paid or not. */
export async function openSession(stripe: Stripe, attempt: Attempt, returnUrl: string): Promise<Answer> {
  try {
    const session = await callStripe(OpenedSession, () =>
      stripe.checkout.sessions.create(sessionParameters(attempt, returnUrl), {
        idempotencyKey: `pay:${attempt.id}:session`,
      }),
    );
    if (session.status === 'open' && !session.url) throw new UnknownOutcomeError('Stripe gave no page to pay on.');
    return {
      facts: sessionFacts(session, { type: 'session.created', at: null }),
      reference: session.id,
      secondReference: session.payment_intent ?? null,
      ...(session.url && { details: { url: session.url } }),
    };
  } catch (error) {
    return { facts: [refusalFact(error)] };
  }
}

/** The same each time for one attempt: with other parameters Stripe would refuse the key. */
function sessionParameters(attempt: Attempt, returnUrl: string): Stripe.Checkout.SessionCreateParams {
  const { amount, currency } = toStripe(attempt.money);
  // The session's metadata do not go over to its PaymentIntent by themselves.
  const metadata = { payment_id: attempt.id, order_id: attempt.orderId };
  return {
    mode: 'payment',
    client_reference_id: attempt.reference,
    line_items: [
      {
        quantity: 1,
        price_data: { currency, unit_amount: amount, product_data: { name: `Order ${attempt.orderNumber}` } },
      },
    ],
    success_url: returnUrl,
    cancel_url: returnUrl,
    expires_at: Math.floor(attempt.expiresAt.getTime() / 1000),
    metadata,
    payment_intent_data: { metadata },
    // The payer pays what the order says, in its currency.
    adaptive_pricing: { enabled: false },
    allow_promotion_codes: false,
  };
}

/** What it means that no session was made; throws where that is not certain, or nothing that this attempt is to blame for. */
function refusalFact(error: unknown): Fact {
  // Nobody has ever been given the page of a session whose only answer was a failure: it cannot be paid.
  if (error instanceof ReplayedFailureError)
    return {
      kind: 'PAYMENT',
      type: 'session.failed',
      status: 'FAILED',
      code: 'api_error',
      message: 'Stripe could not begin the payment. Try again.',
    };
  if (!(error instanceof DeclinedError)) throw error;
  // Too late to begin: the session would have to be open for half an hour at least.
  if (error.param === 'expires_at') return { kind: 'PAYMENT', type: 'session.refused', status: 'EXPIRED' };
  const isAboutMoney = error.code?.startsWith('amount_') || /currency|amount/.test(error.param ?? '');
  if (!isAboutMoney)
    throw new RefusedError(
      `Stripe refuses to make a Checkout Session: code ${error.code ?? 'none'}, parameter ${error.param ?? 'none'}.`,
      error.code,
    );
  const { code, message } = paymentFailure(error);
  const known = error.code?.startsWith('amount_') ? message : 'Stripe does not take this currency or amount here.';
  return { kind: 'PAYMENT', type: 'session.refused', status: 'FAILED', code, message: known };
}

const INQUIRY = 'inquiry';

/** All that Stripe has of a session: how it stands, its tries, refunds and disputes. */
export async function inquireSession(
  stripe: Stripe,
  id: string,
  refunds: readonly RefundRequest[],
  now: Date,
): Promise<Answer> {
  const session = await callStripe(ExpandedSession, () =>
    stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] }),
  );
  const { payment_intent: intent } = session;
  const told = { type: INQUIRY, at: null };
  const facts = sessionFacts({ ...session, payment_intent: intent?.id }, told);
  if (!intent) return { facts, reference: id };

  const gaveUp = session.status === 'complete' && intent.status === 'requires_payment_method';
  facts.push(...intentFacts(intent, told), ...(gaveUp ? [finalFailure(intent, told)] : []));
  for (const refund of await refundsOf(stripe, intent.id)) {
    const ours = refunds.find(({ providerReference }) => providerReference === refund.id);
    facts.push(refundFact(refund, told, ours?.id));
  }
  if (intent.latest_charge?.disputed) {
    for (const dispute of await disputesOf(stripe, intent.id)) {
      const fact = disputeFact(dispute, INQUIRY, dispute.created);
      // One that is open is told of its beginning, so that no message about it is taken for an older one.
      facts.push(fact.status === 'OPEN' ? fact : { ...fact, at: now });
    }
  }
  return { facts, reference: id, secondReference: intent.id };
}

/** Sees to it that nobody can pay any more; what happened already is answered as it is. */
export async function closeSession(stripe: Stripe, id: string, now: Date): Promise<Answer> {
  try {
    await callStripe(Session, () => stripe.checkout.sessions.expire(id));
    return { facts: [{ kind: 'PAYMENT', type: 'session.closed', status: 'CANCELED' }], reference: id };
  } catch (error) {
    // It is complete or has expired.
    if (error instanceof DeclinedError) return await inquireSession(stripe, id, [], now);
    throw error;
  }
}

import type Stripe from 'stripe';
import { z } from 'zod';
import type { PaymentLocator, ProviderMessage, Reading } from '../provider.ts';
import { disputeFact, intentFacts, refundFact, sessionFacts, type Told } from './facts.ts';
import { intentOf, refundsOf } from './lookups.ts';
import { EventObject, type PaymentIntent, type StripeEvent } from './objects.ts';

/** What the webhook endpoint at Stripe has to be subscribed to; whatever else comes is thanked for and forgotten. */
export const EVENT_TYPES = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
];

/** The least that every object of Stripe's has: by it a payment is found whose message is of a version unknown here. */
const Named = z.object({
  object: z.string(),
  id: z.string(),
  payment_intent: z.string().nullish().catch(null),
});

/** What is kept of an event. */
const Payload = z.object({ created: z.int(), object: EventObject.nullable(), named: Named.nullable() });

/** What is kept of it; null where it is of no type that says something of a payment. */
export function messageOf(event: StripeEvent): ProviderMessage | null {
  if (!EVENT_TYPES.includes(event.type)) return null;
  const object = EventObject.safeParse(event.data.object).data ?? null;
  const named = object ? null : (Named.safeParse(event.data.object).data ?? null);
  return { key: event.id, type: event.type, payload: { created: event.created, object, named } };
}

/** What a kept event says. Asks Stripe where the event does not say which payment it is about. */
export async function readMessage(stripe: Stripe, { type, payload }: ProviderMessage): Promise<Reading> {
  const { created, object, named } = Payload.parse(payload);
  const told: Told = { type, at: new Date(created * 1000) };
  if (!object) return askAbout(named);
  switch (object.object) {
    case 'checkout.session': {
      if (!object.metadata.payment_id) return ABOUT_NOBODY;
      const failed = type === 'checkout.session.async_payment_failed';
      return {
        payment: { id: object.metadata.payment_id, providerReference: object.id },
        facts: failed ? [{ kind: 'PAYMENT', ...told, status: 'FAILED' }] : sessionFacts(object, told),
        secondReference: object.payment_intent ?? null,
        // The session does not say why.
        ask: failed,
      };
    }
    case 'payment_intent':
      return ofIntent(object, () => intentFacts(object, told));
    case 'refund':
      // Those that were made here say whose they are.
      if (object.metadata.payment_id)
        return {
          payment: { id: object.metadata.payment_id, secondReference: object.payment_intent ?? null },
          facts: [refundFact(object, told)],
        };
      return ofIntentId(stripe, object.payment_intent, told, async () => [refundFact(object, told)]);
    case 'charge':
      return ofIntentId(stripe, object.payment_intent, told, async intent =>
        (await refundsOf(stripe, intent)).map(refund => refundFact(refund, told)),
      );
    case 'dispute':
      return ofIntentId(stripe, object.payment_intent, told, async () => [disputeFact(object, type, created)]);
  }
}

/** Of a payment that something else at the same Stripe account made. */
const ABOUT_NOBODY: Reading = { payment: null, facts: [] };

const ofIntent = ({ id, metadata }: PaymentIntent, facts: () => Reading['facts']): Reading =>
  metadata.payment_id
    ? { payment: { id: metadata.payment_id, secondReference: id }, facts: facts(), secondReference: id }
    : ABOUT_NOBODY;

/** Neither disputes nor refunds of the Dashboard carry our metadata: only the PaymentIntent knows whose they are. */
async function ofIntentId(
  stripe: Stripe,
  id: string | null | undefined,
  told: Told,
  factsOf: (intent: string) => Promise<Reading['facts']>,
): Promise<Reading> {
  if (!id) return ABOUT_NOBODY;
  const intent = await intentOf(stripe, id);
  if (!intent.metadata.payment_id) return ABOUT_NOBODY;
  const facts = [...intentFacts(intent, told), ...(await factsOf(id))];
  return ofIntent(intent, () => facts);
}

function askAbout(named: z.infer<typeof Named> | null): Reading {
  const payment: PaymentLocator | null =
    named?.object === 'checkout.session'
      ? { providerReference: named.id }
      : named?.object === 'payment_intent'
        ? { secondReference: named.id }
        : named?.payment_intent
          ? { secondReference: named.payment_intent }
          : null;
  return { payment, facts: [], ask: payment !== null };
}

import { z } from 'zod';

/**
 * Stripe's objects, as far as they are looked at. Whatever else is in them is dropped when they are read, so that no personal
 * data is kept with a message.
 */

const amount = z.int().nonnegative();
const currency = z.string().regex(/^[a-z]{3}$/);
/** An id, or the object that was asked for in its place. */
const idOf = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish();
const uuid = z.uuid().optional().catch(undefined);
const metadata = z
  .object({ payment_id: uuid, refund_id: uuid })
  .nullish()
  .transform(given => given ?? {});
/** What stands in a program's vocabulary; anything else is not kept. */
const word = z
  .string()
  .regex(/^\w{1,64}$/)
  .nullish()
  .catch(null);

export const PaymentIntent = z.object({
  object: z.literal('payment_intent'),
  id: z.string(),
  status: z.string(),
  amount_received: amount,
  currency,
  metadata,
  cancellation_reason: word,
  last_payment_error: z.object({ code: word, decline_code: word }).nullish(),
});
export type PaymentIntent = z.infer<typeof PaymentIntent>;

export const Session = z.object({
  object: z.literal('checkout.session'),
  id: z.string(),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
  amount_total: amount,
  currency,
  payment_intent: idOf,
  metadata,
});
export type Session = z.infer<typeof Session>;

/** As `start` reads it: with where the payer goes. */
export const OpenedSession = Session.extend({ url: z.url().nullish() });

/** As an inquiry reads it. */
export const ExpandedSession = Session.omit({ payment_intent: true }).extend({
  payment_intent: PaymentIntent.extend({
    latest_charge: z.object({ id: z.string(), disputed: z.boolean() }).nullish(),
  }).nullish(),
});

export const Refund = z.object({
  object: z.literal('refund'),
  id: z.string(),
  status: z.string().nullable(),
  amount,
  currency,
  created: z.int(),
  payment_intent: idOf,
  failure_reason: word,
  metadata,
});
export type Refund = z.infer<typeof Refund>;

export const Charge = z.object({ object: z.literal('charge'), id: z.string(), payment_intent: idOf });
export type Charge = z.infer<typeof Charge>;

export const Dispute = z.object({
  object: z.literal('dispute'),
  id: z.string(),
  status: z.string(),
  amount,
  currency,
  created: z.int(),
  payment_intent: idOf,
});
export type Dispute = z.infer<typeof Dispute>;

export const EventObject = z.discriminatedUnion('object', [Session, PaymentIntent, Refund, Charge, Dispute]);
export type EventObject = z.infer<typeof EventObject>;

export const StripeEvent = z.object({
  id: z.string().regex(/^evt_\w{1,200}$/),
  type: z.string(),
  created: z.int(),
  data: z.object({ object: z.unknown() }),
});
export type StripeEvent = z.infer<typeof StripeEvent>;

export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), has_more: z.boolean() });

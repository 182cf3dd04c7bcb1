import type Stripe from 'stripe';
import type { z } from 'zod';
import { UnknownOutcomeError } from '../provider.ts';
import { callStripe } from './client.ts';
import { Dispute, listOf, PaymentIntent, Refund } from './objects.ts';

/** As many as Stripe gives at once, and as many pages as anybody reads. */
const PAGE_SIZE = 100;
const PAGES_MAX = 100;

interface PageArguments {
  readonly limit: number;
  readonly starting_after?: string;
}

/** All items of a list, newest first. */
export async function wholeList<Item extends z.ZodType<{ id: string }>>(
  item: Item,
  page: (page: PageArguments) => Promise<unknown>,
): Promise<z.infer<Item>[]> {
  const items: z.infer<Item>[] = [];
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const last = items.at(-1);
    const list = await callStripe(listOf(item), () =>
      page({ limit: PAGE_SIZE, ...(last && { starting_after: last.id }) }),
    );
    items.push(...list.data);
    if (!list.has_more || list.data.length === 0) return items;
  }
  throw new UnknownOutcomeError(`Stripe's list has more than ${PAGES_MAX} pages.`);
}

export const refundsOf = (stripe: Stripe, intent: string): Promise<Refund[]> =>
  wholeList(Refund, page => stripe.refunds.list({ ...page, payment_intent: intent }));

export const disputesOf = (stripe: Stripe, intent: string): Promise<Dispute[]> =>
  wholeList(Dispute, page => stripe.disputes.list({ ...page, payment_intent: intent }));

export const intentOf = (stripe: Stripe, intent: string): Promise<PaymentIntent> =>
  callStripe(PaymentIntent, () => stripe.paymentIntents.retrieve(intent));

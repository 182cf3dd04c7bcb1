import { expect } from 'vitest';
import type { Person } from '../support/app.ts';
import { type ProviderShop, postForm, postJson } from '../support/provider-shop.ts';
import { RETURN_URL, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import type { AfterPaid, Delivery, History, JazzCashHistory, StripeHistory } from './payment-history.ts';

/** An attempt, as this server knows it. */
export interface Started {
  readonly id: string;
  readonly globalId: string;
  /** Ours. */
  readonly reference: string;
  /** Stripe's session; of JazzCash nothing. */
  readonly session: string;
}

export interface Played {
  readonly history: History;
  readonly orderId: string;
  readonly stripe: Started | null;
  readonly jazzCash: Started | null;
  /** Whether Stripe's session ended by itself; otherwise it was this server that closed it, once the order was paid. */
  readonly isExpiredThere: boolean;
}

export interface Players {
  readonly buyer: Person;
  readonly admin: Person;
}

/** Each message once, in its order, each of them done before the next thing happens. */
export const IN_ORDER = 'IN_ORDER';

let keys = 0;

/** Lets it happen, and delivers its messages; those that come late as well, unless they are lost. */
export async function play(
  shop: ProviderShop,
  players: Players,
  history: History,
  delivery: Delivery | typeof IN_ORDER = history.delivery,
): Promise<Played> {
  const { order } = await shop.mutate(
    'placeOrder',
    'PlaceOrderInput',
    {
      lines: [{ sku: 'pro-30-days', quantity: history.quantity }],
      currency: 'PKR',
      idempotencyKey: `order ${++keys}`,
    },
    'order { id }',
    players.buyer,
  );
  // The second of two attempts takes the place of the first, which can be paid all the same.
  const jazzCash = history.jazzCash ? await startAttempt(shop, players.buyer, order.id, 'JAZZCASH') : null;
  const stripe = history.stripe ? await startAttempt(shop, players.buyer, order.id, 'STRIPE') : null;
  if (stripe && jazzCash) await shop.app.services.payments.calls.cancel(jazzCash.id);
  const post = openPost(delivery);
  let isExpiredThere = false;
  const acts = [
    async () => {
      if (history.stripe && stripe)
        isExpiredThere = await playStripe(shop, players.admin, history.stripe, stripe, post);
    },
    async () => history.jazzCash && jazzCash && playJazzCash(shop, history.jazzCash, jazzCash, post),
  ];
  if (delivery === IN_ORDER) for (const act of acts) await act();
  else await Promise.all(acts.map(act => act()));
  await post.deliverLate();
  return { history, orderId: uuidOf('order', order.id), stripe, jazzCash, isExpiredThere };
}

async function startAttempt(shop: ProviderShop, buyer: Person, orderId: string, provider: string): Promise<Started> {
  const { payment, userErrors } = await shop.mutate(
    'startPayment',
    'StartPaymentInput',
    { orderId, provider, returnUrl: RETURN_URL, idempotencyKey: `payment ${++keys}` },
    'payment { id providerReference nextAction { ... on FormPostAction { url fields } } }',
    buyer,
  );
  expect(userErrors).toEqual([]);
  const id = uuidOf('payment', payment.id);
  const [row] = await shop.database.query('select reference from payments where id = $1', [id]);
  if (provider === 'JAZZCASH')
    expect((await postForm(payment.nextAction.url, payment.nextAction.fields)).status).toBe(200);
  return { id, globalId: payment.id, reference: String(row?.reference), session: payment.providerReference ?? '' };
}

/**
 * Whatever has happened at Stripe so far that was not sent yet is sent after each step. Answers whether the session expired.
 * Where this server closes it meanwhile, because the order is paid, the payer can do no more.
 */
async function playStripe(
  shop: ProviderShop,
  admin: Person,
  { declines, end, after }: StripeHistory,
  payment: Started,
  post: Post,
): Promise<boolean> {
  const { account } = shop.stripe;
  const { session } = payment;
  const isOpen = () => account.sessions.get(session)?.status === 'open';
  const sent = new Set<string>();
  const send = async () => {
    for (const { id, type } of eventsOf(shop, session).filter(event => !sent.has(event.id))) {
      sent.add(id);
      // One of a type that nobody is subscribed to leaves no row.
      const isDone = async () => !/^charge\.succeeded$/.test(type) && (await isProcessed(shop, 'key', id));
      await post.send(
        () => shop.stripe.control({ do: 'deliver', events: [id] }),
        async () => type === 'charge.succeeded' || isDone(),
      );
    }
  };
  for (let tries = 0; tries < declines && isOpen(); tries += 1) account.decline(session);
  await send();
  if (!isOpen()) return false;
  if (end === 'PAID') account.pay(session);
  if (end === 'PAID_LATER' || end === 'REFUSED_LATER') account.payLater(session);
  await send();
  if (end === 'PAID_LATER' || end === 'REFUSED_LATER') account.settle(session, end === 'PAID_LATER');
  const isExpired = end === 'EXPIRED' && isOpen();
  if (isExpired) account.expire(session);
  await send();
  if (end !== 'PAID' && end !== 'PAID_LATER') return isExpired;
  for (const act of after) {
    await (act.kind === 'DISPUTE' ? dispute(shop, session, act.end, send) : refund(shop, admin, payment, act, send));
    await send();
  }
  return false;
}

async function dispute(shop: ProviderShop, session: string, end: 'won' | 'lost' | null, send: () => Promise<void>) {
  const { account } = shop.stripe;
  const { id } = account.dispute(intentOf(shop, session));
  await send();
  if (end) account.closeDispute(id, end);
}

async function refund(
  shop: ProviderShop,
  admin: Person,
  payment: Started,
  { here, fifths, ends }: Extract<AfterPaid, { kind: 'REFUND' }>,
  send: () => Promise<void>,
): Promise<void> {
  const { account } = shop.stripe;
  const intent = intentOf(shop, payment.session);
  const back = [...account.refunds.values()].filter(one => one.payment_intent === intent && isUnderWay(one.status));
  const left = (account.intents.get(intent)?.amount ?? 0) - back.reduce((sum, { amount }) => sum + amount, 0);
  const amount = Math.floor((left * fifths) / 5);
  if (amount === 0) return;
  const id = here ? await refundHere(shop, admin, payment, amount) : account.refund(intent, amount).id;
  if (id === null) return;
  await send();
  for (const status of ends) {
    account.finishRefund(id, status);
    await send();
  }
}

/** Null where it is not allowed, because a lost dispute took the money already. */
async function refundHere(shop: ProviderShop, admin: Person, { id, globalId }: Started, amount: number) {
  // An admin looks before.
  await shop.app.services.payments.calls.ask(id);
  const input = { paymentId: globalId, amount, idempotencyKey: `refund ${++keys}` };
  const { refund: made, userErrors } = await shop.mutate(
    'refundPayment',
    'RefundPaymentInput',
    input,
    'refund { id }',
    admin,
  );
  if (userErrors.length > 0) {
    expect(userErrors[0].code).toBe('NOT_ALLOWED');
    return null;
  }
  const refundId = uuidOf('refund', made.id);
  const refunds = [...shop.stripe.account.refunds.values()];
  const found = refunds.find(({ metadata }) => (metadata as { refund_id?: string }).refund_id === refundId);
  expect(found, 'the refund at Stripe').toBeDefined();
  return found?.id ?? null;
}

async function playJazzCash(
  shop: ProviderShop,
  { first, isPaid }: JazzCashHistory,
  { reference }: Started,
  post: Post,
): Promise<void> {
  for (const code of [first, isPaid ? '000' : null]) {
    if (code === null) continue;
    await shop.jazzCash.control({ settle: { reference, code } });
    const message = await shop.jazzCash.ipnFields(reference);
    await post.send(
      async () => expect((await postJson(`${shop.url}/webhooks/jazzcash`, message)).status).toBe(200),
      () => isProcessed(shop, `payload->>'code' = '${message.pp_ResponseCode}' and payload->>'reference'`, reference),
    );
  }
}

async function isProcessed({ database }: ProviderShop, column: string, value: string): Promise<boolean> {
  const rows = await database.query(`select status from provider_messages where ${column} = $1`, [value]);
  return rows.length > 0 && rows.every(({ status }) => status === 'PROCESSED');
}

/** Of one session, oldest first. */
export const eventsOf = (shop: ProviderShop, session: string) => {
  const intent = intentOf(shop, session);
  return shop.stripe.account.events.filter(({ data }) => {
    const { id, payment_intent: of } = data.object as { id: string; payment_intent?: string | null };
    return id === session || (intent !== '' && (id === intent || of === intent));
  });
};

/** Of a session that nobody has tried to pay: none. */
export function intentOf({ stripe: { account } }: ProviderShop, session: string): string {
  const paymentId = (account.sessions.get(session)?.metadata as { payment_id?: string } | undefined)?.payment_id;
  const found = [...account.intents.values()].find(
    ({ metadata }) => (metadata as { payment_id?: string }).payment_id === paymentId,
  );
  return found?.id ?? '';
}

export const isUnderWay = (status: string) => status !== 'failed' && status !== 'canceled';

interface Post {
  send(deliver: () => Promise<unknown>, isDone: () => Promise<boolean>): Promise<void>;
  deliverLate(): Promise<void>;
}

function openPost(delivery: Delivery | typeof IN_ORDER): Post {
  const running: Promise<unknown>[] = [];
  const late: { readonly rank: number; readonly deliver: () => Promise<unknown> }[] = [];
  let count = 0;
  return {
    async send(deliver, isDone) {
      if (delivery === IN_ORDER) {
        await deliver();
        return until('the message is done', isDone, 60_000);
      }
      const nth = <Value>(values: readonly Value[]) => values[count % values.length];
      for (let copy = 0; copy < (nth(delivery.copies) ?? 0); copy += 1)
        if (nth(delivery.early)) running.push(deliver());
        else late.push({ rank: (nth(delivery.ranks) ?? 0) + copy * 13, deliver });
      count += 1;
    },
    async deliverLate() {
      late.sort((a, b) => a.rank - b.rank);
      if (delivery !== IN_ORDER && delivery.together) running.push(...late.map(({ deliver }) => deliver()));
      else for (const { deliver } of late) await deliver();
      await Promise.all(running);
    },
  };
}

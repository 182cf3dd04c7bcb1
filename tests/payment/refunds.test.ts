import { expect, test } from 'vitest';
import type { Person } from '../support/app.ts';
import { type Shop, type StripeShop, startStripeShop, untilStatus, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';

async function paidPayment(shop: StripeShop, quantity = 6) {
  const order = await shop.order({ quantity });
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  return { order, payment };
}

const refund = (shop: Shop, admin: Person, input: object) =>
  shop.mutate(
    'refundPayment',
    'RefundPaymentInput',
    input,
    'refund { id status amount { amount } } payment { refundableAmount { amount } }',
    admin,
  );

test('50 refunds of a third each that are asked for at once give back three thirds', async () => {
  await using shop = await startStripeShop({ settings: { DATABASE_POOL_MAX: '20' } });
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidPayment(shop);

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      refund(shop, admin, { paymentId: payment.id, amount: 1_000, idempotencyKey: `refund ${n}` }),
    ),
  );

  const given = answers.filter(answer => answer.refund);
  const refused = answers.filter(answer => !answer.refund);
  expect(given).toHaveLength(3);
  expect(new Set(refused.map(answer => answer.userErrors[0].code))).toEqual(new Set(['NOT_ALLOWED']));
  await until('the order is REFUNDED', async () => (await shop.orderNow(order.id)).status === 'REFUNDED');
  expect(shop.stripe.counts.refundedTotal).toBe(3_000);
  expect(Object.values(shop.stripe.counts.refundsByKey)).toEqual([1, 1, 1]);
});

test('a refund that is repeated with its key is one refund, and its plan and mail go back once', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidPayment(shop, 1);
  const input = { paymentId: payment.id, idempotencyKey: 'all of it', reason: 'asked for it' };

  const first = await refund(shop, admin, input);
  const again = await refund(shop, admin, input);

  expect(again.refund.id).toBe(first.refund.id);
  await until('the order is REFUNDED', async () => (await shop.orderNow(order.id)).status === 'REFUNDED');
  expect(await shop.me()).toEqual({ plan: 'FREE', planExpiresAt: null });
  await until('the mail has come', async () => (await shop.mails('Your refund')).length > 0);
  expect(await shop.mails('Your refund')).toHaveLength(1);
  expect(shop.stripe.counts.refundedTotal).toBe(500);
});

test('a refund whose answer is lost is made once, and its end is known later', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidPayment(shop, 1);
  await shop.stripe.control({ do: 'webhooks', url: null });
  for (const _try of [1, 2])
    await shop.stripe.control({ do: 'fault', fault: { on: 'POST /v1/refunds', how: 'DROP', done: true } });

  const answer = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'lost' });
  const jobs = await shop.database.query(`select 1 from pgboss.job where name = 'refund-retry'`);
  const [{ id } = { id: '' }] = await shop.database.query('select id from refunds');
  await shop.app.services.payments.calls.refund(String(id));

  expect(answer.refund.status).toBe('REQUESTED');
  expect(jobs).toHaveLength(1);
  expect((await shop.orderNow(order.id)).status).toBe('REFUNDED');
  expect(shop.stripe.counts.refundedTotal).toBe(500);
});

test('a refund that fails later gives the plan back, and its amount can be refunded anew', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidPayment(shop, 1);
  await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'first' });
  await until('the order is REFUNDED', async () => (await shop.orderNow(order.id)).status === 'REFUNDED');
  const [made] = shop.stripe.account.refunds.keys();

  await shop.stripe.control({ do: 'finishRefund', refund: String(made), status: 'failed' });
  await until('the order is PAID', async () => (await shop.orderNow(order.id)).status === 'PAID');
  const again = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'second' });

  expect((await shop.payment(payment.id)).refunds.map((one: { status: string }) => one.status).sort()).toContain(
    'FAILED',
  );
  expect(again.userErrors).toEqual([]);
});

test('a refund made at the provider itself is known here, and counts', async () => {
  await using shop = await startStripeShop();
  const { order, payment } = await paidPayment(shop);
  const [intent] = shop.stripe.account.intents.keys();

  await shop.stripe.control({ do: 'refund', intent: String(intent), amount: 1_000 });

  await until('it is known', async () => (await shop.orderNow(order.id)).status === 'PARTIALLY_REFUNDED');
  expect((await shop.payment(payment.id)).refundableAmount.amount).toBe(2_000);
  expect(await shop.database.query('select origin from refunds')).toEqual([{ origin: 'PROVIDER' }]);
});

test('nobody but an admin can refund', async () => {
  await using shop = await startStripeShop();
  const { payment } = await paidPayment(shop, 1);

  const { errors } = await shop.execute(
    'mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { refund { id } } }',
    { input: { paymentId: payment.id, idempotencyKey: 'mine' } },
    shop.buyer,
  );

  expect(errors[0]?.extensions?.code).toBe('FORBIDDEN');
  expect(shop.stripe.counts.refundedTotal).toBe(0);
  expect(uuidOf('payment', payment.id)).toMatch(/^[0-9a-f-]{36}$/);
});

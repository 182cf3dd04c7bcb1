import { expect, test } from 'vitest';
import { expireOrders } from '../../src/payment/order-expiry.ts';
import { startApp } from '../support/app.ts';
import { type Shop, type StripeShop, startStripeShop, untilStatus, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const SESSION = 'GET /v1/checkout/sessions/{session}';
const DAY_MS = 86_400_000;

const byId = async (shop: Shop, field: string, selection: string, id: string) => {
  const { data, errors } = await shop.execute(
    `mutation ($id: ID!) { ${field}(id: $id) { ${selection} userErrors { code path message } } }`,
    { id },
    shop.buyer,
  );
  expect(errors).toEqual([]);
  return data[field];
};
const cancelPayment = (shop: Shop, id: string) =>
  byId(shop, 'cancelPayment', 'payment { id status nextAction { __typename } }', id);
const cancelOrder = (shop: Shop, id: string) => byId(shop, 'cancelOrder', 'order { id status }', id);
const flagsOf = async (shop: Shop, id: string) =>
  (await shop.database.query('select review_flags from payments where id = $1', [uuidOf('payment', id)]))[0]
    ?.review_flags;
const statusAtStripe = ({ stripe }: StripeShop, session: string) => stripe.account.sessions.get(session)?.status;
const expire = ({ app: { services } }: Shop) => expireOrders({ transact: services.transact, clock: services.clock });

test('an attempt that is canceled cannot be paid any more; repeated, it stays so, and another one can be begun', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);

  const canceled = await cancelPayment(shop, payment.id);
  const again = await cancelPayment(shop, payment.id);
  const other = await shop.start(order.id);

  expect(canceled).toEqual({ payment: { id: payment.id, status: 'CANCELED', nextAction: null }, userErrors: [] });
  expect(again).toEqual(canceled);
  expect(statusAtStripe(shop, shop.sessionOf(payment))).toBe('expired');
  expect(other.payment).toMatchObject({ status: 'PENDING' });
  expect(other.payment.id).not.toBe(payment.id);
});

test('an attempt that is paid cannot be canceled, also where nobody here knew of it', async () => {
  await using shop = await startStripeShop();
  await shop.stripe.control({ do: 'webhooks', url: null });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });

  const tooLate = await cancelPayment(shop, payment.id);
  const again = await cancelPayment(shop, payment.id);

  expect(tooLate).toMatchObject({
    payment: { status: 'SUCCEEDED' },
    userErrors: [{ code: 'NOT_ALLOWED', path: ['id'] }],
  });
  expect(again).toMatchObject({ payment: null, userErrors: [{ code: 'NOT_ALLOWED' }] });
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
});

test('an attempt that a bank still works on cannot be canceled, and is told as such', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'payLater', session: shop.sessionOf(payment) });

  const answer = await cancelPayment(shop, payment.id);

  expect(answer).toMatchObject({
    payment: { status: 'PENDING' },
    userErrors: [{ code: 'NOT_ALLOWED', message: expect.stringContaining('gone to the bank') }],
  });
});

test("another person's payment and order are not there: to be asked about, canceled or paid", async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  const eve = { ...shop, buyer: await shop.createUser() };

  const answers = [
    await cancelPayment(eve, payment.id),
    await byId(eve, 'syncPayment', 'payment { id }', payment.id),
    await cancelOrder(eve, order.id),
    await shop.mutate(
      'startPayment',
      'StartPaymentInput',
      { orderId: order.id, provider: 'STRIPE', returnUrl: 'http://localhost:3000/', idempotencyKey: 'mine' },
      'payment { id }',
      eve.buyer,
    ),
  ];

  expect(answers.map(({ userErrors }) => userErrors[0]?.code)).toEqual(Array(4).fill('NOT_FOUND'));
  expect((await shop.payment(payment.id)).status).toBe('PENDING');
});

test('an order that is canceled has its attempt closed at the provider; repeated, it stays so', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);

  const canceled = await cancelOrder(shop, order.id);
  await untilStatus(shop, payment.id, 'CANCELED');
  const again = await cancelOrder(shop, order.id);
  const refused = await shop.start(order.id);

  expect(canceled).toEqual({ order: { id: order.id, status: 'CANCELED' }, userErrors: [] });
  expect(again).toEqual(canceled);
  expect(statusAtStripe(shop, shop.sessionOf(payment))).toBe('expired');
  expect(refused.userErrors).toMatchObject([{ code: 'NOT_ALLOWED', message: 'The order is canceled.' }]);
});

test('money that arrives for an order that was canceled pays it, gives its plan, and is flagged', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'payLater', session: shop.sessionOf(payment) });
  await cancelOrder(shop, order.id);

  await shop.stripe.control({ do: 'settle', session: shop.sessionOf(payment), succeeded: true });
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  expect(await flagsOf(shop, payment.id)).toEqual(['LATE_SUCCESS']);
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
  expect((await shop.me()).plan).toBe('PRO');
});

test('a paid order cannot be canceled', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  const answer = await cancelOrder(shop, order.id);

  expect(answer.userErrors).toMatchObject([{ code: 'NOT_ALLOWED', message: expect.stringContaining('paid') }]);
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
});

test('an order whose time is over waits for the attempt under way, and expires with it', async () => {
  await using shop = await startStripeShop({ settings: { ACCESS_TOKEN_TTL_SECONDS: '86400', ORDER_TTL_HOURS: '1' } });
  const [order, unpaid] = [await shop.order(), await shop.order()];
  const { payment } = await shop.start(order.id);
  // Stripe's own word for that comes in time; this server's clock alone is set forward.
  await shop.stripe.control({ do: 'webhooks', url: null });
  shop.advance(3_600_000);

  await expire(shop);
  const waiting = [await shop.orderNow(order.id), await shop.orderNow(unpaid.id)];
  const refused = await shop.start(order.id, { returnUrl: 'http://localhost:3000/other' });
  await shop.stripe.control({ do: 'expire', session: shop.sessionOf(payment) });
  await shop.database.query('update payments set next_inquiry_at = now()');
  await untilStatus(shop, payment.id, 'EXPIRED');
  await expire(shop);

  expect(waiting.map(({ status }) => status)).toEqual(['OPEN', 'EXPIRED']);
  expect(refused.userErrors).toMatchObject([{ code: 'EXPIRED', path: ['input', 'orderId'] }]);
  expect(await shop.orderNow(order.id)).toMatchObject({ status: 'EXPIRED', payments: [{ status: 'EXPIRED' }] });
});

test('an attempt of which nobody can know more is EXPIRED, and flagged where the provider could not be asked', async () => {
  await using shop = await startStripeShop();
  await shop.stripe.control({ do: 'webhooks', url: null });
  const [left, unknown] = [await shop.start((await shop.order()).id), await shop.start((await shop.order()).id)];
  const ids = [left.payment.id, unknown.payment.id];
  const statuses = () =>
    shop.database.query<{ status: string }>('select status, review_flags, next_inquiry_at from payments order by id');
  const leave = (id: string) =>
    shop.database.query('update payments set next_inquiry_at = null where id = $1', [uuidOf('payment', id)]);
  await leave(unknown.payment.id);
  shop.advance(31 * DAY_MS);
  await until('the one is over', async () => (await statuses())[0]?.status === 'EXPIRED');
  await shop.stripe.control({ do: 'fault', fault: { on: SESSION, how: 'HTML', times: 3 } });
  await shop.database.query('update payments set next_inquiry_at = now() where id = $1', [
    uuidOf('payment', String(ids[1])),
  ]);
  await until('the other is over', async () => (await statuses())[1]?.status === 'EXPIRED');

  expect(await statuses()).toEqual([
    { status: 'EXPIRED', review_flags: [], next_inquiry_at: null },
    { status: 'EXPIRED', review_flags: ['UNKNOWN_OUTCOME'], next_inquiry_at: null },
  ]);
});

test('several processes that look for what is due ask the provider once for each attempt', async () => {
  await using shop = await startStripeShop();
  const settings = {
    WORKER: 'on',
    STRIPE_SECRET_KEY: shop.stripe.secretKey,
    STRIPE_WEBHOOK_SECRETS: shop.stripe.webhookSecret,
    STRIPE_API_BASE: shop.stripe.url,
  };
  await using other = await startApp({ database: shop.database, settings });
  for (let n = 0; n < 6; n += 1) await shop.start((await shop.order()).id);
  const { signal } = new AbortController();
  const askDue = ({ app }: { app: Shop['app'] }) => app.services.payments.askDue(signal);

  await shop.database.query('update payments set next_inquiry_at = now()');
  await Promise.all([askDue(shop), askDue(other), askDue(shop), askDue(other)]);
  await until('all were asked', async () => {
    const due = await shop.database.query('select 1 from payments where inquiries = 0');
    return due.length === 0;
  });

  expect(shop.stripe.counts.calls[SESSION]).toBe(6);
});

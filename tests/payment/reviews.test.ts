import { expect, test } from 'vitest';
import type { Person } from '../support/app.ts';
import { type ProviderShop, startProviderShop } from '../support/provider-shop.ts';
import { type Shop, type StripeShop, startStripeShop, untilStatus } from '../support/shop.ts';
import { until } from '../support/wait.ts';

/** As an admin sees them. */
async function flagsOf(shop: Shop, admin: Person, id: string): Promise<readonly string[]> {
  const { data, errors } = await shop.execute('query ($id: ID!) { payment(id: $id) { reviewFlags } }', { id }, admin);
  expect(errors).toEqual([]);
  return data.payment.reviewFlags;
}

const resolve = (shop: Shop, admin: Person, paymentId: string, flag: string, accept: boolean) =>
  shop.mutate(
    'resolvePaymentReview',
    'ResolvePaymentReviewInput',
    { paymentId, flag, accept },
    'payment { id reviewFlags events { type source } order { status } }',
    admin,
  );

/** Paid by EasyPaisa, of which only an inquiry tells. */
async function paidAtEasyPaisa(shop: ProviderShop, amount: string) {
  const order = await shop.order({ currency: 'PKR' });
  const { payment } = await shop.start(order.id, {
    provider: 'EASYPAISA',
    method: 'MOBILE_WALLET',
    phoneNumber: '03001234567',
  });
  const [row] = await shop.database.query('select reference from payments');
  await until('it is known there', () => String(row?.reference) in shop.easyPaisa.state.orders);
  await untilStatus(shop, payment.id, 'PENDING');
  await shop.easyPaisa.control({ settle: { orderId: String(row?.reference), status: 'PAID', amount } });
  await shop.database.query('update payments set next_inquiry_at = now()');
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  return { order, payment };
}

async function openAtEasyPaisa(amount: string) {
  const shop = await startProviderShop();
  await shop.easyPaisa.control({ next: { initiate: [{ status: 'PENDING' }] } });
  const admin = await shop.createUser({ admin: true });
  return { shop, admin, ...(await paidAtEasyPaisa(shop, amount)) };
}

/** Two attempts at one order that a bank works on, and both succeed: the first one first. */
async function payTwice(shop: StripeShop) {
  const order = await shop.order();
  const { payment: first } = await shop.start(order.id);
  await shop.stripe.control({ do: 'payLater', session: shop.sessionOf(first) });
  const { payment: second } = await shop.start(order.id, { returnUrl: 'http://localhost:3000/other' });
  await shop.stripe.control({ do: 'payLater', session: shop.sessionOf(second) });
  await shop.stripe.control({ do: 'settle', session: shop.sessionOf(first), succeeded: true });
  await untilStatus(shop, first.id, 'SUCCEEDED');
  await shop.stripe.control({ do: 'settle', session: shop.sessionOf(second), succeeded: true });
  await untilStatus(shop, second.id, 'SUCCEEDED');
  return { order, first, second };
}

test('a payment of another amount does not count until an admin says so, and then gives the plan', async () => {
  const { shop: opened, admin, order, payment } = await openAtEasyPaisa('2000.00');
  await using shop = opened;

  const flags = await flagsOf(shop, admin, payment.id);
  const { data: waiting } = await shop.execute(
    '{ allPayments(filter: { reviewFlag: AMOUNT_MISMATCH }) { nodes { id } } }',
    {},
    admin,
  );
  const before = [(await shop.orderNow(order.id)).status, (await shop.me()).plan];
  const accepted = await resolve(shop, admin, payment.id, 'AMOUNT_MISMATCH', true);
  const again = await resolve(shop, admin, payment.id, 'AMOUNT_MISMATCH', true);

  expect(flags).toEqual(['AMOUNT_MISMATCH']);
  expect(waiting.allPayments.nodes).toEqual([{ id: payment.id }]);
  expect(before).toEqual(['OPEN', 'FREE']);
  expect(accepted).toMatchObject({ payment: { reviewFlags: [], order: { status: 'PAID' } }, userErrors: [] });
  expect(accepted.payment.events.at(-1)).toEqual({ type: 'review.resolved', source: 'OPERATOR' });
  expect(again).toEqual(accepted);
  expect((await shop.me()).plan).toBe('PRO');
  expect(await shop.orderNow(order.id)).toMatchObject({ status: 'PAID', paid: { amount: 200_000 } });
});

test('a payment of another amount that an admin does not accept leaves the order to be paid', async () => {
  const { shop: opened, admin, order, payment } = await openAtEasyPaisa('1.00');
  await using shop = opened;

  const refused = await resolve(shop, admin, payment.id, 'AMOUNT_MISMATCH', false);
  const other = await shop.start(order.id, {
    provider: 'JAZZCASH',
    method: 'MOBILE_WALLET',
    phoneNumber: '03001234567',
  });
  await untilStatus(shop, other.payment.id, 'SUCCEEDED');

  expect(refused).toMatchObject({ payment: { reviewFlags: [], order: { status: 'OPEN' } }, userErrors: [] });
  expect(await shop.orderNow(order.id)).toMatchObject({ status: 'PAID', paid: { amount: 140_000 } });
});

test('an admin who was wrong says otherwise, and what was said last holds', async () => {
  const { shop: opened, admin, order, payment } = await openAtEasyPaisa('1.00');
  await using shop = opened;

  const states = [];
  for (const accept of [true, false, true]) {
    const { payment: now } = await resolve(shop, admin, payment.id, 'AMOUNT_MISMATCH', accept);
    states.push([now.order.status, (await shop.me()).plan]);
  }

  expect(states).toEqual([
    ['PAID', 'PRO'],
    ['OPEN', 'FREE'],
    ['PAID', 'PRO'],
  ]);
  expect(await shop.database.query('select 1 from entitlements')).toHaveLength(1);
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
});

test('money in another currency does not pay the order', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  const session = shop.stripe.account.sessions.get(shop.sessionOf(payment));
  if (session) session.currency = 'eur';

  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  expect(await flagsOf(shop, admin, payment.id)).toEqual(['CURRENCY_MISMATCH']);
  expect((await shop.orderNow(order.id)).status).toBe('OPEN');
  expect((await shop.payment(payment.id)).refundableAmount.amount).toBe(0);
});

test('a second success for one order is flagged and gives nothing more, and can be refunded or kept', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { order, first, second } = await payTwice(shop);

  const flags = [await flagsOf(shop, admin, first.id), await flagsOf(shop, admin, second.id)];
  const before = await shop.orderNow(order.id);
  const until30 = (await shop.me()).planExpiresAt;
  const kept = await resolve(shop, admin, second.id, 'DUPLICATE_PAYMENT', true);
  const input = { paymentId: second.id, idempotencyKey: 'back' };
  const back = await shop.mutate('refundPayment', 'RefundPaymentInput', input, 'refund { status }', admin);
  await until('it is back', async () => (await shop.orderNow(order.id)).status === 'PARTIALLY_REFUNDED');
  await until('the mails have come', async () => (await shop.mails('Your')).length === 2);

  expect(flags).toEqual([[], ['DUPLICATE_PAYMENT']]);
  expect(before).toMatchObject({ status: 'PAID', paid: { amount: 500 } });
  expect(kept.payment).toMatchObject({ reviewFlags: [], order: { status: 'PAID' } });
  expect(back.userErrors).toEqual([]);
  expect(await shop.orderNow(order.id)).toMatchObject({ paid: { amount: 500 } });
  expect((await shop.me()).planExpiresAt).toBe(until30);
  expect(await shop.mails('Your payment')).toHaveLength(1);
});

test('a duplicate that is refunded unseen leaves the order paid, and its plan', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { order, second } = await payTwice(shop);

  const input = { paymentId: second.id, idempotencyKey: 'back' };
  await shop.mutate('refundPayment', 'RefundPaymentInput', input, 'refund { status }', admin);
  await until('it is back', async () => (await shop.payment(second.id)).refundedAmount.amount === 500);

  expect(await shop.orderNow(order.id)).toMatchObject({ status: 'PAID', paid: { amount: 500 } });
  expect((await shop.me()).plan).toBe('PRO');
});

test('a dispute is flagged; won it is nothing, lost it takes money and plan away', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const paid = async () => {
    const order = await shop.order();
    const { payment } = await shop.start(order.id);
    await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
    await untilStatus(shop, payment.id, 'SUCCEEDED');
    const intent = shop.stripe.account.sessions.get(shop.sessionOf(payment))?.payment_intent;
    const dispute = (await shop.stripe.control({ do: 'dispute', intent: String(intent) })) as { id: string };
    await until('it is flagged', async () => (await flagsOf(shop, admin, payment.id)).length > 0);
    return { order, payment, dispute: dispute.id };
  };
  const [won, lost] = [await paid(), await paid()];
  const open = [await flagsOf(shop, admin, won.payment.id), (await shop.orderNow(won.order.id)).status];

  await shop.stripe.control({ do: 'closeDispute', dispute: won.dispute, status: 'won' });
  await shop.stripe.control({ do: 'closeDispute', dispute: lost.dispute, status: 'lost' });
  await until('the one is over', async () => (await flagsOf(shop, admin, won.payment.id)).length === 0);
  await until('the other is back', async () => (await shop.orderNow(lost.order.id)).status === 'REFUNDED');
  const seen = await resolve(shop, admin, lost.payment.id, 'DISPUTED', true);

  expect(open).toEqual([['DISPUTED'], 'PAID']);
  expect((await shop.orderNow(won.order.id)).status).toBe('PAID');
  expect(seen.payment).toMatchObject({ reviewFlags: [], order: { status: 'REFUNDED' } });
  expect(await shop.database.query('select revoked_at is null as runs from entitlements order by order_id')).toEqual([
    { runs: true },
    { runs: false },
  ]);
});

test('a flag that was never raised cannot be settled, nor any flag by anybody but an admin', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);

  const wrong = await resolve(shop, admin, payment.id, 'DUPLICATE_PAYMENT', true);
  const none = await resolve(shop, admin, order.id, 'DUPLICATE_PAYMENT', true);
  const { errors } = await shop.execute(
    `mutation { resolvePaymentReview(input: { paymentId: "${payment.id}", flag: DUPLICATE_PAYMENT, accept: true }) { payment { id } } }`,
    {},
    shop.buyer,
  );
  const hidden = await shop.execute(`{ payment(id: "${payment.id}") { reviewFlags } }`, {}, shop.buyer);

  expect(wrong.userErrors).toMatchObject([{ code: 'NOT_ALLOWED', path: ['input', 'flag'] }]);
  expect(none.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'paymentId'] }]);
  expect([errors[0]?.extensions.code, hidden.errors[0]?.extensions.code]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
});

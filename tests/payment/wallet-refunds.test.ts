import { expect, test } from 'vitest';
import type { Person } from '../support/app.ts';
import { type ProviderShop, startProviderShop } from '../support/provider-shop.ts';
import { untilStatus, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';

async function paidBy(shop: ProviderShop, provider: 'JAZZCASH' | 'EASYPAISA') {
  const order = await shop.order({ currency: 'PKR' });
  const { payment } = await shop.start(order.id, { provider, method: 'MOBILE_WALLET', phoneNumber: '03001234567' });
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  const [row] = await shop.database.query('select reference from payments where id = $1', [
    uuidOf('payment', payment.id),
  ]);
  return { order, payment, reference: String(row?.reference) };
}

const refund = (shop: ProviderShop, admin: Person, input: object) =>
  shop.mutate(
    'refundPayment',
    'RefundPaymentInput',
    input,
    'refund { id status needsManual failureMessage } payment { refundableAmount { amount } }',
    admin,
  );
const resolve = (shop: ProviderShop, admin: Person, input: object) =>
  shop.mutate(
    'resolveRefund',
    'ResolveRefundInput',
    input,
    'refund { id status needsManual providerReference } payment { refundedAmount { amount } refundableAmount { amount } }',
    admin,
  );
/** How many changes of payments the buyer was told of. */
const toldOf = async ({ database }: ProviderShop) =>
  (await database.query(`select 1 from changes where entity = 'payment'`)).length;

const askNow = ({ database }: ProviderShop) => database.query('update payments set next_inquiry_at = now()');

test('a refund by EasyPaisa is for an admin to make, who says how it ended; said twice it is once', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidBy(shop, 'EASYPAISA');

  const { refund: asked } = await refund(shop, admin, { paymentId: payment.id, amount: 40_000, idempotencyKey: 'one' });
  const input = { refundId: asked.id, succeeded: true, externalReference: 'EP-778' };
  const resolved = await resolve(shop, admin, input);
  const again = await resolve(shop, admin, input);
  const contrary = await resolve(shop, admin, { ...input, succeeded: false });

  expect(asked).toMatchObject({ status: 'REQUESTED', needsManual: true });
  expect(resolved).toMatchObject({
    refund: { status: 'SUCCEEDED', needsManual: false, providerReference: 'EP-778' },
    payment: { refundedAmount: { amount: 40_000 }, refundableAmount: { amount: 100_000 } },
  });
  expect(again).toEqual(resolved);
  expect(contrary.userErrors).toMatchObject([{ code: 'NOT_ALLOWED' }]);
  expect((await shop.orderNow(order.id)).status).toBe('PARTIALLY_REFUNDED');
  await until('the mail has come', async () => (await shop.mails('Your refund')).length > 0);
});

test('a refund by EasyPaisa that an admin could not make gives its amount free again', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidBy(shop, 'EASYPAISA');
  const { refund: asked, payment: reserved } = await refund(shop, admin, {
    paymentId: payment.id,
    idempotencyKey: 'all',
  });

  const { refund: failed, payment: free } = await resolve(shop, admin, { refundId: asked.id, succeeded: false });
  const another = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'again' });

  expect(reserved.refundableAmount.amount).toBe(0);
  expect(failed.status).toBe('FAILED');
  expect(free.refundableAmount.amount).toBe(140_000);
  expect(another.userErrors).toEqual([]);
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
});

test('what an admin gave back at the portal of EasyPaisa is seen by asking, and closes the refund', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment, reference } = await paidBy(shop, 'EASYPAISA');
  await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'all' });
  const dueIn = await shop.database.query(`select next_inquiry_at > now() as due from payments`);

  await shop.easyPaisa.control({ settle: { orderId: reference, status: 'REVERSED' } });
  await askNow(shop);
  await untilStatus(shop, payment.id, 'REVERSED');

  expect(dueIn).toEqual([{ due: true }]);
  expect((await shop.payment(payment.id)).refunds).toMatchObject([{ status: 'SUCCEEDED', needsManual: false }]);
  expect((await shop.orderNow(order.id)).status).toBe('REFUNDED');
  expect(await shop.me()).toEqual({ plan: 'FREE', planExpiresAt: null });
});

test('a refund by EasyPaisa is asked about for as long as it takes, however old the payment is', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { payment } = await paidBy(shop, 'EASYPAISA');
  await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'all' });
  shop.advance(20 * 86_400_000);

  await until('it was asked about', () => shop.easyPaisa.state.calls.inquire > 1);

  await until('it is asked again a day later', async () => {
    const [row] = await shop.database.query(
      `select next_inquiry_at > now() + interval '20 days 23 hours' as later from payments`,
    );
    return row?.later === true;
  });
});

test('a refund by JazzCash is done by one call, and a second one that is asked for meanwhile is refused', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidBy(shop, 'JAZZCASH');
  await shop.jazzCash.control({ next: { refund: [{ delayMs: 2_000 }] } });

  const first = refund(shop, admin, { paymentId: payment.id, amount: 40_000, idempotencyKey: 'one' });
  await until('it is under way', () => shop.jazzCash.state.calls.refund === 1);
  const second = await refund(shop, admin, { paymentId: payment.id, amount: 40_000, idempotencyKey: 'two' });
  const done = await first;
  const third = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'three' });

  expect(second.userErrors).toMatchObject([{ code: 'NOT_ALLOWED', message: expect.stringContaining('under way') }]);
  expect(done).toMatchObject({ refund: { status: 'SUCCEEDED' }, userErrors: [] });
  expect(third).toMatchObject({ refund: { status: 'SUCCEEDED' }, userErrors: [] });
  expect(shop.jazzCash.state.refunds.map(({ amount }) => amount)).toEqual(['40000', '100000']);
  expect((await shop.orderNow(order.id)).status).toBe('REFUNDED');
});

test('a refund by JazzCash whose answer is lost is never asked for again, and waits for an admin', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await paidBy(shop, 'JAZZCASH');
  await shop.jazzCash.control({ next: { refund: [{ reply: 'CUT' }] } });
  const input = { paymentId: payment.id, amount: 40_000, idempotencyKey: 'one' };
  const before = await toldOf(shop);

  const lost = await refund(shop, admin, input);
  const told = (await toldOf(shop)) - before;
  const again = await refund(shop, admin, input);
  const another = await refund(shop, admin, { ...input, idempotencyKey: 'two' });
  await shop.app.services.payments.calls.refund(uuidOf('refund', lost.refund.id));
  const resolved = await resolve(shop, admin, { refundId: lost.refund.id, succeeded: true });

  expect(lost.refund).toMatchObject({ status: 'REQUESTED', needsManual: true });
  // That it was asked for, and that a person has to look.
  expect(told).toBe(2);
  expect(again.refund).toEqual(lost.refund);
  expect(another.userErrors).toMatchObject([{ code: 'NOT_ALLOWED' }]);
  expect(shop.jazzCash.state.calls.refund).toBe(1);
  expect(resolved.refund).toMatchObject({ status: 'SUCCEEDED', needsManual: false });
  expect((await shop.orderNow(order.id)).status).toBe('PARTIALLY_REFUNDED');
});

test('a refund by JazzCash during which the server died is not asked for again, and waits for an admin', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { payment } = await paidBy(shop, 'JAZZCASH');
  // A process that died after it had said that it calls.
  await shop.database.query('alter table refunds alter column started_at set default now()');

  const asked = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'one' });

  expect(asked.refund).toMatchObject({ status: 'REQUESTED', needsManual: true });
  expect(shop.jazzCash.state.calls.refund).toBe(0);
});

test('a refund that JazzCash refuses says why, and its amount is free again', async () => {
  await using shop = await startProviderShop();
  const admin = await shop.createUser({ admin: true });
  const { payment } = await paidBy(shop, 'JAZZCASH');
  await shop.jazzCash.control({ next: { refund: [{ code: '451' }] } });

  const refused = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'one' });
  const again = await refund(shop, admin, { paymentId: payment.id, idempotencyKey: 'two' });

  expect(refused.refund).toMatchObject({ status: 'FAILED', needsManual: false, failureMessage: expect.any(String) });
  expect(again.refund.status).toBe('SUCCEEDED');
});

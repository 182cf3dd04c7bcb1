import { expect, test } from 'vitest';
import { purgeAccounts } from '../../src/identity/account-purge.ts';
import { endPlans } from '../../src/payment/plan-expiry.ts';
import type { Person } from '../support/app.ts';
import { type Shop, type StripeShop, startStripeShop, untilStatus } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const DAY_MS = 86_400_000;

async function buy(shop: StripeShop, options: { sku?: string; quantity?: number } = {}) {
  const order = await shop.order(options);
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  return { order, payment };
}

async function refund(shop: Shop, admin: Person, paymentId: string, amount?: number) {
  const input = { paymentId, idempotencyKey: `refund ${paymentId} ${amount}`, ...(amount ? { amount } : {}) };
  const { userErrors } = await shop.mutate('refundPayment', 'RefundPaymentInput', input, 'refund { id }', admin);
  expect(userErrors).toEqual([]);
}

/** How many days of the plan are left, by this server's clock. */
async function daysLeft(shop: Shop): Promise<number | null> {
  const { plan, planExpiresAt } = await shop.me();
  if (planExpiresAt === null) return null;
  expect(plan).toBe('PRO');
  return (Date.parse(planExpiresAt) - shop.app.services.clock().getTime()) / DAY_MS;
}

const endPlansOf = ({ app: { services } }: Shop) => endPlans({ transact: services.transact, clock: services.clock });
const closeTo = (days: number) => expect.closeTo(days, 1);

test('a plan that is paid twice for 30 days lasts 60, and falls back by as much as is refunded', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });

  const first = await buy(shop);
  const once = await daysLeft(shop);
  const second = await buy(shop);
  const twice = await daysLeft(shop);
  await refund(shop, admin, first.payment.id);
  await until('the order is REFUNDED', async () => (await shop.orderNow(first.order.id)).status === 'REFUNDED');
  const afterOne = await daysLeft(shop);
  await refund(shop, admin, second.payment.id);
  await until('the plan is over', async () => (await shop.me()).plan === 'FREE');

  expect([once, twice, afterOne]).toEqual([closeTo(30), closeTo(60), closeTo(30)]);
  expect(await daysLeft(shop)).toBeNull();
});

test('a plan that runs is extended from its end, and one that ended begins anew', async () => {
  await using shop = await startStripeShop({ settings: { ACCESS_TOKEN_TTL_SECONDS: '86400' } });
  await buy(shop, { quantity: 2 });
  // As if it had been bought so long ago: to the providers no time goes by.
  const age = (days: number) =>
    shop.database.query(`update entitlements set granted_at = granted_at - make_interval(days => $1)`, [days]);

  await age(10);
  await buy(shop);
  const extended = await daysLeft(shop);
  await age(1_000);
  await buy(shop);
  const anew = await daysLeft(shop);

  expect([extended, anew]).toEqual([closeTo(80), closeTo(30)]);
});

test('a part that is refunded leaves the plan', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { order, payment } = await buy(shop);

  await refund(shop, admin, payment.id, 499);
  await until('a part is back', async () => (await shop.orderNow(order.id)).status === 'PARTIALLY_REFUNDED');

  expect(await daysLeft(shop)).toEqual(closeTo(30));
});

test('a plan that somebody has for good stays so, whatever they buy, and what they bought is refunded', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  await shop.database.query(`update users set plan = 'PRO' where email = $1`, [shop.buyer.email]);

  const { order, payment } = await buy(shop);
  const bought = await shop.me();
  await refund(shop, admin, payment.id);
  await until('the order is REFUNDED', async () => (await shop.orderNow(order.id)).status === 'REFUNDED');

  expect(bought).toEqual({ plan: 'PRO', planExpiresAt: null });
  expect(await shop.me()).toEqual({ plan: 'PRO', planExpiresAt: null });
  expect(await endPlansOf(shop)).toBe(0);
});

test('a plan that is over falls back by itself, once, and the person is told so', async () => {
  await using shop = await startStripeShop();
  await buy(shop);
  const { data } = await shop.execute('{ changes { cursor } }', {}, shop.buyer);
  await shop.database.query(`update users set plan_expires_at = now() where email = $1`, [shop.buyer.email]);

  const ended = [...(await Promise.all([endPlansOf(shop), endPlansOf(shop)])), await endPlansOf(shop)];

  const { data: told } = await shop.execute(
    'query ($after: String) { changes(after: $after) { changes { __typename } } }',
    { after: data.changes.cursor },
    shop.buyer,
  );
  expect(ended.reduce((sum, n) => sum + n, 0)).toBe(1);
  expect(await shop.me()).toEqual({ plan: 'FREE', planExpiresAt: null });
  expect(told.changes.changes).toEqual([{ __typename: 'UserChange' }]);
});

test('a success that is told fifty times at once, and asked about besides, gives the plan once', async () => {
  await using shop = await startStripeShop({ settings: { DATABASE_POOL_MAX: '20' } });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'webhooks', url: `${shop.url}/webhooks/stripe`, copies: 25 });

  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await Promise.all([shop.sync(payment.id), shop.sync(payment.id)]);
  await until('all messages are done', async () => {
    const rows = await shop.database.query('select status from provider_messages');
    return rows.length === 2 && rows.every(({ status }) => status === 'PROCESSED');
  });
  for (let again = 0; again < 3; again += 1)
    await shop.app.services.payments.learning.learn(
      String((await shop.database.query('select id from payments'))[0]?.id),
      {
        source: 'INQUIRY',
        facts: [
          { kind: 'PAYMENT', type: `again ${again}`, status: 'SUCCEEDED', money: { amount: 500n, currency: 'USD' } },
        ],
      },
    );

  expect(await daysLeft(shop)).toEqual(closeTo(30));
  expect(await shop.database.query('select days from entitlements')).toEqual([{ days: 30 }]);
  expect(await shop.database.query(`select 1 from pgboss.job where name = 'payment-mail'`)).toHaveLength(1);
});

test('two orders of one person that are paid at the same moment both count', async () => {
  await using shop = await startStripeShop();
  const orders = [await shop.order(), await shop.order(), await shop.order()];
  const started = await Promise.all(orders.map(({ id }) => shop.start(id)));

  await Promise.all(started.map(({ payment }) => shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) })));
  await Promise.all(started.map(({ payment }) => untilStatus(shop, payment.id, 'SUCCEEDED')));

  expect(await daysLeft(shop)).toEqual(closeTo(90));
});

test('however much is bought, the plan has an end that can be shown', async () => {
  await using shop = await startStripeShop();
  await shop.database.query(`update products set grants_days = 36500`);

  await buy(shop, { quantity: 100 });

  expect(await shop.me()).toEqual({ plan: 'PRO', planExpiresAt: '9999-12-31T00:00:00.000Z' });
});

test('what a closed account was paying for is paid when the money comes, without a mail', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.database.query('update users set deleted_at = now() where email = $1', [shop.buyer.email]);

  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  const rows = () =>
    shop.database.query('select orders.status, plan from orders left join users on users.id = owner_id');
  await until('it is paid', async () => (await rows())[0]?.status === 'PAID');
  await until('the mail was looked at', async () => {
    const jobs = await shop.database.query(`select state::text from pgboss.job where name = 'payment-mail'`);
    return jobs.length === 1 && jobs[0]?.state === 'completed';
  });

  expect(await rows()).toEqual([{ status: 'PAID', plan: 'PRO' }]);
  expect(await shop.mails('Your payment')).toEqual([]);
});

test('an account that is removed for good leaves its orders to admins, and late money and refunds still count', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const paid = await buy(shop);
  const open = await shop.order();
  const { payment } = await shop.start(open.id);
  await shop.database.query(`update users set deleted_at = now() - interval '31 days' where email = $1`, [
    shop.buyer.email,
  ]);

  const { database, clock } = shop.app.services;
  const purged = await purgeAccounts({ database, clock, owned: [] });
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  const statuses = () => shop.database.query('select status, owner_id from orders order by created_at');
  await until('the other is paid', async () => (await statuses())[1]?.status === 'PAID');
  await refund(shop, admin, paid.payment.id);
  await until('the first is back', async () => (await statuses())[0]?.status === 'REFUNDED');

  const { data } = await shop.execute(
    'query ($id: ID!) { payment(id: $id) { status owner { email } order { status owner { email } } } }',
    { id: payment.id },
    admin,
  );
  expect(purged).toBe(1);
  expect(data.payment).toEqual({
    status: 'SUCCEEDED',
    owner: { email: 'purged@account.invalid' },
    order: { status: 'PAID', owner: { email: 'purged@account.invalid' } },
  });
});

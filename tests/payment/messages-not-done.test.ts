import { expect, test } from 'vitest';
import type { Person } from '../support/app.ts';
import { type StripeShop, startStripeShop, untilStatus } from '../support/shop.ts';
import { hurryJobs } from '../support/smtp.ts';
import { until } from '../support/wait.ts';

const INTENT = 'GET /v1/payment_intents/{intent}';

test('a message that cannot be done stands among what needs a person, with the reason, until its job has done it', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { payment, intent } = await paidPayment(shop);
  await shop.stripe.control({ do: 'fault', fault: { on: INTENT, how: 'HTML', times: 1000 } });

  await shop.stripe.control({ do: 'dispute', intent });
  await until('the message has failed', async () => (await notDone(shop, admin)).length > 0);
  const failed = await notDone(shop, admin);
  await shop.stripe.control({ do: 'clearFaults' });
  await until('the message is done', async () => {
    await hurryJobs(shop, 'provider-message');
    return (await notDone(shop, admin)).length === 0;
  });

  expect(failed).toMatchObject([
    { type: 'charge.dispute.created', status: 'FAILED', lastError: expect.stringContaining('Stripe') },
  ]);
  expect(await flagsOf(shop, admin, payment.id)).toEqual(['DISPUTED']);
});

test('a message whose job gave up is done when it is sent again at the provider', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const { payment, intent } = await paidPayment(shop);
  await shop.stripe.control({ do: 'fault', fault: { on: INTENT, how: 'HTML', times: 1000 } });
  await shop.stripe.control({ do: 'dispute', intent });
  await until('the message has failed', async () => (await notDone(shop, admin)).length > 0);
  await until('its job has given up', async () => {
    await shop.database.query(`delete from pgboss.job where name = 'provider-message' and state = 'retry'`);
    const left = await shop.database.query(
      `select 1 from pgboss.job where name = 'provider-message' and state in ('created', 'active', 'retry')`,
    );
    return left.length === 0;
  });
  await shop.stripe.control({ do: 'clearFaults' });
  const [{ key } = { key: '' }] = await shop.database.query(
    `select key from provider_messages where status = 'FAILED'`,
  );

  await shop.stripe.control({ do: 'deliver', events: [String(key)] });
  await until('the message is done', async () => (await notDone(shop, admin)).length === 0);

  expect(await flagsOf(shop, admin, payment.id)).toEqual(['DISPUTED']);
  expect(await shop.database.query(`select 1 from provider_messages where key = $1`, [key])).toHaveLength(1);
});

async function paidPayment(shop: StripeShop) {
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  const [{ intent } = { intent: '' }] = await shop.database.query('select second_reference as intent from payments');
  return { payment, intent: String(intent) };
}

async function notDone(shop: StripeShop, admin: Person) {
  const { data } = await shop.execute(
    '{ paymentAttention { messages { nodes { type status lastError } } } }',
    {},
    admin,
  );
  return data.paymentAttention.messages.nodes;
}

async function flagsOf(shop: StripeShop, admin: Person, id: string) {
  const { data } = await shop.execute('query ($id: ID!) { payment(id: $id) { reviewFlags } }', { id }, admin);
  return data.payment.reviewFlags;
}

import { expect, test } from 'vitest';
import { type ProviderShop, postForm, postJson, startProviderShop } from '../support/provider-shop.ts';
import { uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import { untilQuiet, wrongPlans } from './payment-books.ts';
import { eventsOf } from './play-history.ts';

const PROVIDERS = ['STRIPE', 'JAZZCASH', 'EASYPAISA'] as const;
type Provider = (typeof PROVIDERS)[number];

interface Paid {
  readonly provider: Provider;
  readonly orderId: string;
  readonly paymentId: string;
  /** The provider's own message. */
  deliver(): Promise<unknown>;
  /** The payer's browser; answers with the status that the front end is told. */
  comeBack(): Promise<string | null>;
}

/** The payer has paid at the provider, and this server knows nothing of it. */
async function payAt(shop: ProviderShop, provider: Provider): Promise<Paid> {
  const order = await shop.order({ currency: 'PKR' });
  const { payment } = await shop.start(order.id, { provider });
  const paymentId = uuidOf('payment', payment.id);
  const [row] = await shop.database.query('select reference from payments where id = $1', [paymentId]);
  const reference = String(row?.reference);
  const { url, stripe, jazzCash, easyPaisa } = shop;
  const toldBy = async (answer: Promise<Response>) =>
    new URL((await answer).headers.get('location') ?? url).searchParams.get('status');
  const get = (address: string) => fetch(address, { redirect: 'manual' });
  const known = { provider, orderId: uuidOf('order', order.id), paymentId };
  if (provider === 'STRIPE') {
    const session = payment.providerReference;
    await stripe.control({ do: 'pay', session });
    const events = eventsOf(shop, session).map(({ id }) => id);
    return {
      ...known,
      deliver: () => stripe.control({ do: 'deliver', events }),
      comeBack: () => toldBy(get(`${url}/payments/stripe/return?payment=${reference}`)),
    };
  }
  await postForm(payment.nextAction.url, payment.nextAction.fields);
  if (provider === 'JAZZCASH') {
    await jazzCash.control({ settle: { reference, code: '000' } });
    const [ipn, fields] = [await jazzCash.ipnFields(reference), await jazzCash.returnFields(reference)];
    return {
      ...known,
      deliver: () => postJson(`${url}/webhooks/jazzcash`, ipn),
      comeBack: () => toldBy(postForm(`${url}/payments/jazzcash/return`, fields)),
    };
  }
  await easyPaisa.control({ settle: { orderId: reference, status: 'PAID' } });
  const named = encodeURIComponent(`${easyPaisa.url}/easypay-service/rest/v1/order-status/28/${reference}`);
  return {
    ...known,
    deliver: () => get(`${url}/webhooks/easypaisa?url=${named}`),
    comeBack: () => toldBy(get(`${url}/payments/easypaisa/done?status=Success&orderRefNumber=${reference}`)),
  };
}

const untilPaid = ({ database }: ProviderShop, { provider, paymentId }: Paid) =>
  until(`the payment by ${provider} has succeeded`, async () => {
    const [row] = await database.query('select status from payments where id = $1', [paymentId]);
    return row?.status === 'SUCCEEDED';
  });

/** One success, one mail, one entitlement for each order, and what they give together. */
async function expectPaidOnce(shop: ProviderShop, paid: readonly Paid[]): Promise<void> {
  const { database } = shop;
  await untilQuiet(database);
  for (const { provider, orderId, paymentId } of paid) {
    const [row] = await database.query(
      `select status, paid_amount = total_amount as "isCovered",
        (select count(*)::int from entitlements where order_id = orders.id and revoked_at is null) as entitlements,
        (select count(*)::int from pgboss.job where name = 'payment-mail' and data->>'id' = orders.id::text) as mails,
        (select count(*)::int from payment_facts where payment_id = $2 and fact->>'status' = 'SUCCEEDED' and fact->'at' is null) as untimed
      from orders where id = $1`,
      [orderId, paymentId],
    );
    expect(row, provider).toMatchObject({ status: 'PAID', isCovered: true, entitlements: 1, mails: 1 });
    expect(row?.untimed, provider).toBeLessThanOrEqual(1);
  }
  expect(await shop.mails('Your payment')).toHaveLength(paid.length);
  expect(await wrongPlans(database, new Date())).toEqual([]);
  expect((await shop.me()).plan).toBe('PRO');
  const left = await database.query(`select * from provider_messages where status <> 'PROCESSED'`);
  expect(left).toEqual([]);
}

const payAtAll = async (shop: ProviderShop) => {
  const paid: Paid[] = [];
  for (const provider of PROVIDERS) paid.push(await payAt(shop, provider));
  return paid;
};

test('a payer who comes back before the message is told that it is paid, and the message pays nothing more', async () => {
  await using shop = await startProviderShop();
  const paid = await payAtAll(shop);

  for (const one of paid) {
    await one.comeBack();
    await untilPaid(shop, one);
    await one.deliver();
  }

  await expectPaidOnce(shop, paid);
});

test('a payer who comes back behind the message is told what is known, and pays nothing more', async () => {
  await using shop = await startProviderShop();
  const paid = await payAtAll(shop);

  const told: (string | null)[] = [];
  for (const one of paid) {
    await one.deliver();
    await untilPaid(shop, one);
    told.push(await one.comeBack());
  }

  expect(told).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  await expectPaidOnce(shop, paid);
});

test('returns and messages that come at the same moment, each several times, pay once', async () => {
  await using shop = await startProviderShop({ settings: { DATABASE_POOL_MAX: '20' } });
  const paid = await payAtAll(shop);

  const all = paid.flatMap(one => Array.from({ length: 5 }, () => [one.deliver(), one.comeBack()]).flat());
  await Promise.all(all);

  for (const one of paid) await untilPaid(shop, one);
  await expectPaidOnce(shop, paid);
});

test('a payer who never comes back and a message that never comes: the provider is asked by itself, and it is paid once', async () => {
  await using shop = await startProviderShop();
  const paid = await payAtAll(shop);

  // JazzCash is the last that is asked: ten minutes after the beginning.
  shop.advance(11 * 60_000);

  for (const one of paid) await untilPaid(shop, one);
  await expectPaidOnce(shop, paid);
});

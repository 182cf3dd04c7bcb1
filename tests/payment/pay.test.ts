import { expect, test } from 'vitest';
import { RETURN_URL, startStripeShop, untilStatus } from '../support/shop.ts';
import { until } from '../support/wait.ts';

test('an order is paid by the message of the provider: once, with its plan, one mail, and all of it in the feed', async () => {
  await using shop = await startStripeShop();
  const { events } = shop.subscribe(shop.buyer, 'subscription { changes { __typename kind } }');
  const order = await shop.order();
  const { payment, userErrors } = await shop.start(order.id);

  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  expect(userErrors).toEqual([]);
  expect(payment).toMatchObject({ status: 'PENDING', nextAction: { __typename: 'RedirectAction' } });
  expect(await shop.orderNow(order.id)).toMatchObject({ status: 'PAID', paid: { amount: 500 } });
  expect((await shop.me()).plan).toBe('PRO');
  await until('a mail has come', async () => (await shop.mails('Your payment')).length > 0);
  expect(await shop.mails('Your payment')).toHaveLength(1);
  await until('the account has changed', () => events.some(event => event.data?.changes.__typename === 'UserChange'));
  expect(new Set(events.map(event => event.data?.changes.__typename))).toEqual(
    new Set(['OrderChange', 'PaymentChange', 'UserChange']),
  );
});

test('a payer who comes back is sent on to the front end, and what the provider says is known by then', async () => {
  await using shop = await startStripeShop();
  await shop.stripe.control({ do: 'webhooks', url: null });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  const [{ reference } = { reference: '' }] = await shop.database.query('select reference from payments');

  const back = await fetch(`${shop.url}/payments/stripe/return?payment=${reference}`, { redirect: 'manual' });

  expect(back.status).toBe(303);
  const location = new URL(back.headers.get('location') ?? '');
  expect(location.href.startsWith(RETURN_URL)).toBe(true);
  expect(Object.fromEntries(location.searchParams)).toEqual({
    from: 'shop',
    payment: payment.id,
    status: 'SUCCEEDED',
  });
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
});

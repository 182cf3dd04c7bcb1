import { expect, test } from 'vitest';
import { startStripeShop, untilStatus } from '../support/shop.ts';

test('an export has the orders and payments of the person, and nobody else’s', async () => {
  await using shop = await startStripeShop();
  const stranger = await shop.createUser();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');
  const read = async (accessToken: string) =>
    (await fetch(`${shop.url}/export`, { headers: { authorization: `Bearer ${accessToken}` } })).json() as Promise<{
      orders: object[];
      payments: object[];
      refunds: object[];
    }>;

  const [own, other] = [await read(shop.buyer.accessToken), await read(stranger.accessToken)];

  expect(own.orders).toMatchObject([
    {
      id: order.id,
      status: 'PAID',
      currency: 'USD',
      totalAmount: '500',
      lines: [{ sku: 'pro-30-days', quantity: 1, unitAmount: '500' }],
    },
  ]);
  expect(own.payments).toMatchObject([{ id: payment.id, orderId: order.id, status: 'SUCCEEDED', amount: '500' }]);
  expect([other.orders, other.payments, other.refunds]).toEqual([[], [], []]);
});

import { expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { type SandboxShop, startSandboxShop } from './sandbox-support.ts';

const REFUND = 'refund { id status amount { amount } failureMessage } payment { refundedAmount { amount } }';

async function startRefundShop(): Promise<SandboxShop & { paid: { id: string; providerReference: string } }> {
  const shop = await startSandboxShop();
  const paid = await shop.pay();
  await shop.act(paid.providerReference, 'PAY');
  await until('paid', async () => (await shop.payment(paid.id)).status === 'SUCCEEDED');
  return { ...shop, paid, [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose]() };
}

const refunded = async (shop: SandboxShop, paymentId: string) =>
  (await shop.payment(paymentId)).refundedAmount.amount as number;

const settled = (shop: SandboxShop, refundId: string, paymentId: string, status: string) =>
  until(`the refund is ${status}`, async () =>
    (await shop.payment(paymentId)).refunds.some(
      (refund: { id: string; status: string }) => refund.id === refundId && refund.status === status,
    ),
  );

test('parts and then the rest go back, each once, and no more than was paid', async () => {
  await using shop = await startRefundShop();
  const admin = await shop.createUser({ admin: true });
  const refund = (idempotencyKey: string, amount?: number) =>
    shop.mutate(
      'refundPayment',
      'RefundPaymentInput',
      { paymentId: shop.paid.id, idempotencyKey, amount },
      REFUND,
      admin,
    );

  const part = await refund('one', 200);
  const again = await refund('one', 200);
  await until('the part is back', async () => (await refunded(shop, shop.paid.id)) === 200);
  const rest = await refund('two');
  await until('all is back', async () => (await refunded(shop, shop.paid.id)) === 500);
  const more = await refund('three', 1);

  expect(again.refund.id).toBe(part.refund.id);
  expect([part, rest].map(({ userErrors }) => userErrors)).toEqual([[], []]);
  expect(more.userErrors).not.toEqual([]);
  expect(await shop.state()).toMatchObject({
    totals: { charges: 1, refunds: 2 },
    checkouts: [
      {
        refunds: [
          { amount: '200', status: 'SUCCEEDED' },
          { amount: '300', status: 'SUCCEEDED' },
        ],
      },
    ],
  });
  expect(await shop.payment(shop.paid.id)).toMatchObject({ order: { status: 'REFUNDED' } });
});

test('a refund whose answer is lost is asked for again by the same key, and is made once', async () => {
  await using shop = await startRefundShop();
  const admin = await shop.createUser({ admin: true });
  for (const kind of ['DROP_AFTER', 'ERROR_AFTER', 'HTML_AFTER'])
    await shop.control({ command: 'FAULT', call: 'REFUND', kind });

  const input = { paymentId: shop.paid.id, idempotencyKey: 'lost', amount: 200 };
  const { refund } = await shop.mutate('refundPayment', 'RefundPaymentInput', input, REFUND, admin);

  await settled(shop, refund.id, shop.paid.id, 'SUCCEEDED');
  expect((await shop.state()).totals).toEqual({ charges: 1, refunds: 1 });
});

test.for([
  ['FAIL', 0],
  ['FAIL_LATER', 3_600_000],
] as const)('a refund that is to %s is FAILED, and its amount can be refunded anew', async ([refunds, wait]) => {
  await using shop = await startRefundShop();
  const admin = await shop.createUser({ admin: true });
  await shop.control({ command: 'MISBEHAVE', how: { refunds, laterSeconds: 3_600 } });
  const refund = (idempotencyKey: string) =>
    shop.mutate('refundPayment', 'RefundPaymentInput', { paymentId: shop.paid.id, idempotencyKey }, REFUND, admin);

  const first = await refund('first');
  if (wait > 0) {
    await settled(shop, first.refund.id, shop.paid.id, 'SUCCEEDED');
    shop.advance(wait);
  }
  await settled(shop, first.refund.id, shop.paid.id, 'FAILED');
  await shop.control({ command: 'BEHAVE' });
  const second = await refund('second');

  await settled(shop, second.refund.id, shop.paid.id, 'SUCCEEDED');
  const { refunds: list, refundedAmount } = await shop.payment(shop.paid.id);
  expect(refundedAmount.amount).toBe(500);
  expect(list.find(({ id }: { id: string }) => id === first.refund.id).failureMessage).toContain('account is closed');
});

test('a refund that takes its time is PENDING, and ends as it is settled', async () => {
  await using shop = await startRefundShop();
  const admin = await shop.createUser({ admin: true });
  await shop.control({ command: 'MISBEHAVE', how: { refunds: 'WAIT', laterSeconds: 3_600 } });

  const input = { paymentId: shop.paid.id, idempotencyKey: 'slow' };
  const { refund } = await shop.mutate('refundPayment', 'RefundPaymentInput', input, REFUND, admin);
  await settled(shop, refund.id, shop.paid.id, 'PENDING');
  const [pending] = (await shop.checkout(shop.paid.providerReference)).refunds;
  await shop.control({ command: 'SETTLE_REFUND', refund: pending.id, as: 'SUCCEEDED' });

  await settled(shop, refund.id, shop.paid.id, 'SUCCEEDED');
});

test('what the provider gives back by itself is known, without anybody having asked for it', async () => {
  await using shop = await startRefundShop();

  await shop.control({ command: 'REFUND', checkout: shop.paid.providerReference, amount: '500' });

  await until('known', async () => (await refunded(shop, shop.paid.id)) === 500);
  expect(await shop.payment(shop.paid.id)).toMatchObject({ order: { status: 'REFUNDED' } });
});

test('a dispute is flagged, and takes the money back where it is lost', async () => {
  await using shop = await startRefundShop();
  const admin = await shop.createUser({ admin: true });
  const flags = async () => {
    const query = '{ allPayments { nodes { reviewFlags } } }';
    return (await shop.execute(query, {}, admin)).data.allPayments.nodes[0].reviewFlags;
  };

  await shop.control({ command: 'DISPUTE', checkout: shop.paid.providerReference, as: 'OPEN' });
  await until('flagged', async () => (await flags()).includes('DISPUTED'));
  await shop.control({ command: 'DISPUTE', checkout: shop.paid.providerReference, as: 'LOST' });

  await until('lost', async () => (await refunded(shop, shop.paid.id)) === 500);
});

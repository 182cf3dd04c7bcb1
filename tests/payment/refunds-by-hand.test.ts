import { expect, test } from 'vitest';
import { postForm, startProviderShop } from '../support/provider-shop.ts';
import { untilStatus } from '../support/shop.ts';

test('a card that JazzCash took is given back by an admin, who says so: nothing is asked of JazzCash by call', async () => {
  await using shop = await startProviderShop({ settings: { JAZZCASH_HOSTED_TYPE: 'MPAY' } });
  const admin = await shop.createUser({ admin: true });
  const order = await shop.order({ currency: 'PKR' });
  const { payment } = await shop.start(order.id, { provider: 'JAZZCASH' });
  const { pp_TxnRefNo: reference, pp_ReturnURL: returnUrl } = payment.nextAction.fields;
  await postForm(payment.nextAction.url, payment.nextAction.fields);
  await shop.jazzCash.control({ settle: { reference, code: '121' } });
  await postForm(returnUrl, await shop.jazzCash.returnFields(reference));
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  const asked = await shop.mutate(
    'refundPayment',
    'RefundPaymentInput',
    { paymentId: payment.id, idempotencyKey: 'ticket 1' },
    'refund { id status needsManual } payment { refundableAmount { amount } }',
    admin,
  );
  const done = await shop.mutate(
    'resolveRefund',
    'ResolveRefundInput',
    { refundId: asked.refund.id, succeeded: true, externalReference: 'portal 88121' },
    'refund { status providerReference }',
    admin,
  );

  expect(asked).toMatchObject({
    userErrors: [],
    refund: { status: 'REQUESTED', needsManual: true },
    payment: { refundableAmount: { amount: 0 } },
  });
  expect(done).toMatchObject({ userErrors: [], refund: { status: 'SUCCEEDED', providerReference: 'portal 88121' } });
  expect((await shop.orderNow(order.id)).status).toBe('REFUNDED');
  expect(await shop.me()).toEqual({ plan: 'FREE', planExpiresAt: null });
  expect(shop.jazzCash.state.calls.refund).toBe(0);
});

import { expect, test } from 'vitest';
import { type StripeShop, startStripeShop, untilStatus, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const SESSIONS = 'POST /v1/checkout/sessions';
const NEW_RETURN_URL = 'http://localhost:3000/other';

const statusAtStripe = ({ stripe }: StripeShop, session: string) => stripe.account.sessions.get(session)?.status;
const attemptsOf = async (shop: StripeShop, orderId: string) => (await shop.orderNow(orderId)).payments;

test('50 who begin to pay for one order at once, each with a key of its own, are given one attempt', async () => {
  await using shop = await startStripeShop({ settings: { DATABASE_POOL_MAX: '20' } });
  const order = await shop.order();

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => shop.start(order.id, { idempotencyKey: `press ${n}` })),
  );

  // One that came while another one's call was on its way may be told to try again; nobody is given another attempt.
  const given = answers.filter(answer => answer.payment);
  expect(new Set(given.map(({ payment }) => payment.id)).size).toBe(1);
  expect(given.length).toBeGreaterThan(0);
  expect(new Set(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code)))).toSatisfy(
    (codes: Set<string>) => codes.size === 0 || (codes.size === 1 && codes.has('PROVIDER_UNAVAILABLE')),
  );
  expect(await attemptsOf(shop, order.id)).toHaveLength(1);
  expect(shop.stripe.account.sessions.size).toBe(1);
});

test('a key that comes again, and a new one within two minutes, give the attempt that there is; then there is a new one', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const first = await shop.start(order.id, { idempotencyKey: 'one' });

  const same = await shop.start(order.id, { idempotencyKey: 'one' });
  shop.advance(119_000);
  const young = await shop.start(order.id, { idempotencyKey: 'two' });
  shop.advance(2_000);
  const later = await shop.start(order.id, { idempotencyKey: 'three' });
  const afterwards = await shop.start(order.id, { idempotencyKey: 'one' });

  expect([same, young].map(({ payment }) => payment.id)).toEqual([first.payment.id, first.payment.id]);
  expect(later.payment.id).not.toBe(first.payment.id);
  expect(later.payment.providerReference).not.toBe(first.payment.providerReference);
  expect(afterwards.payment.id).toBe(first.payment.id);
  expect(afterwards.payment.nextAction).toBeNull();
});

test('a new attempt takes the place of the last, whose page is closed at the provider', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment: old } = await shop.start(order.id);

  const { payment } = await shop.start(order.id, { returnUrl: NEW_RETURN_URL });

  expect(payment.id).not.toBe(old.id);
  await untilStatus(shop, old.id, 'CANCELED');
  expect(statusAtStripe(shop, shop.sessionOf(old))).toBe('expired');
  expect(await shop.payment(payment.id)).toMatchObject({
    status: 'PENDING',
    nextAction: { __typename: 'RedirectAction' },
  });
});

test('a replaced attempt that is paid all the same pays the order, and nobody is left a page to pay again', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment: old } = await shop.start(order.id);
  await shop.stripe.control({ do: 'payLater', session: shop.sessionOf(old) });
  const { payment } = await shop.start(order.id, { returnUrl: NEW_RETURN_URL });

  await shop.stripe.control({ do: 'settle', session: shop.sessionOf(old), succeeded: true });
  await untilStatus(shop, old.id, 'SUCCEEDED');

  expect((await shop.orderNow(order.id)).status).toBe('PAID');
  await untilStatus(shop, payment.id, 'CANCELED');
  expect(statusAtStripe(shop, shop.sessionOf(payment))).toBe('expired');
});

test('an attempt whose first answer was lost is started again by the same call, as the same session', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  // Stripe's library tries by itself what is worth it.
  await shop.stripe.control({ do: 'fault', fault: { on: SESSIONS, how: 'DROP', done: true, times: 2 } });

  const lost = await shop.start(order.id, { idempotencyKey: 'again' });
  const [row] = await shop.database.query('select status, provider_reference from payments');
  await shop.stripe.control({ do: 'clearFaults' });
  const found = await shop.start(order.id, { idempotencyKey: 'again' });

  expect(lost.payment).toBeNull();
  expect(lost.userErrors).toEqual([
    { code: 'PROVIDER_UNAVAILABLE', path: ['input', 'provider'], message: expect.stringContaining('Try again') },
  ]);
  expect(row).toEqual({ status: 'CREATED', provider_reference: null });
  expect(found).toMatchObject({ payment: { status: 'PENDING' }, userErrors: [] });
  expect(shop.stripe.counts.sessionsByKey).toEqual({
    [`pay:${uuidOf('payment', found.payment.id)}:session`]: 1,
  });
});

test('an attempt that nobody started again is started by the server, so that what is paid is known', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  await shop.stripe.control({ do: 'fault', fault: { on: SESSIONS, how: 'DROP', done: true, times: 2 } });
  await shop.start(order.id);
  await shop.stripe.control({ do: 'clearFaults' });
  const [{ id } = { id: '' }] = (await attemptsOf(shop, order.id)) as { id: string }[];

  shop.advance(150_000);

  await untilStatus(shop, id, 'PENDING');
  expect(shop.stripe.account.sessions.size).toBe(1);
});

test('a provider that refuses the shop itself fails the attempt, is told to the operator, and another attempt can be made', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  await shop.stripe.control({ do: 'fault', fault: { on: SESSIONS, how: 'FAIL', status: 401, kept: false } });

  const refused = await shop.start(order.id);
  const told = shop.loggedErrors.splice(0);
  const again = await shop.start(order.id);

  expect(refused).toMatchObject({ payment: { status: 'FAILED' }, userErrors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
  expect(told).toMatchObject([{ provider: 'STRIPE', operation: 'start' }]);
  expect(again).toMatchObject({ payment: { status: 'PENDING' }, userErrors: [] });
});

test('a payer whose card is declined tries again in the same attempt, and sees why while it is open', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);

  await shop.stripe.control({ do: 'decline', session: shop.sessionOf(payment) });
  await until('the reason is known', async () => (await shop.payment(payment.id)).failureCode !== null);
  const declined = await shop.payment(payment.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  expect(declined).toMatchObject({
    status: 'PENDING',
    failureCode: 'insufficient_funds',
    failureMessage: 'There is not enough money in the account.',
    nextAction: { __typename: 'RedirectAction' },
  });
  expect(await shop.payment(payment.id)).toMatchObject({ failureCode: null, failureMessage: null });
  expect(await attemptsOf(shop, order.id)).toHaveLength(1);
});

test('whoever asks how it stands has the provider asked, and not again within three seconds', async () => {
  await using shop = await startStripeShop();
  await shop.stripe.control({ do: 'webhooks', url: null });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  const asked = () => shop.stripe.counts.calls['GET /v1/checkout/sessions/{session}'] ?? 0;

  const open = await shop.sync(payment.id);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  const soon = await Promise.all([1, 2, 3].map(() => shop.sync(payment.id)));
  const before = asked();
  shop.advance(3_100);
  const later = await Promise.all([1, 2, 3].map(() => shop.sync(payment.id)));
  await shop.sync(payment.id);

  expect([open, ...soon].map(answer => answer.payment.status)).toEqual(Array(4).fill('PENDING'));
  expect(before).toBe(1);
  expect(asked()).toBe(2);
  expect(later.some(answer => answer.payment.status === 'SUCCEEDED')).toBe(true);
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
});

test('a provider that cannot be asked leaves the attempt as it is, and the same call works once it answers', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  const fault = { on: 'GET /v1/checkout/sessions/{session}', how: 'HTML', times: 3 } as const;
  await shop.stripe.control({ do: 'fault', fault });

  const away = await shop.sync(payment.id);
  await shop.stripe.control({ do: 'clearFaults' });
  shop.advance(3_100);
  const back = await shop.sync(payment.id);

  expect(away.userErrors).toMatchObject([{ code: 'PROVIDER_UNAVAILABLE', path: ['id'] }]);
  expect(back).toMatchObject({ payment: { status: 'PENDING' }, userErrors: [] });
});

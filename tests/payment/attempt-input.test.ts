import { expect, test } from 'vitest';
import { startProviderShop } from '../support/provider-shop.ts';
import { type Shop, startStripeShop } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const START = `mutation ($input: StartPaymentInput!) {
  startPayment(input: $input) { payment { id } userErrors { code path message } }
}`;
const inputOf = (orderId: string, input: object = {}) => ({
  orderId,
  provider: 'STRIPE',
  returnUrl: 'http://localhost:3000/',
  idempotencyKey: 'a key',
  ...input,
});
const refusalsOf = async (shop: Shop, orderId: string, inputs: readonly object[]) => {
  const answers = [];
  for (const input of inputs) answers.push((await shop.start(orderId, input)).userErrors[0]);
  return answers;
};
const countPayments = async ({ database }: Shop) => (await database.query('select 1 from payments')).length;

test('a payer can be sent back to a page of an allowed origin alone', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();
  const addresses = [
    'https://evil.example/thanks',
    'http://localhost.evil.example:3000/',
    'http://localhost:3001/',
    'https://localhost:3000/',
    'http://evil.example@localhost:3000/',
    'http://somebody:secret@localhost:3000/',
    'http://localhost:3000@evil.example/',
    `http://localhost:3000/${'x'.repeat(2_000)}`,
  ];

  const refusals = await refusalsOf(
    shop,
    order.id,
    addresses.map(returnUrl => ({ returnUrl })),
  );
  const noAddresses = [];
  for (const returnUrl of [
    'javascript:alert(1)',
    '/thanks',
    'data:text/html,x',
    'http://localhost:3000.evil.example/',
    '',
  ])
    noAddresses.push(await shop.execute(START, { input: inputOf(order.id, { returnUrl }) }, shop.buyer));

  expect(refusals.map(refusal => [refusal?.code, refusal?.path])).toEqual(
    addresses.map(() => ['INVALID', ['input', 'returnUrl']]),
  );
  expect(noAddresses.map(({ errors }) => errors[0]?.extensions.code)).toEqual(Array(5).fill('BAD_REQUEST'));
  expect(await countPayments(shop)).toBe(0);
});

test('what a provider cannot take is refused with a sentence, and nothing is begun', async () => {
  await using shop = await startProviderShop({ settings: { SANDBOX_PAYMENTS: 'off' } });
  const [usd, pkr] = [await shop.order(), await shop.order({ currency: 'PKR' })];
  const wallet = { method: 'MOBILE_WALLET', phoneNumber: '03001234567' };

  const refusals = [
    ...(await refusalsOf(shop, usd.id, [
      { provider: 'JAZZCASH' },
      { provider: 'EASYPAISA' },
      { provider: 'SANDBOX' },
      wallet,
    ])),
    ...(await refusalsOf(shop, pkr.id, [
      { provider: 'JAZZCASH', method: 'MOBILE_WALLET' },
      { provider: 'JAZZCASH', ...wallet, phoneNumber: '+923001234567' },
      { provider: 'EASYPAISA', ...wallet, phoneNumber: '0300123456' },
    ])),
  ];

  expect(refusals.map(refusal => [refusal?.code, refusal?.path?.[1]])).toEqual([
    ['INVALID', 'provider'],
    ['INVALID', 'provider'],
    ['INVALID', 'provider'],
    ['INVALID', 'method'],
    ['INVALID', 'phoneNumber'],
    ['INVALID', 'phoneNumber'],
    ['INVALID', 'phoneNumber'],
  ]);
  expect(refusals[0]?.message).toBe('JazzCash takes Pakistani rupees (PKR) only.');
  expect(refusals[4]?.message).toContain('03001234567');
  expect(await countPayments(shop)).toBe(0);
});

test('an order that is not there, or whose id is another thing, cannot be paid', async () => {
  await using shop = await startStripeShop();
  const order = await shop.order();

  const refusals = await refusalsOf(shop, 'order_01kabc0000e0080000000000zz', [{}]);
  const wrong = await refusalsOf(shop, shop.buyer.id, [{}]);
  const [none] = await refusalsOf(shop, order.id, [{ idempotencyKey: 'x'.repeat(256) }]);

  expect([...refusals, ...wrong].map(refusal => refusal?.code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  expect(none).toMatchObject({ code: 'INVALID', path: ['input', 'idempotencyKey'] });
});

test('a person who presses without end is told to wait, and the order stays theirs to pay', async () => {
  await using shop = await startStripeShop({ settings: { RATE_LIMITS: 'on' } });
  const order = await shop.order();
  const press = (n: number) =>
    shop.execute(START, { input: inputOf(order.id, { idempotencyKey: `press ${n}` }) }, shop.buyer);

  const answers = [];
  for (let n = 0; n < 31; n += 1) answers.push(await press(n));

  expect(answers.slice(0, 30).flatMap(({ errors }) => errors)).toEqual([]);
  expect(answers[30]?.errors[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterSeconds: expect.any(Number),
  });
  expect(await countPayments(shop)).toBe(1);
});

test('a locked account cannot pay, and what it was paying for is paid when the money comes', async () => {
  await using shop = await startStripeShop();
  const admin = await shop.createUser({ admin: true });
  const order = await shop.order();
  const { payment } = await shop.start(order.id);
  const lock = `mutation ($id: ID!) { updateUser(id: $id, input: { isActive: false }) { userErrors { code } } }`;
  await shop.execute(lock, { id: shop.buyer.id }, admin);

  const refused = await shop.execute(START, { input: inputOf(order.id) }, shop.buyer);
  await shop.stripe.control({ do: 'pay', session: shop.sessionOf(payment) });
  const statuses = () =>
    shop.database.query('select orders.status, plan from orders join users on users.id = owner_id');
  await until('it is paid', async () => (await statuses())[0]?.status === 'PAID');

  expect(refused.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(await statuses()).toEqual([{ status: 'PAID', plan: 'PRO' }]);
});

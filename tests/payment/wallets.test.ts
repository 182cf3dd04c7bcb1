import { expect, test } from 'vitest';
import { type ProviderShop, startProviderShop } from '../support/provider-shop.ts';
import { untilStatus, uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';

const PHONE = '03001234567';

type Wallet = 'JAZZCASH' | 'EASYPAISA';
/** What a test needs to know of either. `declined` is the code for a payer who does not want, `askedAfter` when it may first be asked. */
const WALLETS = [
  {
    provider: 'JAZZCASH',
    declined: '999',
    askedAfter: 600_000,
    prompts: ({ jazzCash }: ProviderShop) => jazzCash.state.calls.wallet,
  },
  {
    provider: 'EASYPAISA',
    declined: '0014',
    askedAfter: 60_000,
    prompts: ({ easyPaisa }: ProviderShop) => easyPaisa.state.calls.initiate,
  },
] as const;

const charges = (shop: ProviderShop, provider: Wallet) =>
  provider === 'JAZZCASH' ? shop.jazzCash.state.charges.length : shop.easyPaisa.state.charges.length;

const plan = (
  shop: ProviderShop,
  provider: Wallet,
  behaviour: { reply?: 'CUT' | 'HTML' | 'LATE_ERROR'; code?: string; delayMs?: number },
) =>
  provider === 'JAZZCASH'
    ? shop.jazzCash.control({ next: { wallet: [behaviour] } })
    : shop.easyPaisa.control({ next: { initiate: [behaviour] } });

async function prompt(shop: ProviderShop, provider: Wallet, input: object = {}) {
  const order = await shop.order({ currency: 'PKR' });
  const { payment, userErrors } = await shop.start(order.id, {
    provider,
    method: 'MOBILE_WALLET',
    phoneNumber: PHONE,
    ...input,
  });
  expect(userErrors).toEqual([]);
  return { order, payment };
}

const rowOf = async ({ database }: ProviderShop, id: string) =>
  (
    await database.query(
      'select status, phone_number, started_at, review_flags, inquiries from payments where id = $1',
      [uuidOf('payment', id)],
    )
  )[0];

/** Has the server ask as if the time for it had come. */
const askNow = ({ database }: ProviderShop) => database.query('update payments set next_inquiry_at = now()');

test.each(WALLETS)(
  'by $provider the payer is prompted once, approves, and the number is forgotten',
  async ({ provider, prompts }) => {
    await using shop = await startProviderShop();
    await plan(shop, provider, { delayMs: 1_000 });

    const { order, payment } = await prompt(shop, provider);
    await untilStatus(shop, payment.id, 'SUCCEEDED');

    expect(payment).toMatchObject({
      status: 'CREATED',
      nextAction: { __typename: 'ApproveOnPhoneAction', phoneNumber: PHONE },
    });
    expect(await shop.payment(payment.id)).toMatchObject({ nextAction: null });
    expect((await shop.orderNow(order.id)).status).toBe('PAID');
    expect(await rowOf(shop, payment.id)).toMatchObject({ phone_number: null });
    expect([prompts(shop), charges(shop, provider)]).toEqual([1, 1]);
    expect(shop.log.filter(line => line.includes(PHONE))).toEqual([]);
  },
);

test.each(WALLETS)(
  'by $provider a payer who declines is told so, and can be prompted again by a new attempt',
  async ({ provider, declined, prompts }) => {
    await using shop = await startProviderShop();
    await plan(shop, provider, { code: declined });
    const { order, payment } = await prompt(shop, provider);
    await untilStatus(shop, payment.id, 'FAILED');
    const failed = await shop.payment(payment.id);
    const row = await rowOf(shop, payment.id);

    const again = await shop.start(order.id, { provider, method: 'MOBILE_WALLET', phoneNumber: PHONE });
    await untilStatus(shop, again.payment.id, 'SUCCEEDED');

    expect(failed).toMatchObject({ failureCode: declined, failureMessage: expect.any(String), nextAction: null });
    expect(row).toMatchObject({ phone_number: null });
    expect((await shop.orderNow(order.id)).status).toBe('PAID');
    expect([prompts(shop), charges(shop, provider)]).toEqual([2, 1]);
  },
);

test.each(WALLETS)(
  'by $provider an answer that is lost after the charge is no failure: an inquiry finds the money',
  async ({ provider, prompts }) => {
    await using shop = await startProviderShop();
    await plan(shop, provider, { reply: 'CUT' });

    const { order, payment } = await prompt(shop, provider);
    await until('the answer was missed', async () => (await rowOf(shop, payment.id))?.inquiries > 0);
    const unknown = await rowOf(shop, payment.id);
    await askNow(shop);
    await untilStatus(shop, payment.id, 'SUCCEEDED');

    expect(unknown?.status).toBe('CREATED');
    expect((await shop.orderNow(order.id)).status).toBe('PAID');
    expect([prompts(shop), charges(shop, provider)]).toEqual([1, 1]);
  },
);

/** From when it began to when it is to be asked about, and from when it was asked last. */
async function waitsOf({ database }: ProviderShop, id: string) {
  const [row] = await database.query(
    `select extract(epoch from next_inquiry_at - created_at) * 1000 as begun,
       extract(epoch from next_inquiry_at - asked_at) * 1000 as asked
     from payments where id = $1`,
    [uuidOf('payment', id)],
  );
  return { begun: Number(row?.begun), asked: Number(row?.asked) };
}

test.each(WALLETS)(
  'by $provider a prompt that nobody has answered yet is asked about when the provider wants to be asked, not before',
  async ({ provider, askedAfter }) => {
    await using shop = await startProviderShop({ settings: { WORKER: 'off' } });

    const { payment } = await prompt(shop, provider);

    expect(await waitsOf(shop, payment.id)).toMatchObject({ begun: askedAfter });
  },
);

test('a prompt by JazzCash whose answer was lost is asked about after a minute, and then when JazzCash wants to be asked', async () => {
  await using shop = await startProviderShop();
  await plan(shop, 'JAZZCASH', { reply: 'HTML' });

  const { payment } = await prompt(shop, 'JAZZCASH');
  await until('the answer was missed', async () => (await rowOf(shop, payment.id))?.inquiries > 0);
  const lost = await waitsOf(shop, payment.id);
  await askNow(shop);
  await until('it was asked about', async () => (await rowOf(shop, payment.id))?.inquiries > 1);
  const later = await waitsOf(shop, payment.id);

  expect(lost.asked).toBe(60_000);
  expect(later.begun).toBe(600_000);
});

test.each(WALLETS)(
  "by $provider a firewall's page proves nothing: nobody is prompted again, and nobody is charged",
  async ({ provider, prompts }) => {
    await using shop = await startProviderShop();
    await plan(shop, provider, { reply: 'HTML' });

    const { payment } = await prompt(shop, provider);
    await until('the answer was missed', async () => (await rowOf(shop, payment.id))?.inquiries > 0);
    const before = (await rowOf(shop, payment.id))?.inquiries;
    await askNow(shop);
    await until('it was asked about', async () => (await rowOf(shop, payment.id))?.inquiries > before);

    expect((await rowOf(shop, payment.id))?.status).toBe('CREATED');
    expect([prompts(shop), charges(shop, provider)]).toEqual([1, 0]);
  },
);

test.each(WALLETS)(
  'by $provider a server that died with the prompt open asks for the end of it, and prompts nobody twice',
  async ({ provider, prompts }) => {
    await using shop = await startProviderShop();
    // A process that died after it had said that it begins.
    await shop.database.query('alter table payments alter column started_at set default now()');

    const { payment } = await prompt(shop, provider);
    const { calls } = shop.app.services.payments;
    const again = await Promise.all([1, 2, 3].map(() => calls.start(uuidOf('payment', payment.id))));
    await askNow(shop);
    await until('it was asked about', async () => (await rowOf(shop, payment.id))?.inquiries > 0);

    expect(again).toEqual(['NOTHING', 'NOTHING', 'NOTHING']);
    expect(prompts(shop)).toBe(0);
  },
);

test.each(WALLETS)(
  'by $provider a prompt that comes too late to be expected is not made, and the attempt is over',
  async ({ provider, prompts }) => {
    await using shop = await startProviderShop({ settings: { WORKER: 'off' } });
    const { payment } = await prompt(shop, provider);
    shop.advance(301_000);

    const result = await shop.app.services.payments.calls.start(uuidOf('payment', payment.id));

    expect(result).toBe('NOTHING');
    expect(await rowOf(shop, payment.id)).toMatchObject({ status: 'EXPIRED', started_at: null, phone_number: null });
    expect(prompts(shop)).toBe(0);
  },
);

test('a prompt that was canceled, replaced or whose order was closed before it was made is not made', async () => {
  await using shop = await startProviderShop({ settings: { WORKER: 'off' } });
  const one = await prompt(shop, 'JAZZCASH');
  const two = await prompt(shop, 'JAZZCASH');
  const three = await prompt(shop, 'JAZZCASH');
  const by = (field: string, id: string) =>
    shop.execute(`mutation ($id: ID!) { ${field}(id: $id) { userErrors { code } } }`, { id }, shop.buyer);

  await by('cancelPayment', one.payment.id);
  await shop.start(two.order.id, { provider: 'EASYPAISA', method: 'MOBILE_WALLET', phoneNumber: PHONE });
  await by('cancelOrder', three.order.id);
  const { calls } = shop.app.services.payments;
  const results = [];
  for (const { payment } of [one, two, three]) results.push(await calls.start(uuidOf('payment', payment.id)));

  expect(results).toEqual(['NOTHING', 'NOTHING', 'NOTHING']);
  expect(shop.jazzCash.state.calls.wallet).toBe(0);
});

test('a prompt that is approved after it was canceled here pays the order, and is flagged only where that was closed', async () => {
  await using shop = await startProviderShop();
  const paidLate = async (field: string, of: 'payment' | 'order') => {
    await plan(shop, 'JAZZCASH', { delayMs: 3_000 });
    const asked = shop.jazzCash.state.calls.wallet;
    const made = await prompt(shop, 'JAZZCASH');
    await until('the prompt is open', () => shop.jazzCash.state.calls.wallet > asked);
    const { data } = await shop.execute(
      `mutation ($id: ID!) { ${field}(id: $id) { userErrors { code } } }`,
      { id: made[of].id },
      shop.buyer,
    );
    await untilStatus(shop, made.payment.id, 'CANCELED');
    await untilStatus(shop, made.payment.id, 'SUCCEEDED');
    const { status } = await shop.orderNow(made.order.id);
    return [data[field].userErrors, status, (await rowOf(shop, made.payment.id))?.review_flags];
  };

  const canceled = await paidLate('cancelPayment', 'payment');
  const closed = await paidLate('cancelOrder', 'order');

  expect(canceled).toEqual([[], 'PAID', []]);
  expect(closed).toEqual([[], 'PAID', ['LATE_SUCCESS']]);
});

test('a prompt that JazzCash called a fault, and paid after all, is paid', async () => {
  await using shop = await startProviderShop();
  await plan(shop, 'JAZZCASH', { code: '199' });
  const { order, payment } = await prompt(shop, 'JAZZCASH');
  await untilStatus(shop, payment.id, 'FAILED');
  const [{ next_inquiry_at: next } = { next_inquiry_at: null }] = await shop.database.query(
    'select next_inquiry_at from payments',
  );

  await shop.jazzCash.control({ settle: { reference: await referenceOf(shop, payment.id), code: '121' } });
  await askNow(shop);
  await untilStatus(shop, payment.id, 'SUCCEEDED');

  expect(next).not.toBeNull();
  expect((await shop.orderNow(order.id)).status).toBe('PAID');
  expect(await shop.payment(payment.id)).toMatchObject({ failureCode: null, failureMessage: null });
});

const referenceOf = async ({ database }: ProviderShop, id: string) =>
  String((await database.query('select reference from payments where id = $1', [uuidOf('payment', id)]))[0]?.reference);

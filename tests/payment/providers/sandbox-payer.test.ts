import { expect, test } from 'vitest';
import { startApp } from '../../support/app.ts';
import { RETURN_URL } from '../../support/shop.ts';
import { until } from '../../support/wait.ts';
import { startSandboxShop } from './sandbox-support.ts';

/** Follows the redirects of this server as a browser would, up to the shop. */
async function backAtTheShop(response: Response): Promise<URL> {
  expect(response.status).toBe(303);
  const back = await fetch(String(response.headers.get('location')), { redirect: 'manual' });
  expect(back.status).toBe(303);
  return new URL(String(back.headers.get('location')));
}

test('who pays on the page comes back to the shop with SUCCEEDED, the order is paid and was charged once', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  const back = await backAtTheShop(await shop.act(payment.providerReference, 'PAY'));

  expect(back.href).toBe(`${RETURN_URL}&payment=${payment.id}&status=SUCCEEDED`);
  expect(await shop.payment(payment.id)).toMatchObject({ status: 'SUCCEEDED', order: { status: 'PAID' } });
  await until('the message came too', async () =>
    (await shop.state()).messages.every((message: { status: string }) => message.status === 'DELIVERED'),
  );
  expect(await shop.state()).toMatchObject({ totals: { charges: 1 }, checkouts: [{ status: 'PAID', charges: 1 }] });
});

test.for([
  ['DECLINE', 'FAILED', 'declined'],
  ['CANCEL', 'CANCELED', null],
] as const)('%s on the page ends it as %s, and takes nothing', async ([action, status, failureCode]) => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  const back = await backAtTheShop(await shop.act(payment.providerReference, action));

  expect(back.searchParams.get('status')).toBe(status);
  expect(await shop.payment(payment.id)).toMatchObject({ status, failureCode, order: { status: 'OPEN' } });
  expect(await shop.state()).toMatchObject({ totals: { charges: 0 } });
});

test('who has not enough money is told so on the page, and can pay after all', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  const told = await shop.act(payment.providerReference, 'INSUFFICIENT_FUNDS');
  const page = await (await fetch(new URL(String(told.headers.get('location')), shop.url))).text();
  await until('the failure is known', async () => (await shop.payment(payment.id)).failureCode !== null);
  const between = await shop.payment(payment.id);
  await shop.act(payment.providerReference, 'PAY');

  expect(page).toContain('There is not enough money');
  expect(between).toMatchObject({ status: 'PENDING', failureCode: 'insufficient_funds' });
  await until('paid', async () => (await shop.payment(payment.id)).status === 'SUCCEEDED');
  expect(await shop.payment(payment.id)).toMatchObject({ failureCode: null });
});

test('who pays later goes back with PENDING, and it succeeds by itself', async () => {
  await using shop = await startSandboxShop();
  await shop.control({ command: 'MISBEHAVE', how: { laterSeconds: 3_600 } });
  const payment = await shop.pay();

  const back = await backAtTheShop(await shop.act(payment.providerReference, 'PAY_LATER'));
  const meanwhile = await shop.checkout(payment.providerReference);
  shop.advance(3_600_000);

  expect(back.searchParams.get('status')).toBe('PENDING');
  expect(meanwhile).toMatchObject({ status: 'PROCESSING', charges: 0 });
  await until('the money comes', async () => (await shop.payment(payment.id)).status === 'SUCCEEDED');
  expect(await shop.state()).toMatchObject({ totals: { charges: 1 } });
});

test('who leaves has decided nothing: the payment is PENDING and the page can still be paid', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  const page = await (await fetch(payment.nextAction.url)).text();
  const [, leave = ''] = /<a href="([^"]+)">Leave without paying/.exec(page) ?? [];
  const back = await fetch(leave.replaceAll('&#38;', '&'), { redirect: 'manual' });
  const left = await shop.payment(payment.id);
  await shop.act(payment.providerReference, 'PAY');

  expect(new URL(String(back.headers.get('location'))).searchParams.get('status')).toBe('PENDING');
  expect(left).toMatchObject({ status: 'PENDING', nextAction: { url: payment.nextAction.url } });
  await until('paid', async () => (await shop.payment(payment.id)).status === 'SUCCEEDED');
});

test('what is to be confirmed in the app waits, and the page goes on once it is confirmed', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();
  const waiting = `${payment.nextAction.url}?waiting`;

  await shop.act(payment.providerReference, 'AUTHORISE_IN_APP');
  const page = await (await fetch(waiting, { redirect: 'manual' })).text();
  await shop.control({ command: 'APPROVE', checkout: payment.providerReference });
  const after = await fetch(waiting, { redirect: 'manual' });

  expect(page).toContain(`content="3; url=/sandbox/checkout/${payment.providerReference}?waiting"`);
  expect((await backAtTheShop(after)).searchParams.get('status')).toBe('SUCCEEDED');
});

test('MOBILE_WALLET asks for a confirmation on the phone, of which the sandbox keeps only the end', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay({ method: 'MOBILE_WALLET', phoneNumber: '03001234567' });
  const refused = await shop.pay({ method: 'MOBILE_WALLET', phoneNumber: '03007654321' });

  expect(payment.nextAction).toMatchObject({ __typename: 'ApproveOnPhoneAction', phoneNumber: '03001234567' });
  await shop.control({ command: 'APPROVE', checkout: payment.providerReference });
  await shop.control({ command: 'REFUSE', checkout: refused.providerReference });

  await until('both are known', async () =>
    [await shop.payment(payment.id), await shop.payment(refused.id)].every(({ status }) => status !== 'PENDING'),
  );
  expect((await shop.payment(payment.id)).status).toBe('SUCCEEDED');
  expect((await shop.payment(refused.id)).status).toBe('FAILED');
  const rows = await shop.database.query<{ text: string }>(
    `select (select json_agg(c) from sandbox_checkouts c)::text || (select json_agg(m) from sandbox_messages m)::text as text`,
  );
  expect(rows[0]?.text).toContain('********567');
  expect(rows[0]?.text).not.toContain('3001234567');
});

test('many tabs that pay, decline and cancel at once leave one outcome, charged once at the most', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();
  const clicks = ['PAY', 'PAY', 'DECLINE', 'PAY', 'CANCEL', 'PAY_LATER', 'PAY', 'PAY'];

  const answers = await Promise.all(clicks.map(action => shop.act(payment.providerReference, action)));
  const twice = await Promise.all([1, 2].map(() => shop.act(payment.providerReference, 'PAY')));

  expect([...answers, ...twice].map(({ status }) => status)).toEqual(Array(10).fill(303));
  const checkout = await shop.checkout(payment.providerReference);
  expect(checkout.charges).toBe(checkout.status === 'PAID' ? 1 : 0);
  await until('the server knows the same', async () => {
    const { status } = await shop.payment(payment.id);
    const expected: Record<string, string> = { PAID: 'SUCCEEDED', FAILED: 'FAILED', CANCELED: 'CANCELED' };
    return status === (expected[checkout.status] ?? 'PENDING');
  });
});

test('two tabs that pay at once are both sent back, and charge once', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  const answers = await Promise.all([1, 2, 3, 4].map(() => shop.act(payment.providerReference, 'PAY')));

  expect(new Set(answers.map(answer => answer.headers.get('location'))).size).toBe(1);
  expect(await shop.state()).toMatchObject({ totals: { charges: 1 } });
});

test('what nobody paid in time expires, and cannot be paid any more', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  shop.advance(2 * 3_600_000);
  const late = await shop.act(payment.providerReference, 'PAY');

  expect(late.headers.get('location')).toBe(`/sandbox/checkout/${payment.providerReference}`);
  expect(await (await fetch(payment.nextAction.url)).text()).toContain('It was not paid in time.');
  await until('expired', async () => (await shop.payment(payment.id)).status === 'EXPIRED');
  expect(await shop.state()).toMatchObject({ totals: { charges: 0 } });
});

test('a page that does not exist, an action that is none and a method that is none are told apart', async () => {
  await using shop = await startSandboxShop();
  const payment = await shop.pay();

  const missing = await fetch(`${shop.url}/sandbox/checkout/sbc_nothing`);
  const missed = await shop.act('sbc_nothing', 'PAY');
  const unknown = await shop.act(payment.providerReference, 'STEAL');
  const method = await fetch(payment.nextAction.url, { method: 'DELETE' });
  const large = await fetch(payment.nextAction.url, { method: 'POST', body: 'x'.repeat(100_000) });

  expect([missing.status, missed.status, unknown.status, method.status, large.status]).toEqual([
    404, 404, 400, 405, 413,
  ]);
  expect(await unknown.text()).toContain('The action has to be one of PAY, AUTHORISE_IN_APP');
  expect(await shop.checkout(payment.providerReference)).toMatchObject({ status: 'OPEN' });
});

test("a page of another site can neither pay nor steer, the control page's own forms can", async () => {
  await using shop = await startSandboxShop({ settings: { ALLOWED_ORIGINS: 'http://localhost:3000' } });
  const payment = await shop.pay();
  const body = new URLSearchParams({ command: 'CHARGE', checkout: payment.providerReference });
  const post = (path: string, headers: Record<string, string>) =>
    fetch(`${shop.url}${path}`, { method: 'POST', body, headers, redirect: 'manual' });

  const refused = await Promise.all([
    post(`/sandbox/checkout/${payment.providerReference}`, { Origin: 'https://evil.example' }),
    post('/sandbox/control', { Origin: 'https://evil.example' }),
    post('/sandbox/control', { Origin: 'http://localhost:3000' }),
    post('/sandbox/control', { Origin: 'null' }),
    post('/sandbox/control', { 'Sec-Fetch-Site': 'cross-site' }),
    post('/sandbox/control', { 'Sec-Fetch-Site': 'same-site' }),
  ]);
  const plain = await post('/sandbox/control.json', { 'Content-Type': 'text/plain' });
  const charges = (await shop.state()).totals.charges;
  const own = await post('/sandbox/control', { Origin: shop.url, 'Sec-Fetch-Site': 'same-origin' });

  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
  expect(plain.status).toBe(415);
  expect(charges).toBe(0);
  expect(own.status).toBe(303);
  expect((await shop.state()).totals.charges).toBe(1);
});

test.for([
  [
    'production',
    {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://u@localhost/d',
      PUBLIC_URL: 'https://api.example.com',
      SMTP_URL: 'off',
    },
  ],
  ['SANDBOX_PAYMENTS=off', { SANDBOX_PAYMENTS: 'off' }],
] as const)('in %s there is no sandbox: no page, no API, no message and no provider', async ([, settings]) => {
  await using app = await startApp({ settings });
  const paths = ['/sandbox/control', '/sandbox/control.json', '/sandbox/checkout/sbc_1', '/sandbox/api/events'];

  const found = await Promise.all([
    ...paths.map(path => fetch(`${app.url}${path}`)),
    fetch(`${app.url}/webhooks/sandbox`, { method: 'POST' }),
    fetch(`${app.url}/payments/sandbox/return?payment=x`),
  ]);
  const { data } = await app.execute('{ paymentProviders }');

  expect(found.map(({ status }) => status)).toEqual(Array(6).fill(404));
  expect(data.paymentProviders).toEqual([]);
});

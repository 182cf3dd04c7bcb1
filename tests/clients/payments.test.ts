import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { PASSWORD } from '../support/app.ts';
import { BROWSER_MISSING, launchBrowser } from '../support/browser.ts';
import { PROVIDER_SETTINGS } from '../support/provider-settings.ts';
import { RETURN_URL, type Shop, startShop } from '../support/shop.ts';
import { follow, type PaymentPage, PaymentRefusedError, Payments } from './payments.ts';
import { Session } from './session.ts';

const LINES = [{ sku: 'pro-30-days' }];

describe('a front end with these files', () => {
  test('pays on the page of the provider, and knows that it is paid when the payer is back', async () => {
    await using shop = await startShop();
    const payments = await paymentsOf(shop);
    const { page, went } = recordingPage();
    const order = await payments.placeOrder({ lines: LINES, currency: 'USD', idempotencyKey: 'basket 1' });
    const started = await payments.start(hosted(order.id, 'SANDBOX'));
    follow(started.nextAction, page);

    const back = await payOnPage(went[0] ?? '');

    expect(order.total.formatted).toBe('$5.00');
    expect(back.href.startsWith(RETURN_URL)).toBe(true);
    const paid = await payments.settled(back.searchParams.get('payment') ?? '', AbortSignal.timeout(20_000));
    expect(paid).toMatchObject({ id: started.id, status: 'SUCCEEDED', order: { id: order.id, status: 'PAID' } });
    await expect(payments.start(hosted(order.id, 'SANDBOX', 'again'))).rejects.toMatchObject({
      userErrors: [{ code: 'NOT_ALLOWED' }],
    });
  });

  test('pays by a prompt on the phone, and shows for whom it waits', async () => {
    await using shop = await startShop();
    const payments = await paymentsOf(shop);
    const { page, prompts } = recordingPage();
    const order = await payments.placeOrder({ lines: LINES, currency: 'PKR', idempotencyKey: 'basket 1' });
    const input = { ...hosted(order.id, 'SANDBOX'), method: 'MOBILE_WALLET', phoneNumber: '03001234567' } as const;
    const { id } = await payments.start(input);
    let approved = false;

    const paid = await payments.settled(id, AbortSignal.timeout(20_000), ({ nextAction }) => {
      follow(nextAction, page);
      if (nextAction && !approved) {
        approved = true;
        void approveAll(shop);
      }
    });

    expect(prompts).toContain('03001234567');
    expect(paid).toMatchObject({ status: 'SUCCEEDED', nextAction: null, order: { status: 'PAID' } });
  });

  test('posts a form to providers that want one, with the signed fields', async () => {
    await using shop = await startShop({ settings: PROVIDER_SETTINGS });
    const payments = await paymentsOf(shop);
    const { page, posted } = recordingPage();
    const order = await payments.placeOrder({ lines: LINES, currency: 'PKR', idempotencyKey: 'basket 1' });

    const { nextAction } = await payments.start(hosted(order.id, 'JAZZCASH'));
    follow(nextAction, page);

    expect(posted).toMatchObject([
      {
        url: expect.stringContaining('https://sandbox.jazzcash.com.pk/'),
        fields: { pp_MerchantID: 'MC00001', pp_SecureHash: expect.stringMatching(/^[0-9A-F]{64}$/) },
      },
    ]);
  });

  test('asks again, with the same key, where the provider does not answer: there is one attempt', async () => {
    await using shop = await startShop();
    const payments = await paymentsOf(shop);
    const order = await payments.placeOrder({ lines: LINES, currency: 'USD', idempotencyKey: 'basket 1' });
    await control(shop, { command: 'FAULT', call: 'CREATE', kind: 'ERROR_AFTER', times: 1 });

    const started = await payments.start(hosted(order.id, 'SANDBOX'));

    expect(started).toMatchObject({ status: 'PENDING', nextAction: { __typename: 'RedirectAction' } });
    expect(await shop.database.query('select status from payments')).toHaveLength(1);
    expect((await control(shop)).checkouts).toHaveLength(1);
  });

  test('is told in sentences what the payer has to put right', async () => {
    await using shop = await startShop();
    const payments = await paymentsOf(shop);

    const refused = payments.placeOrder({ lines: [{ sku: 'nothing' }], currency: 'USD', idempotencyKey: 'basket 1' });

    await expect(refused).rejects.toThrow(PaymentRefusedError);
    await expect(refused).rejects.toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
  });

  test('stops waiting when it is told to', async () => {
    await using shop = await startShop();
    const payments = await paymentsOf(shop);
    const order = await payments.placeOrder({ lines: LINES, currency: 'USD', idempotencyKey: 'basket 1' });
    const { id } = await payments.start(hosted(order.id, 'SANDBOX'));
    const leaving = new AbortController();

    const waiting = payments.settled(id, leaving.signal, () => leaving.abort(new Error('The page is closed.')));

    await expect(waiting).rejects.toThrow('The page is closed.');
  });
});

test('the page of the README posts a form as it is, in a real browser', async ({ skip }) => {
  const browser = await launchBrowser();
  if (!browser) return skip(BROWSER_MISSING);
  try {
    const tab = await browser.newPage();
    const bodies: (string | null)[] = [];
    await tab.route('**/*', route => {
      bodies.push(route.request().postData());
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Shop</title>' });
    });
    await tab.goto('https://shop.example/');

    await Promise.all([
      tab.waitForURL('https://provider.example/pay'),
      tab.evaluate(
        `${pageOfReadme()}; page.post('https://provider.example/pay', { pp_Amount: '50000', 'a b': 'c&d=e"<' })`,
      ),
    ]);

    expect([...new URLSearchParams(bodies.at(-1) ?? '')]).toEqual([
      ['pp_Amount', '50000'],
      ['a b', 'c&d=e"<'],
    ]);
  } finally {
    await browser.close();
  }
});

/** The code block that makes a page of the browser. */
function pageOfReadme(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(const page: PaymentPage = [\s\S]*?)```/.exec(readme)?.[1] ?? '';
  return stripTypeScriptTypes(code.replace('awaitApproval: showPrompt', 'awaitApproval() {}'));
}

async function paymentsOf(shop: Shop): Promise<Payments> {
  const url = `${shop.url}/graphql`;
  const session = new Session({ url });
  expect(await session.logIn(shop.buyer.email, PASSWORD)).toEqual([]);
  return new Payments({ url, session, everyMs: 50 });
}

const hosted = (orderId: string, provider: string, idempotencyKey = 'button 1') => ({
  orderId,
  provider,
  returnUrl: RETURN_URL,
  idempotencyKey,
});

function recordingPage() {
  const went: string[] = [];
  const posted: { url: string; fields: object }[] = [];
  const prompts: string[] = [];
  const page: PaymentPage = {
    go: url => went.push(url),
    post: (url, fields) => posted.push({ url, fields }),
    awaitApproval: phoneNumber => prompts.push(phoneNumber),
  };
  return { page, went, posted, prompts };
}

/** What the payer's browser does: it pays, and follows to where it is sent, as far as the front end. */
async function payOnPage(address: string): Promise<URL> {
  const paid = await fetch(address, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ action: 'PAY' }),
  });
  const back = await fetch(paid.headers.get('location') ?? '', { redirect: 'manual' });
  return new URL(back.headers.get('location') ?? '');
}

interface SandboxState {
  readonly checkouts: readonly { readonly id: string; readonly status: string }[];
}

async function control(shop: Shop, command?: object): Promise<SandboxState> {
  const answer = await fetch(
    `${shop.url}/sandbox/control.json`,
    command && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(command) },
  );
  expect(answer.status).toBe(200);
  return (await answer.json()) as SandboxState;
}

async function approveAll(shop: Shop): Promise<void> {
  for (const { id } of (await control(shop)).checkouts) await control(shop, { command: 'APPROVE', checkout: id });
}

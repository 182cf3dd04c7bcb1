import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { easyPaisaAdapter } from '../../../src/payment/providers/easypaisa/easypaisa.ts';
import { merchantHash } from '../../../src/payment/providers/easypaisa/merchant-hash.ts';
import type { Attempt, PaymentAdapter } from '../../../src/payment/providers/provider.ts';
import { foldFacts } from '../../../src/payment/state/fold.ts';
import {
  attemptOf,
  CREDENTIALS,
  formIn,
  post,
  SHOP_URL,
  settingsWith,
  startEasyPaisa,
  visit,
} from './easypaisa-attempts.ts';

const IPN_PATH = '/webhooks/easypaisa';
const STATUS_URL = 'https://easypaystg.easypaisa.com.pk/easypay-service/rest/v1/order-status';

function formOf(adapter: PaymentAdapter, attempt: Attempt) {
  const action = adapter.nextAction(attempt);
  if (action?.kind !== 'FORM_POST') throw new Error('There is no form.');
  return action;
}

async function pageAt(adapter: PaymentAdapter, address: string) {
  const handled = await visit(adapter, address);
  if (handled.kind !== 'PAGE') throw new Error(`The adapter answered ${handled.kind}.`);
  return handled.answer;
}

/** All that the browser does from the form to the way back, with a button of EasyPaisa's page. */
async function goThrough(
  adapter: PaymentAdapter,
  form: { url: string; fields: Readonly<Record<string, string>> },
  choice: string,
) {
  const token = await post(form.url, form.fields);
  const between = formIn(await pageAt(adapter, token.location));
  const page = await post(between.action, between.fields);
  const button = new URL(formIn(page).action, between.action).href;
  return (await post(button, { choice })).location;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a payer who pays on EasyPaisa's page comes back by its two steps, and an inquiry says what was paid", async () => {
  await using easyPaisa = await startEasyPaisa();
  const { standIn, adapter } = easyPaisa;
  const attempt = attemptOf();

  const started = await adapter.start(attempt);
  const back = await goThrough(adapter, formOf(adapter, attempt), 'PAY');
  const handled = await visit(adapter, back);
  const { facts } = await adapter.inquire(attempt, []);

  expect(started.facts).toMatchObject([{ status: 'PENDING', type: 'form.signed' }]);
  expect(back).toContain(`${SHOP_URL}/payments/easypaisa/done?status=Success`);
  expect(handled).toEqual({ kind: 'RETURN', payment: { reference: attempt.reference } });
  expect(facts).toMatchObject([{ status: 'SUCCEEDED', money: attempt.money }]);
  expect(standIn.state.rejected).toEqual([]);
  expect(standIn.state.charges).toEqual([{ orderId: attempt.reference, amount: '1500.5' }]);
});

test.each([
  ['DECLINE', 'FAILED'],
  ['LEAVE', 'CANCELED'],
])('a payer who chooses %s comes back all the same, and an inquiry says %s', async (choice, status) => {
  await using easyPaisa = await startEasyPaisa();
  const { standIn, adapter } = easyPaisa;
  const attempt = attemptOf();

  const handled = await visit(adapter, await goThrough(adapter, formOf(adapter, attempt), choice));

  expect(handled).toEqual({ kind: 'RETURN', payment: { reference: attempt.reference } });
  expect((await adapter.inquire(attempt, [])).facts).toMatchObject([{ status }]);
  expect(standIn.state.charges).toEqual([]);
});

test('a payer who claims to have paid is not believed: the way back only says which payment to ask about', async () => {
  await using easyPaisa = await startEasyPaisa();
  const { adapter } = easyPaisa;
  const attempt = attemptOf();
  await post(formOf(adapter, attempt).url, formOf(adapter, attempt).fields);

  const handled = await visit(
    adapter,
    `/payments/easypaisa/done?status=Success&desc=0000&orderRefNumber=${attempt.reference}`,
  );

  expect(handled).toEqual({ kind: 'RETURN', payment: { reference: attempt.reference } });
  expect((await adapter.inquire(attempt, [])).facts).toMatchObject([{ status: 'PENDING' }]);
});

test('a payer who pays less by a hash that was put together of two is found out by the inquiry', async () => {
  await using easyPaisa = await startEasyPaisa();
  const { standIn, adapter } = easyPaisa;
  const attempt = attemptOf({ money: { amount: 900_000n, currency: 'PKR' } });
  const { url, fields } = formOf(adapter, attempt);
  const cheap = Buffer.from(merchantHash({ ...fields, amount: '1000.0' }, CREDENTIALS.hashKey), 'base64');
  const dear = Buffer.from(fields.merchantHashedReq ?? '', 'base64');
  const merchantHashedReq = Buffer.concat([cheap.subarray(0, 16), dear.subarray(16)]).toString('base64');

  await goThrough(adapter, { url, fields: { ...fields, amount: '1000.0', merchantHashedReq } }, 'PAY');
  const { facts } = await adapter.inquire(attempt, []);

  expect(standIn.state).toMatchObject({ rejected: [], charges: [{ amount: '1000.0' }] });
  expect(foldFacts({ money: attempt.money, requested: new Map() }, facts).flags).toEqual(['AMOUNT_MISMATCH']);
});

test("a form with another amount than was hashed is not taken by EasyPaisa's page", async () => {
  await using easyPaisa = await startEasyPaisa();
  const { standIn, adapter } = easyPaisa;
  const { url, fields } = formOf(adapter, attemptOf());

  await post(url, { ...fields, amount: '1.0' });

  expect(standIn.state.rejected).toEqual(['0002: merchantHashedReq']);
});

test('the page between posts by a script of its own server and by a button, and tells no other site its address', async () => {
  const adapter = easyPaisaAdapter(settingsWith());

  const page = await pageAt(adapter, '/payments/easypaisa/return?auth_token=63497609142229179216458614596524379002');
  const script = await pageAt(adapter, /<script src="([^"]+)"><\/script>/.exec(page.body)?.[1] ?? '');

  expect(page).toMatchObject({ status: 200, contentType: 'text/html; charset=utf-8' });
  expect(formIn(page)).toEqual({
    action: 'https://easypaystg.easypaisa.com.pk/easypay/Confirm.jsf',
    fields: {
      auth_token: '63497609142229179216458614596524379002',
      postBackURL: `${SHOP_URL}/payments/easypaisa/done`,
    },
  });
  expect(page.body).toContain('<button>');
  expect(page.body).toContain('<meta name="referrer" content="strict-origin">');
  // The server's policy allows neither code nor styles in the page itself.
  expect(page.body).not.toMatch(/<script>|<style|style=|\son\w+=/);
  expect(script).toEqual({
    status: 200,
    contentType: 'text/javascript; charset=utf-8',
    body: 'document.forms[0].submit();\n',
  });
});

test('a token that is not of the form is refused, and what was sent stands in no page and no reason', async () => {
  const adapter = easyPaisaAdapter(settingsWith());
  const odd = fc.string({ minLength: 1 }).filter(text => !/^[A-Za-z0-9_-]{1,256}$/.test(text));

  await fc.assert(
    fc.asyncProperty(fc.oneof(odd, fc.constantFrom('"><script>x</script>', 'a'.repeat(257), '1\n')), async token => {
      const handled = await visit(adapter, `/payments/easypaisa/return?${new URLSearchParams({ auth_token: token })}`);

      expect(handled).toMatchObject({ kind: 'REFUSED', answer: { status: 400 } });
      if (token.length > 8) expect(JSON.stringify(handled)).not.toContain(token);
    }),
  );
  expect(await visit(adapter, '/payments/easypaisa/return?auth_token=1&auth_token=2')).toMatchObject({
    kind: 'REFUSED',
  });
});

test.each([
  '',
  '?orderRefNumber=',
  '?orderRefNumber=a%20b',
  '?orderRefNumber=1&orderRefNumber=2',
  `?orderRefNum=${'1'.repeat(21)}`,
])('a way back that names no payment ("%s") shows what to do, and is none', async query => {
  const adapter = easyPaisaAdapter(settingsWith());

  for (const path of ['/payments/easypaisa/done', '/payments/easypaisa/return']) {
    const handled = await visit(adapter, path + query);
    expect(handled).toMatchObject({
      kind: 'REFUSED',
      answer: { status: 400, body: expect.stringContaining('do not pay again') },
    });
  }
});

test('a payer who gives up at the first step is known by either spelling of the order', async () => {
  const adapter = easyPaisaAdapter(settingsWith());

  for (const name of ['orderRefNumber', 'orderRefNum'])
    expect(await visit(adapter, `/payments/easypaisa/return?status=Failure&${name}=E1`)).toEqual({
      kind: 'RETURN',
      payment: { reference: 'E1' },
    });
});

test('an IPN is a hint at the order that its address names, also where a blank is before it', async () => {
  const adapter = easyPaisaAdapter(settingsWith());

  for (const url of [`${STATUS_URL}/28/E2026`, ` ${STATUS_URL}/28/E2026`])
    expect(await visit(adapter, `${IPN_PATH}?${new URLSearchParams({ url })}`)).toMatchObject({
      kind: 'HINT',
      payment: { reference: 'E2026' },
      answer: { status: 200 },
    });
});

const FORGED = [
  '',
  'E2026',
  'http://easypaystg.easypaisa.com.pk/easypay-service/rest/v1/order-status/28/E1',
  'https://easypaystg.easypaisa.com.pk:8443/easypay-service/rest/v1/order-status/28/E1',
  'https://easypaystg.easypaisa.com.pk:443/easypay-service/rest/v1/order-status/28/E1',
  'https://user@easypaystg.easypaisa.com.pk/easypay-service/rest/v1/order-status/28/E1',
  'https://easypaystg.easypaisa.com.pk@evil.example/easypay-service/rest/v1/order-status/28/E1',
  'https://easypaystg.easypaisa.com.pk.evil.example/easypay-service/rest/v1/order-status/28/E1',
  'https://evil.example/easypay-service/rest/v1/order-status/28/E1',
  'https://169.254.169.254/easypay-service/rest/v1/order-status/28/E1',
  'file:///easypay-service/rest/v1/order-status/28/E1',
  `${STATUS_URL}/28/../28/E1`,
  `${STATUS_URL}/28/E1?x=1`,
  `${STATUS_URL}/28/E1#x`,
  `${STATUS_URL}/28/E1/`,
  `${STATUS_URL}/28/E1%2F..`,
  `${STATUS_URL}/28/${'1'.repeat(21)}`,
  `${STATUS_URL.replace('v1', 'v2')}/28/E1`,
  `${STATUS_URL.replaceAll('/', '\\')}\\28\\E1`,
];

test('no IPN makes this server connect to anywhere, whatever its address is; a forged one is refused', async () => {
  const fetching = vi.fn(() => Promise.reject(new Error('Nobody fetches.')));
  vi.stubGlobal('fetch', fetching);
  const adapter = easyPaisaAdapter(settingsWith());
  const refused = async (query: URLSearchParams) => (await visit(adapter, `${IPN_PATH}?${query}`)).kind === 'REFUSED';

  for (const url of FORGED)
    expect({ url, refused: await refused(new URLSearchParams({ url })) }).toEqual({ url, refused: true });
  expect(
    await refused(new URLSearchParams([`${STATUS_URL}/28/E1`, `${STATUS_URL}/28/E2`].map(url => ['url', url]))),
  ).toBe(true);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string()),
      async url => {
        expect(await refused(new URLSearchParams({ url }))).toBe(true);
      },
    ),
  );

  expect(fetching).not.toHaveBeenCalled();
});

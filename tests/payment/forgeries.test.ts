import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type ProviderShop, postForm, postJson, signatureByHand, startProviderShop } from '../support/provider-shop.ts';
import { uuidOf } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import { CREDENTIALS } from './providers/jazzcash-attempts.ts';
import { signatureOf } from './providers/stripe-stand-in/webhooks.ts';

type Json = Record<string, unknown>;
type Fields = Readonly<Record<string, string>>;

const rows = async ({ database }: ProviderShop) => ({
  payments: await database.query('select id, status, captured_amount, review_flags from payments order by id'),
  facts: await database.query('select payment_id, key from payment_facts order by id'),
  orders: await database.query('select id, status, paid_at from orders order by id'),
  messages: await database.query('select provider, key from provider_messages order by id'),
  jobs: await database.query(
    `select id from pgboss.job where name in ('provider-message', 'payment-mail') order by id`,
  ),
});

const statusOf = async ({ database }: ProviderShop, globalId: string) => {
  const [row] = await database.query(
    'select payments.status, review_flags, orders.status as "order" from payments join orders on orders.id = order_id where payments.id = $1',
    [uuidOf('payment', globalId)],
  );
  return row;
};

const warnings = ({ log }: ProviderShop) =>
  new Set(
    log.filter(line => line.includes('was refused')).map(line => (JSON.parse(line) as { reason: string }).reason),
  );

/** A payment that its provider knows, and nobody has paid. */
async function startAt(shop: ProviderShop, provider: string, quantity = 1) {
  const order = await shop.order({ currency: 'PKR', quantity });
  const { payment } = await shop.start(order.id, { provider });
  const [row] = await shop.database.query('select reference from payments where id = $1', [
    uuidOf('payment', payment.id),
  ]);
  const reference = String(row?.reference);
  return {
    payment,
    order,
    reference,
    form: (payment.nextAction.fields ?? {}) as Fields,
    page: String(payment.nextAction.url),
  };
}

/** The event by which Stripe would say that it is paid. It has left Stripe for nowhere. */
async function paidAtStripe(shop: ProviderShop) {
  const { payment } = await startAt(shop, 'STRIPE');
  await shop.stripe.control({ do: 'pay', session: payment.providerReference });
  const event = shop.stripe.account.events.find(({ type }) => type === 'checkout.session.completed');
  const body = JSON.stringify(event);
  const send = (text: string, signature?: string) =>
    postJson(`${shop.url}/webhooks/stripe`, text, signature === undefined ? {} : { 'Stripe-Signature': signature });
  return { payment, event: event as unknown as Json, body, send, secret: shop.stripe.webhookSecret };
}

/** Each with one of the values, however deep, changed or taken out, or one more put in. */
function* changesOf(value: unknown): Generator<unknown> {
  if (typeof value === 'string') return yield* [`${value}0`, ''];
  if (typeof value === 'number') return yield* [value + 1, -value - 1, String(value)];
  if (typeof value === 'boolean') return yield !value;
  if (typeof value !== 'object' || value === null) return yield 'something';
  if (Array.isArray(value)) return yield [...value, 'one more'];
  yield { ...value, one_more: 1 };
  for (const [name, inner] of Object.entries(value)) {
    const { [name]: _, ...others } = value as Json;
    yield others;
    for (const changed of changesOf(inner)) yield { ...value, [name]: changed };
  }
}

/** Answers with the status of each. */
async function sendAll(requests: readonly (() => Promise<Response>)[]): Promise<number[]> {
  const statuses: number[] = [];
  const left = [...requests];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const answer = await next();
      await answer.text();
      statuses.push(answer.status);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return statuses;
}

test('an event of Stripe of which anything is changed, or whose signature is old or of another secret, leaves nothing', async () => {
  await using shop = await startProviderShop();
  const { payment, event, body, send, secret } = await paidAtStripe(shop);
  const now = Math.floor(Date.now() / 1000);
  const good = signatureOf(body, secret, now);
  shop.secrets.add('signature', good.split('v1=')[1] ?? '');
  const before = await rows(shop);

  const changed = [...changesOf(event)].map(change => () => send(JSON.stringify(change), good));
  const signatures = [
    undefined,
    '',
    't=1',
    `t=${now}`,
    good.replace('v1=', 'v0='),
    good.replace(`t=${now}`, `t=${now - 1}`),
    good.slice(0, -1),
    `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
    `t=${now - 1},${good}`,
    signatureOf(body, 'whsec_another00000000000', now),
    signatureOf(body, '', now),
    signatureOf(`${body} `, secret, now),
    signatureOf(body, secret, now - 310),
    signatureOf(body, secret, now + 330),
    signatureOf(body, secret, now * 1000),
  ];
  const statuses = await sendAll([
    ...changed,
    ...signatures.map(signature => () => send(body, signature)),
    () => send(body.replaceAll(',', ', '), good),
    () => send('', signatureOf('', secret, now)),
    () => send('[]', signatureOf('[]', secret, now)),
    () => send('{"id":"evt_1"', signatureOf('{"id":"evt_1"', secret, now)),
  ]);

  expect(changed.length).toBeGreaterThan(100);
  expect(new Set(statuses)).toEqual(new Set([400, 403]));
  expect(statuses.filter(status => status === 400)).toHaveLength(3);
  expect(await rows(shop)).toEqual(before);
  const reasons = [...warnings(shop)].join(' ');
  expect(reasons).toContain('No signature matches');
  expect(reasons).toMatch(/signed \d+ seconds ago/);
  expect(reasons).toMatch(/signed \d+ seconds ahead/);
  expect(reasons).toContain('is no event');
  expect((await send(body, good)).status).toBe(200);
  await until('the true one is believed', async () => (await statusOf(shop, payment.id))?.status === 'SUCCEEDED');
});

test('an event of Stripe that says another currency or another amount raises a flag, and pays nothing', async () => {
  await using shop = await startProviderShop();
  for (const [change, flag] of [
    [{ currency: 'usd' }, 'CURRENCY_MISMATCH'],
    [{ amount_total: 100 }, 'AMOUNT_MISMATCH'],
  ] as const) {
    const { payment } = await startAt(shop, 'STRIPE');
    await shop.stripe.control({ do: 'pay', session: payment.providerReference });
    const event = structuredClone(shop.stripe.account.events.at(-1));
    Object.assign(event?.data.object as object, change);
    const body = JSON.stringify(event);

    await postJson(`${shop.url}/webhooks/stripe`, body, {
      'Stripe-Signature': signatureOf(body, shop.stripe.webhookSecret),
    });

    await until('the flag is raised', async () => (await statusOf(shop, payment.id))?.review_flags.includes(flag));
    // What Stripe says when it is asked is right, and takes nothing back.
    await shop.app.services.payments.calls.ask(uuidOf('payment', payment.id));
    expect(await statusOf(shop, payment.id)).toEqual({ status: 'SUCCEEDED', review_flags: [flag], order: 'OPEN' });
  }
  expect(await shop.mails('Your payment')).toEqual([]);
  expect((await shop.me()).plan).toBe('FREE');
});

test('an IPN of JazzCash of which any field is changed, removed or added leaves nothing', async () => {
  await using shop = await startProviderShop();
  const { payment, reference, form, page } = await startAt(shop, 'JAZZCASH');
  await postForm(page, form);
  await shop.jazzCash.control({ settle: { reference, code: '000' } });
  const ipn = await shop.jazzCash.ipnFields(reference);
  const said = Object.entries(ipn).filter(([, text]) => text !== '');
  const before = await rows(shop);
  const url = `${shop.url}/webhooks/jazzcash`;

  const forged = [
    ...said.flatMap(([name, text]) => [
      { ...ipn, [name]: `${text}0` },
      { ...ipn, [name]: `${text}&121` },
      { ...ipn, [name]: '' },
      { ...ipn, [name]: null },
      { ...ipn, [name]: [text] },
      { ...ipn, [name]: '', [`${name}x`]: text },
      { ...ipn, [name]: '', [name.toLowerCase()]: text },
    ]),
    { ...ipn, pp_Amount: '100' },
    { ...ipn, pp_PaymentResponseCode: '121' },
    [ipn],
    'no JSON',
  ].filter(one => JSON.stringify(one) !== JSON.stringify(ipn));
  const statuses = await sendAll(forged.map(one => () => postJson(url, one)));

  // A name in small letters is hashed like any other; one that was in small letters before is no change.
  expect(new Set(statuses)).toEqual(new Set([400]));
  expect(await rows(shop)).toEqual(before);
  expect([...warnings(shop)].join(' ')).toContain('IPN: Its hash is wrong.');
  expect((await postJson(url, ipn)).status).toBe(200);
  await until('the true one is believed', async () => (await statusOf(shop, payment.id))?.status === 'SUCCEEDED');
});

test('values that JazzCash or this server signed, given other names, are no message, although the hash is right', async () => {
  await using shop = await startProviderShop();
  const { form, reference } = await startAt(shop, 'JAZZCASH');
  const { pp_SecureHash: _, ...fields } = form;
  // As if a payer could write a text that is signed.
  const signed = { ...fields, pp_Description: '121', ppmpf_1: '03001234567', pp_TxnType: 'MWALLET' };
  const pp_SecureHash = await signatureByHand(signed, CREDENTIALS.integritySalt);
  const value = (name: string) => fields[name] ?? '';
  const rest = [
    'pp_Language',
    'pp_MerchantID',
    'pp_Password',
    'pp_ReturnURL',
    'pp_TxnCurrency',
    'pp_TxnDateTime',
    'pp_TxnExpiryDateTime',
  ].map(value);
  const merged = {
    pp_Amount: value('pp_Amount'),
    pp_BillReference: value('pp_BillReference'),
    pp_ResponseCode: '121',
    pp_ResponseMessage: rest.join('&'),
    pp_TxnRefNo: reference,
    pp_TxnType: 'MWALLET',
    pp_Version: '1.1',
    ppmpf_1: '03001234567',
    pp_SecureHash,
  };
  const spread = {
    ...merged,
    ...Object.fromEntries(
      ['pp_ResponseMessage', 'pp_SA', 'pp_SB', 'pp_SC', 'pp_TxnCurrency', 'pp_TxnDateTime', 'pp_TxnExpiryDateTime'].map(
        (name, at) => [name, rest[at]],
      ),
    ),
  } as Fields;
  const before = await rows(shop);

  for (const forged of [merged, spread]) {
    expect(await signatureByHand(forged, CREDENTIALS.integritySalt)).toBe(pp_SecureHash);
    expect((await postJson(`${shop.url}/webhooks/jazzcash`, forged)).status).toBe(400);
    expect((await postForm(`${shop.url}/payments/jazzcash/return`, forged)).status).toBe(400);
  }

  expect(await rows(shop)).toEqual(before);
  expect(shop.jazzCash.state.calls.inquiry).toBe(0);
});

test('a payment is what JazzCash says when it is asked, whatever a return or an IPN says of it', async () => {
  await using shop = await startProviderShop();
  const sign = async (fields: Fields) => ({
    ...fields,
    pp_SecureHash: await signatureByHand(fields, CREDENTIALS.integritySalt),
  });
  const unpaid = await startAt(shop, 'JAZZCASH');
  await postForm(unpaid.page, unpaid.form);
  const claimed = await sign({ ...(await shop.jazzCash.returnFields(unpaid.reference)), pp_ResponseCode: '000' });

  const back = await postForm(`${shop.url}/payments/jazzcash/return`, claimed);
  const unsigned = await postForm(`${shop.url}/payments/jazzcash/return`, { ...claimed, pp_ResponseCode: '121' });
  const ipn = await sign({ ...(await shop.jazzCash.ipnFields(unpaid.reference)), pp_ResponseCode: '121' });
  await postJson(`${shop.url}/webhooks/jazzcash`, ipn);
  await until(
    'the IPN is done',
    async () => (await shop.database.query(`select 1 from provider_messages where status = 'PROCESSED'`)).length > 0,
  );

  expect(back.status).toBe(303);
  expect(new URL(back.headers.get('location') ?? '').searchParams.get('status')).toBe('PENDING');
  expect(unsigned.status).toBe(400);
  expect(await statusOf(shop, unpaid.payment.id)).toMatchObject({ status: 'PENDING', order: 'OPEN' });

  for (const [fields, flag] of [
    [{ pp_Amount: '100000' }, 'AMOUNT_MISMATCH'],
    [{ pp_TxnCurrency: 'USD' }, 'CURRENCY_MISMATCH'],
  ] as const) {
    const { payment, reference, form, page } = await startAt(shop, 'JAZZCASH');
    await postForm(page, form);
    await shop.jazzCash.control({ settle: { reference, code: '000' }, next: { inquiry: [{ fields }] } });
    await postJson(`${shop.url}/webhooks/jazzcash`, await shop.jazzCash.ipnFields(reference));
    await until('the flag is raised', async () => (await statusOf(shop, payment.id))?.review_flags.includes(flag));
    expect(await statusOf(shop, payment.id)).toMatchObject({ order: 'OPEN' });
  }
});

test('a signed form of EasyPaisa into which a lower amount was spliced is paid there, flagged here, and pays no order', async () => {
  await using shop = await startProviderShop();
  const cheap = await startAt(shop, 'EASYPAISA', 1);
  const dear = await startAt(shop, 'EASYPAISA', 2);
  const bytes = ({ form }: typeof cheap) => Buffer.from(form.merchantHashedReq ?? '', 'base64');
  // Blocks are encrypted each by itself: the first has the amount.
  const spliced = Buffer.concat([bytes(cheap).subarray(0, 16), bytes(dear).subarray(16)]).toString('base64');

  const taken = await postForm(dear.page, {
    ...dear.form,
    amount: cheap.form.amount ?? '',
    merchantHashedReq: spliced,
  });
  await shop.easyPaisa.control({ settle: { orderId: dear.reference, status: 'PAID' } });
  const back = await fetch(
    `${shop.url}/payments/easypaisa/done?status=Success&desc=0000&orderRefNumber=${dear.reference}`,
    { redirect: 'manual' },
  );

  expect(taken.status).toBe(302);
  expect(shop.easyPaisa.state.charges).toEqual([{ orderId: dear.reference, amount: cheap.form.amount }]);
  expect(back.status).toBe(303);
  const flagged = { status: 'SUCCEEDED', review_flags: ['AMOUNT_MISMATCH'], order: 'OPEN' };
  await until('the flag is raised', async () => (await statusOf(shop, dear.payment.id))?.review_flags.length > 0);
  expect(await statusOf(shop, dear.payment.id)).toEqual(flagged);
  await shop.easyPaisa.control({ settle: { orderId: dear.reference, status: 'PAID', amount: dear.form.amount ?? '' } });
  await shop.app.services.payments.calls.ask(uuidOf('payment', dear.payment.id));
  expect(await statusOf(shop, dear.payment.id)).toEqual(flagged);
  expect((await shop.me()).plan).toBe('FREE');
});

test('an IPN of EasyPaisa makes this server connect to nobody that it names, and no return says that something was paid', async () => {
  await using shop = await startProviderShop();
  const { payment, reference, form, page } = await startAt(shop, 'EASYPAISA');
  await postForm(page, form);
  let trapped = 0;
  const trap = createServer((_request, response) => {
    trapped += 1;
    response.end('{"transaction_status":"PAID","responseCode":"0000"}');
  }).listen(0, '127.0.0.1');
  await until('the trap is set', () => trap.address() !== null);
  const host = `127.0.0.1:${(trap.address() as AddressInfo).port}`;
  const provider = new URL(shop.easyPaisa.url).host;
  const path = `/easypay-service/rest/v1/order-status/28/${reference}`;
  const before = await rows(shop);

  const named = [
    `http://${host}${path}`,
    `https://${host}${path}`,
    `//${host}${path}`,
    `http://${provider}@${host}${path}`,
    `http://${host}\\@${provider}${path}`,
    `http://${host}#@${provider}${path}`,
    `http://${host}/?http://${provider}${path}`,
    `http://${provider}${path}?next=http://${host}`,
    `http://${provider}${path}/../../../../../../${host}`,
    `http://${provider}/easypay-service/rest/v1/order-status/28/../${reference}`,
    `http://${provider}.${host}${path}`,
    `ftp://${provider}${path}`,
    `file:///etc/passwd`,
    path,
    '',
  ];
  const ipn = (url: string) => fetch(`${shop.url}/webhooks/easypaisa?url=${encodeURIComponent(url)}`);
  const statuses = await sendAll([
    ...named.map(url => () => ipn(url)),
    () => fetch(`${shop.url}/webhooks/easypaisa`),
    () => fetch(`${shop.url}/webhooks/easypaisa?url=${shop.easyPaisa.url}${path}&url=http://${host}${path}`),
  ]);

  expect(new Set(statuses)).toEqual(new Set([400]));
  expect(await rows(shop)).toEqual(before);
  expect([...warnings(shop)].join(' ')).toContain('its url is not of EasyPaisa');
  expect((await ipn(`${shop.easyPaisa.url}${path}`)).status).toBe(200);
  await until('EasyPaisa is asked', () => shop.easyPaisa.state.calls.inquire > 0);
  const back = await fetch(
    `${shop.url}/payments/easypaisa/done?status=Success&desc=0000&paid=true&orderRefNumber=${reference}`,
    { redirect: 'manual' },
  );
  expect(new URL(back.headers.get('location') ?? '').searchParams.get('status')).toBe('PENDING');
  expect(await statusOf(shop, payment.id)).toEqual({ status: 'PENDING', review_flags: [], order: 'OPEN' });
  expect({ trapped, fetched: shop.easyPaisa.state.calls.orderStatus }).toEqual({ trapped: 0, fetched: 0 });
  trap.close();
});

test('what is too long, comes by another method or names no payment leaves nothing', async () => {
  await using shop = await startProviderShop();
  const { url, stripe } = shop;
  const before = await rows(shop);
  const long = JSON.stringify({ id: 'evt_1', x: 'x'.repeat(70_000) });

  const statuses = {
    long: (
      await postJson(`${url}/webhooks/stripe`, long, { 'Stripe-Signature': signatureOf(long, stripe.webhookSecret) })
    ).status,
    get: (await fetch(`${url}/webhooks/stripe`)).status,
    getIpn: (await fetch(`${url}/webhooks/jazzcash`)).status,
    put: (await fetch(`${url}/webhooks/stripe`, { method: 'PUT', body: '{}' })).status,
    postEasyPaisa: (await postForm(`${url}/webhooks/easypaisa`, {})).status,
    stripeReturn: (await fetch(`${url}/payments/stripe/return?payment=nobody`, { redirect: 'manual' })).status,
    badStripeReturn: (await fetch(`${url}/payments/stripe/return?payment=a'b`, { redirect: 'manual' })).status,
    easyPaisaReturn: (await fetch(`${url}/payments/easypaisa/done?orderRefNumber=E1`, { redirect: 'manual' })).status,
  };

  expect(statuses).toEqual({
    long: 413,
    get: 405,
    getIpn: 405,
    put: 405,
    postEasyPaisa: 405,
    stripeReturn: 404,
    badStripeReturn: 400,
    easyPaisaReturn: expect.toBeOneOf([400, 404]),
  });
  expect(await rows(shop)).toEqual(before);
});

test('a thousand forged messages write no row and hardly a line, and make no provider be asked again and again', async () => {
  await using shop = await startProviderShop();
  const { reference, form, page, payment } = await startAt(shop, 'EASYPAISA');
  await postForm(page, form);
  const before = await rows(shop);
  const { length: lines } = shop.log;
  const hint = `${shop.url}/webhooks/easypaisa?url=${encodeURIComponent(`${shop.easyPaisa.url}/easypay-service/rest/v1/order-status/28/${reference}`)}`;

  const statuses = await sendAll([
    ...Array.from(
      { length: 400 },
      (_, n) => () =>
        postJson(`${shop.url}/webhooks/stripe`, { id: `evt_${n}` }, { 'Stripe-Signature': `t=${n},v1=${n}` }),
    ),
    ...Array.from(
      { length: 400 },
      (_, n) => () =>
        postJson(`${shop.url}/webhooks/jazzcash`, {
          pp_TxnRefNo: `T${n}`,
          pp_ResponseCode: '121',
          pp_SecureHash: 'A'.repeat(64),
        }),
    ),
    ...Array.from({ length: 200 }, () => () => fetch(hint)),
  ]);

  expect(statuses.filter(status => status === 403)).toHaveLength(400);
  expect(statuses.filter(status => status === 400)).toHaveLength(400);
  expect(statuses.filter(status => status === 200)).toHaveLength(200);
  expect({ ...(await rows(shop)), facts: [] }).toEqual({ ...before, facts: [] });
  expect(shop.log.slice(lines).filter(line => line.includes('was refused'))).toHaveLength(2);
  await until('EasyPaisa was asked', () => shop.easyPaisa.state.calls.inquire > 0);
  expect(await statusOf(shop, payment.id)).toMatchObject({ status: 'PENDING' });
  // Ten seconds at least lie between two inquiries that hints bring about.
  const asked = async () => (await shop.database.query('select asked_at from payments'))[0]?.asked_at !== null;
  await until('what EasyPaisa said is written', asked);
  await fetch(hint);
  const [row] = await shop.database.query(
    `select next_inquiry_at >= asked_at + interval '10 seconds' as waits from payments`,
  );
  expect(row).toEqual({ waits: true });
});

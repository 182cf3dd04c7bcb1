import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { jazzCashAdapter } from '../../../src/payment/providers/jazzcash/jazzcash.ts';
import type { JazzCashEnvironment, JazzCashSettings } from '../../../src/payment/providers/jazzcash/settings.ts';
import { type PaymentAdapter, RefusedError, UnknownOutcomeError } from '../../../src/payment/providers/provider.ts';
import { until } from '../../support/wait.ts';
import { attemptOf, CREDENTIALS, settingsWith } from './jazzcash-attempts.ts';
import type { Behaviour } from './jazzcash-ledger.ts';
import { type JazzCashStandIn, startJazzCashStandIn } from './jazzcash-stand-in.ts';
import { refundOf } from './wallet-attempts.ts';

interface Pair extends AsyncDisposable {
  readonly adapter: PaymentAdapter;
  readonly jazzCash: JazzCashStandIn;
}

async function start(env: JazzCashEnvironment = {}, timeoutsMs?: JazzCashSettings['timeoutsMs']): Promise<Pair> {
  const jazzCash = await startJazzCashStandIn(CREDENTIALS);
  const settings = settingsWith({ JAZZCASH_BASE_URL: jazzCash.url, ...env }, timeoutsMs);
  return { adapter: jazzCashAdapter(settings), jazzCash, [Symbol.asyncDispose]: () => jazzCash.close() };
}

const wallet = () => attemptOf({ method: 'MOBILE_WALLET' });
const PKR = (amount: bigint) => ({ amount, currency: 'PKR' });

/** Opens JazzCash's page as a browser does. */
async function openPage({ adapter }: Pair, attempt = attemptOf()) {
  await adapter.start(attempt);
  const action = adapter.nextAction(attempt);
  if (action?.kind !== 'FORM_POST') throw new Error('There is no form.');
  const page = await fetch(action.url, { method: 'POST', body: new URLSearchParams(action.fields) });
  return { attempt, page: await page.text(), fields: action.fields };
}

describe('the page', () => {
  test('takes the form, which is the same however often it is signed, and an inquiry finds what was paid', async () => {
    await using pair = await start();
    const { adapter, jazzCash } = pair;
    const { attempt, page, fields } = await openPage(pair);

    const before = await adapter.inquire(attempt, []);
    await jazzCash.control({ settle: { reference: attempt.reference, code: '000' } });
    const after = await adapter.inquire(attempt, []);

    expect(page).toContain('Pay');
    expect(adapter.nextAction(attempt)).toMatchObject({ fields });
    expect(fields).toMatchObject({
      pp_TxnDateTime: '20261121031500',
      pp_TxnExpiryDateTime: '20261122031500',
      pp_BillReference: 'ORD000042',
      pp_Amount: '150050',
      pp_ReturnURL: 'https://shop.example/payments/jazzcash/return',
    });
    expect(before.facts).toEqual([{ kind: 'PAYMENT', type: 'inquiry', status: 'PENDING' }]);
    expect(after).toMatchObject({
      facts: [{ kind: 'PAYMENT', type: 'inquiry', status: 'SUCCEEDED', money: PKR(150_050n) }],
      reference: expect.stringMatching(/^\d{12}$/),
      details: { txnType: 'MWALLET' },
    });
    expect(jazzCash.state.rejected).toEqual([]);
  });

  test('that nobody has opened is unknown to JazzCash, which is no failure', async () => {
    await using pair = await start();

    expect((await pair.adapter.inquire(attemptOf(), [])).facts).toEqual([]);
  });

  test('sends the browser back with a form that is a return', async () => {
    await using pair = await start();
    const { adapter, jazzCash } = pair;
    const { attempt } = await openPage(pair);

    const pay = new URLSearchParams({ code: '000' });
    const back = await fetch(`${jazzCash.url}/__page/${attempt.reference}`, { method: 'POST', body: pay });
    const inputs = [...(await back.text()).matchAll(/name="(\w+)" value="([^"]*)"/g)];
    const fields = inputs.map(([, name = '', value = '']) => [name, value]);
    const body = Buffer.from(new URLSearchParams(fields).toString());
    const route = adapter.routes.find(({ path }) => path === '/payments/jazzcash/return');

    expect(await route?.handle({ query: new URLSearchParams(), headers: {}, body })).toEqual({
      kind: 'RETURN',
      payment: { reference: attempt.reference },
    });
  });
});

describe('a prompt on the phone', () => {
  test('that is approved is a success with its amount, and one charge', async () => {
    await using pair = await start();
    const attempt = wallet();

    const answer = await pair.adapter.start(attempt);

    expect(answer).toMatchObject({
      facts: [{ kind: 'PAYMENT', type: 'wallet.answered', status: 'SUCCEEDED', money: PKR(150_050n) }],
      reference: expect.stringMatching(/^\d{12}$/),
    });
    expect(pair.jazzCash.state.charges).toEqual([{ reference: attempt.reference, amount: '150050' }]);
    expect(JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      '0312',
    );
  });

  test('goes by version 2.0 and with a name of the sub-merchant where the settings say so', async () => {
    await using second = await start({ JAZZCASH_WALLET_VERSION: '2.0' });
    await using named = await start({ JAZZCASH_SUB_MERCHANT_NAME: 'Duely' });

    for (const { adapter } of [second, named])
      expect((await adapter.start(wallet())).facts).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  test.each<[string, string, string | null]>([
    ['024', 'FAILED', 'The PIN was wrong.'],
    ['004', 'FAILED', 'The balance of the mobile account is too low.'],
    ['999', 'FAILED', 'JazzCash did not take the payment (code 999). Try again, or pay in another way.'],
    ['116', 'EXPIRED', 'The time to pay is over.'],
    ['129', 'CANCELED', 'The payment was given up.'],
    ['157', 'PENDING', null],
    ['134', 'PENDING', null],
  ])('that ends with code %s is %s', async (code, status, message) => {
    await using pair = await start();
    await pair.jazzCash.control({ next: { wallet: [{ code }] } });

    const { facts } = await pair.adapter.start(wallet());

    expect(facts).toMatchObject([{ kind: 'PAYMENT', status, ...(message === null ? {} : { code, message }) }]);
    expect(pair.jazzCash.state.charges).toEqual([]);
  });

  test.each<[string, Behaviour, number]>([
    ['no answer in time', { reply: 'NEVER' }, 1],
    ['a connection that breaks', { reply: 'CUT' }, 1],
    ['a page of the firewall with status 200', { reply: 'HTML' }, 0],
    ['status 500, although it has JSON', { reply: 'ERROR' }, 0],
    ['a redirection', { reply: 'MOVED' }, 0],
    ['status 503 after the charge', { reply: 'LATE_ERROR' }, 1],
    ['a wrong hash', { reply: 'WRONG_HASH' }, 1],
    ['no hash', { reply: 'NO_HASH' }, 1],
    ['a code that nobody knows', { code: '777' }, 0],
    ['another payment', { fields: { pp_TxnRefNo: 'T20240418145702' } }, 1],
    ['another bill', { fields: { pp_BillReference: 'ORD000043' } }, 1],
    ['another merchant', { fields: { pp_MerchantID: 'MC00002' } }, 1],
    ['a success without an amount', { fields: { pp_Amount: '' } }, 1],
    ['an amount that is no number', { fields: { pp_Amount: '1500.50' } }, 1],
    ['a field that no answer has', { fields: { pp_Status: 'Completed' } }, 1],
  ])('with %s has an unknown outcome, which the inquiry settles', async (_what, behaviour, charges) => {
    await using pair = await start({}, { wallet: 300, others: 5_000 });
    await pair.jazzCash.control({ next: { wallet: [behaviour] } });
    const attempt = wallet();

    await expect(pair.adapter.start(attempt)).rejects.toThrow(UnknownOutcomeError);
    const { facts } = await pair.adapter.inquire(attempt, []);

    expect(pair.jazzCash.state.charges).toHaveLength(charges);
    expect(facts.some(fact => fact.kind === 'PAYMENT' && fact.status === 'SUCCEEDED')).toBe(charges === 1);
  });

  test('with an answer in another type and with bare numbers is understood', async () => {
    await using pair = await start();
    await pair.jazzCash.control({ next: { wallet: [{ reply: 'TEXT' }] } });

    expect((await pair.adapter.start(wallet())).facts).toMatchObject([{ status: 'SUCCEEDED', money: PKR(150_050n) }]);
  });

  test('of another amount or currency than was asked is told as it is', async () => {
    await using pair = await start();
    const fields = { pp_Amount: '100000', pp_TxnCurrency: 'USD' };
    await pair.jazzCash.control({ next: { wallet: [{ fields }] } });

    expect((await pair.adapter.start(wallet())).facts).toMatchObject([
      { money: { amount: 100_000n, currency: 'USD' } },
    ]);
  });

  test.each<[string, JazzCashEnvironment]>([
    ['hash', { JAZZCASH_INTEGRITY_SALT: 'anothersalt' }],
    ['password', { JAZZCASH_PASSWORD: 'another00' }],
  ])('with the wrong %s is refused, and the error names no secret', async (_what, env) => {
    await using pair = await start(env);

    const error = await pair.adapter.start(wallet()).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(RefusedError);
    expect(String(error)).not.toMatch(/anothersalt|another00|0312/);
    expect(pair.jazzCash.state.charges).toEqual([]);
  });

  test('without the number of a mobile account is refused before JazzCash is called', async () => {
    await using pair = await start();

    for (const phoneNumber of [null, '', '+923001234567', '0300123456', '03001234567&121'])
      await expect(pair.adapter.start({ ...wallet(), phoneNumber })).rejects.toThrow(RefusedError);
    expect(pair.jazzCash.state.calls.wallet).toBe(0);
  });

  test('has its IPN come before the answer, or three times, each acknowledged by a signature', async () => {
    await using pair = await start();
    const { adapter, jazzCash } = pair;
    await using shop = await startShop(adapter);
    await jazzCash.control({ ipnUrl: shop.url, ipnCopies: 3, next: { wallet: [{ ipn: 'BEFORE' }, { ipn: 'AFTER' }] } });

    await adapter.start(wallet());
    const early = jazzCash.state.acknowledgements.length;
    await adapter.start(wallet());
    await until('all IPNs are acknowledged', () => jazzCash.state.acknowledgements.length === 6);

    expect(early).toBe(3);
    expect(jazzCash.state.acknowledgements.every(({ status, isSigned }) => status === 200 && isSigned)).toBe(true);
    expect(new Set(shop.keys).size).toBe(2);
  });
});

describe('an inquiry', () => {
  test('finds a success that came after 25 hours, when the IPN was lost', async () => {
    await using pair = await start();
    const { attempt } = await openPage(pair);
    await pair.jazzCash.control({ ipnCopies: 0 });
    await pair.jazzCash.control({ settle: { reference: attempt.reference, code: '999' } });
    const failed = await pair.adapter.inquire(attempt, []);

    await pair.jazzCash.control({ settle: { reference: attempt.reference, code: '121' } });
    const late = await pair.adapter.inquire(attempt, []);

    expect(failed.facts).toMatchObject([{ status: 'FAILED', code: '999' }]);
    expect(late.facts).toMatchObject([{ status: 'SUCCEEDED', money: PKR(150_050n) }]);
  });

  test.each<[string, Record<string, string>, string | null]>([
    ['116', { pp_PaymentResponseCode: '116', pp_Status: 'Failed' }, 'EXPIRED'],
    ['a dropped one', { pp_PaymentResponseCode: '999', pp_Status: 'Dropped' }, 'CANCELED'],
    ['a failed one', { pp_PaymentResponseCode: '134', pp_Status: 'Validation Failed' }, 'FAILED'],
    ['124', { pp_PaymentResponseCode: '124', pp_Status: 'Pending' }, 'PENDING'],
    ['a fault without a status', { pp_PaymentResponseCode: '999', pp_Status: '' }, null],
    ['122', { pp_PaymentResponseCode: '122', pp_Status: '' }, 'REVERSED'],
    ['131, when nobody asked for a refund here', { pp_PaymentResponseCode: '131', pp_Status: 'Completed' }, 'REVERSED'],
    ['121 alone', { pp_PaymentResponseCode: '121', pp_Status: '' }, 'SUCCEEDED'],
    [
      'the other spelling of the number',
      { pp_RetrievalReferenceNo: '', pp_RetreivalReferenceNo: '261121718258' },
      'SUCCEEDED',
    ],
  ])('that says %s is %s', async (_what, fields, status) => {
    await using pair = await start();
    const { attempt } = await openPage(pair);
    await pair.jazzCash.control({
      settle: { reference: attempt.reference, code: '121' },
      next: { inquiry: [{ fields }] },
    });

    const { facts, reference } = await pair.adapter.inquire(attempt, []);

    expect(facts).toEqual(status === null ? [] : [expect.objectContaining({ kind: 'PAYMENT', status })]);
    expect(reference).toMatch(/^\d{12}$/);
  });

  test.each<[string, Behaviour]>([
    ['its own failure', { inquiryCode: '199' }],
    ['its own failure and no hash', { inquiryCode: '199', reply: 'NO_HASH' }],
    ['a wrong hash', { reply: 'WRONG_HASH' }],
    ['the page of a firewall', { reply: 'HTML' }],
    ['000 alone', { fields: { pp_PaymentResponseCode: '000', pp_Status: '' } }],
    ['121 of a failed one', { fields: { pp_Status: 'Failed' } }],
    ['999 of a completed one', { fields: { pp_PaymentResponseCode: '999' } }],
    ['an unknown code', { fields: { pp_PaymentResponseCode: '777', pp_Status: '' } }],
    ['an unknown status', { fields: { pp_Status: 'Done' } }],
    ['a success of no amount', { fields: { pp_Amount: '' } }],
    ['a success of another payment', { fields: { pp_TxnRefNo: 'T20240418145702' } }],
  ])('that answers %s tells nothing', async (_what, behaviour) => {
    await using pair = await start();
    const { attempt } = await openPage(pair);
    await pair.jazzCash.control({
      settle: { reference: attempt.reference, code: '121' },
      next: { inquiry: [behaviour] },
    });

    await expect(pair.adapter.inquire(attempt, [])).rejects.toThrow(UnknownOutcomeError);
  });

  test('of version 1.1 has no amount, and is believed where the settings say so', async () => {
    await using pair = await start({ JAZZCASH_INQUIRY_VERSION: '1.1' });
    const { attempt } = await openPage(pair);
    const fields = { pp_Amount: '', pp_TxnRefNo: '', pp_MerchantID: '', pp_TxnType: '', pp_BillReference: '' };
    await pair.jazzCash.control({
      settle: { reference: attempt.reference, code: '121' },
      next: { inquiry: [{ fields }, { fields: { pp_Amount: '100' } }] },
    });

    expect((await pair.adapter.inquire(attempt, [])).facts).toMatchObject([{ status: 'SUCCEEDED', money: null }]);
    expect((await pair.adapter.inquire(attempt, [])).facts).toMatchObject([{ status: 'SUCCEEDED', money: PKR(100n) }]);
  });

  test('that says 131 settles the one refund of all that was asked for, and of parts says nothing', async () => {
    await using pair = await start();
    const attempt = wallet();
    await pair.adapter.start(attempt);
    const fields = { pp_PaymentResponseCode: '131' };
    await pair.jazzCash.control({ next: { inquiry: [{ fields }, { fields }] } });
    const [whole, part] = [refundOf(150_050n), refundOf(50n)];

    const ofWhole = await pair.adapter.inquire(attempt, [whole]);
    const ofPart = await pair.adapter.inquire(attempt, [part]);

    expect(ofWhole.facts).toMatchObject([
      { kind: 'PAYMENT', status: 'SUCCEEDED' },
      { kind: 'REFUND', refundId: whole.id, status: 'SUCCEEDED' },
    ]);
    expect(ofPart.facts).toMatchObject([{ kind: 'PAYMENT', status: 'SUCCEEDED' }]);
  });
});

describe('a refund', () => {
  test('gives back a part or all, once for each call', async () => {
    await using pair = await start();
    const attempt = wallet();
    await pair.adapter.start(attempt);

    const { facts } = await pair.adapter.refund(attempt, refundOf(50_000n));

    expect(facts).toMatchObject([
      { kind: 'REFUND', status: 'SUCCEEDED', refundId: refundOf(0n).id, money: PKR(50_000n) },
    ]);
    expect(pair.jazzCash.state.refunds).toEqual([{ reference: attempt.reference, amount: '50000' }]);
  });

  test.each(['110', '132', '451', '452', '453', '454', '455'])('that JazzCash refuses by %s has failed', async code => {
    await using pair = await start();
    const attempt = wallet();
    await pair.adapter.start(attempt);
    await pair.jazzCash.control({ next: { refund: [{ code }] } });

    const { facts } = await pair.adapter.refund(attempt, refundOf(50_000n));

    expect(facts).toMatchObject([{ kind: 'REFUND', status: 'FAILED', code, message: expect.stringMatching(/\.$/) }]);
    expect(pair.jazzCash.state.refunds).toEqual([]);
  });

  test.each<[string, Behaviour, number]>([
    ['a lost answer', { reply: 'CUT' }, 1],
    ['no answer in time', { reply: 'NEVER' }, 1],
    ['a wrong hash', { reply: 'WRONG_HASH' }, 1],
    ['status 503', { reply: 'LATE_ERROR' }, 1],
    ['a technical fault', { code: '999' }, 0],
    ['pending', { code: '157' }, 0],
    ['another amount', { fields: { pp_Amount: '1' } }, 1],
  ])('with %s has an unknown outcome and is not asked for again', async (_what, behaviour, refunds) => {
    await using pair = await start({}, { wallet: 5_000, others: behaviour.reply === 'NEVER' ? 300 : 5_000 });
    const attempt = wallet();
    await pair.adapter.start(attempt);
    await pair.jazzCash.control({ next: { refund: [behaviour] } });

    await expect(pair.adapter.refund(attempt, refundOf(150_050n))).rejects.toThrow(UnknownOutcomeError);
    expect(pair.jazzCash.state.refunds).toHaveLength(refunds);
    expect(pair.jazzCash.state.calls.refund).toBe(1);
  });

  test('of what was refunded already has succeeded where it is all of it, and is unknown where it is a part', async () => {
    await using pair = await start();
    const attempt = wallet();
    await pair.adapter.start(attempt);
    await pair.adapter.refund(attempt, refundOf(150_050n));

    const again = await pair.adapter.refund(attempt, refundOf(150_050n));

    expect(again.facts).toMatchObject([{ kind: 'REFUND', status: 'SUCCEEDED' }]);
    await expect(pair.adapter.refund(attempt, refundOf(50n))).rejects.toThrow(UnknownOutcomeError);
    expect(pair.jazzCash.state.refunds).toHaveLength(1);
  });

  test('is the work of an admin where there is no MPIN, and for cards, and is refused beforehand for parts', async () => {
    await using pair = await start({ JAZZCASH_MPIN: '', JAZZCASH_PARTIAL_REFUNDS: 'off' });
    const { adapter } = pair;
    const [all, part] = [PKR(150_050n), PKR(1_000n)];
    const card = attemptOf({ details: { txnType: 'MPAY' } });

    expect(adapter.refunds).toBe('MANUAL');
    expect(adapter.refundRefusal(wallet(), { money: all, captured: all })).toBeNull();
    expect(adapter.refundRefusal(wallet(), { money: part, captured: all })).toContain('as a whole');
    expect([wallet(), card].map(attempt => adapter.refundsByHand?.(attempt))).toEqual([false, true]);
    await expect(adapter.refund(wallet(), refundOf(100n))).rejects.toThrow(RefusedError);
    expect(pair.jazzCash.state.calls.refund).toBe(0);
  });
});

/** The routes of an adapter behind a socket, without a server of the product's around them. */
async function startShop(adapter: PaymentAdapter) {
  const keys: string[] = [];
  const server = createServer(async (request, response) => {
    const route = adapter.routes.find(({ path }) => path === request.url);
    const handled = await route?.handle({ query: new URLSearchParams(), headers: {}, body: await buffer(request) });
    if (handled?.kind !== 'MESSAGE') return void response.writeHead(400).end();
    keys.push(handled.message.key);
    response.writeHead(handled.answer.status, { 'Content-Type': handled.answer.contentType }).end(handled.answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    keys,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/webhooks/jazzcash`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

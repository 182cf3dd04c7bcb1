import fc from 'fast-check';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { post, sessionOf, startedAttempt, startStripeBench } from './stripe-payment.ts';
import { signatureOf } from './stripe-stand-in/webhooks.ts';

const EVENT = '{"id":"evt_1","object":"event","type":"payment_intent.succeeded","data":{"object":{}}}';

/** A message that is good but for what a test changes. */
async function aMessage() {
  const bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'pay', session: sessionOf(attempt) });
  const event = bench.standIn.account.events.find(({ type }) => type === 'checkout.session.completed');
  return { bench, attempt, body: JSON.stringify(event), [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

test("the stand-in signs as Stripe's own library does", () => {
  expect(signatureOf(EVENT, 'whsec_test_secret', 1_700_000_000)).toBe(
    't=1700000000,v1=9138fc0dca8803648b76c0505002e1bb00aef8475dd05eb8ac7684df60f8ee8f',
  );
  const stripe = new Stripe('sk_test_x');
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1, maxLength: 200 }), fc.nat(), (body, secret, at) => {
      fc.pre(secret.trim() === secret);
      expect(signatureOf(body, secret, at + 1)).toBe(
        stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: at + 1 }),
      );
    }),
  );
});

test('a signed message is kept under the id of its event and thanked for', async () => {
  await using message = await aMessage();

  const handled = await post(message.bench, message.body);

  expect(handled).toMatchObject({
    kind: 'MESSAGE',
    message: { key: JSON.parse(message.body).id, type: 'checkout.session.completed' },
    answer: { status: 200, body: '{"status":"received"}' },
  });
});

test('what is kept of messages has neither personal data nor the words of a bank', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'decline', session: sessionOf(attempt) });
  await bench.standIn.control({ do: 'pay', session: sessionOf(attempt) });

  const kept = JSON.stringify(await bench.messages());

  expect(JSON.stringify(bench.standIn.account.events)).toContain('ada@example.com');
  expect(kept).toContain(attempt.id);
  expect(kept).not.toMatch(/@|Ada|4242|client_secret|billing|shipping/);
});

test('any other byte of the body, another secret and no signature are refused, and nothing is kept', async () => {
  await using message = await aMessage();
  const { bench, body } = message;
  const good = signatureOf(body, bench.standIn.webhookSecret);
  const forged = [
    await post(bench, body.replace('"paid"', '"PAID"'), good),
    await post(bench, `${body} `, good),
    await post(bench, body, signatureOf(body, 'whsec_of_somebody_else')),
    await post(bench, body, good.replace('v1=', 'v0=')),
    await post(bench, body, ''),
    await post(bench, '', good),
  ];

  for (const handled of forged) expect(handled).toMatchObject({ kind: 'REFUSED', answer: { status: 403 } });
  expect(await post(bench, body, good)).toMatchObject({ kind: 'MESSAGE' });
});

test('a message is good for five minutes, and one from the future no longer than that', async () => {
  await using message = await aMessage();
  const { bench, body } = message;
  bench.clock = new Date('2026-11-21T12:00:00Z');
  const at = (offset: number) =>
    post(bench, body, signatureOf(body, bench.standIn.webhookSecret, Date.UTC(2026, 10, 21, 12) / 1000 + offset));

  expect(await at(-300)).toMatchObject({ kind: 'MESSAGE' });
  expect(await at(-301)).toMatchObject({ kind: 'REFUSED', reason: 'The message was signed 301 seconds ago.' });
  expect(await at(300)).toMatchObject({ kind: 'MESSAGE' });
  expect(await at(301)).toMatchObject({ kind: 'REFUSED', reason: 'The message was signed 301 seconds ahead.' });
});

test('a header with two times is refused, whichever of them was signed', async () => {
  await using message = await aMessage();
  const { bench, body } = message;
  const good = signatureOf(body, bench.standIn.webhookSecret);

  const now = Math.floor(Date.now() / 1000);
  const old = signatureOf(body, bench.standIn.webhookSecret, now - 3600);

  expect(await post(bench, body, `t=${now},${old}`)).toMatchObject({ kind: 'REFUSED' });
  expect(await post(bench, body, `t=${now},${good}`)).toMatchObject({ kind: 'REFUSED' });
  expect(await post(bench, body, `${good},t=1`)).toMatchObject({ kind: 'REFUSED' });
});

test('while the secret is exchanged, messages signed with either are taken', async () => {
  await using message = await aMessage();
  const { bench, body } = message;
  const now = Math.floor(Date.now() / 1000);
  const both = `${signatureOf(body, 'whsec_the_other_one', now)},${signatureOf(body, bench.standIn.webhookSecret, now).split(',')[1]}`;

  expect(await post(bench, body, both)).toMatchObject({ kind: 'MESSAGE' });
});

test('a signed event that says nothing of payments is thanked for and not kept', async () => {
  await using bench = await startStripeBench();
  const body = JSON.stringify({ id: 'evt_1', type: 'customer.created', created: 1, data: { object: {} } });

  expect(await post(bench, body)).toMatchObject({ kind: 'HINT', payment: {}, answer: { status: 200 } });
});

test('a signed body that is no event is refused', async () => {
  await using bench = await startStripeBench();

  for (const body of ['not json', '[]', 'null', '{"id":"evt_1"}', '{"object":"v2.core.event","id":"evt_1"}'])
    expect(await post(bench, body)).toMatchObject({ kind: 'REFUSED' });
});

test('the browser that comes back names its payment, and nothing that it says counts', async () => {
  await using bench = await startStripeBench();
  const route = bench.adapter.routes.find(({ path }) => path === '/payments/stripe/return');
  const back = (query: string) =>
    route?.handle({ query: new URLSearchParams(query), headers: {}, body: Buffer.alloc(0) });

  expect(await back('payment=abc123&status=SUCCEEDED')).toEqual({ kind: 'RETURN', payment: { reference: 'abc123' } });
  expect(await back('')).toMatchObject({ kind: 'REFUSED', answer: { status: 400 } });
  expect(await back(`payment=${'a'.repeat(65)}`)).toMatchObject({ kind: 'REFUSED' });
  expect(await back("payment=a'b")).toMatchObject({ kind: 'REFUSED' });
});

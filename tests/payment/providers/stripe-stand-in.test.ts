import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { type StripeStandIn, startStripeStandIn } from './stripe-stand-in.ts';

const client = ({ url, secretKey }: Pick<StripeStandIn, 'url' | 'secretKey'>) => {
  const { hostname, port } = new URL(url);
  return new Stripe(secretKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
};
const order = (unitAmount = 1050): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    { quantity: 1, price_data: { currency: 'usd', unit_amount: unitAmount, product_data: { name: 'Order' } } },
  ],
  success_url: 'https://duely.example.com/return',
  expires_at: Math.floor(Date.now() / 1000) + 3600,
});

test('a request that is not of the API is refused as Stripe describes it', async () => {
  await using standIn = await startStripeStandIn();
  const stripe = client(standIn);
  const wrong = { ...order(), mode: 'present', tip: 5 } as Stripe.Checkout.SessionCreateParams;

  await expect(stripe.checkout.sessions.create(wrong)).rejects.toMatchObject({ statusCode: 400 });
  await expect(stripe.refunds.create({ payment_intent: 'pi_none' })).rejects.toMatchObject({
    code: 'resource_missing',
  });
  expect(standIn.account.sessions.size).toBe(0);
});

test('one key and the same parameters give one session; other parameters an error', async () => {
  await using standIn = await startStripeStandIn();
  const stripe = client(standIn);
  const parameters = order();

  const first = await stripe.checkout.sessions.create(parameters, { idempotencyKey: 'a' });
  const again = await stripe.checkout.sessions.create(parameters, { idempotencyKey: 'a' });

  expect(again.id).toBe(first.id);
  await expect(
    stripe.checkout.sessions.create({ ...parameters, ...order(2000) }, { idempotencyKey: 'a' }),
  ).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
  expect(standIn.counts.sessionsByKey).toEqual({ a: 1 });
});

test('it runs in a process of its own, is told over HTTP what to do, and signs what it tells', async () => {
  const received: { body: string; signature: string }[] = [];
  let isUp = false;
  const listener = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (isUp)
      received.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['stripe-signature']) });
    response.writeHead(isUp ? 200 : 503).end();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const main = new URL('./stripe-stand-in/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, '--key', 'sk_test_child0000', '--secret', 'whsec_child0000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = line.toString().trim();
    const control = async (command: object) =>
      (await fetch(`${url}/__control`, { method: 'POST', body: JSON.stringify(command) })).json();
    const state = async () => (await (await fetch(`${url}/__control`)).json()) as Record<string, unknown>;
    const stripe = client({ url, secretKey: 'sk_test_child0000' });
    await control({ do: 'webhooks', url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`, copies: 2 });

    const session = await stripe.checkout.sessions.create(order(), { idempotencyKey: 'a' });
    const paid = await fetch(session.url ?? '', { method: 'POST', body: 'outcome=pay', redirect: 'manual' });
    isUp = true;
    await until('all messages come twice', () => received.length >= 6);

    expect(paid.headers.get('location')).toBe('https://duely.example.com/return');
    for (const { body, signature } of received)
      expect(stripe.webhooks.constructEvent(body, signature, 'whsec_child0000').object).toBe('event');
    expect(await state()).toMatchObject({ charges: { [session.id]: 1 }, sessionsByKey: { a: 1 }, violations: [] });
  } finally {
    child.kill('SIGTERM');
    listener.closeAllConnections();
    listener.close();
    await once(child, 'exit');
  }
});

test('messages that are held are delivered in the order that is asked for, as often as they are named', async () => {
  await using standIn = await startStripeStandIn();
  const received: string[] = [];
  const listener = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push(JSON.parse(Buffer.concat(chunks).toString()).id);
    response.end();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const { port } = listener.address() as AddressInfo;
    await standIn.control({ do: 'webhooks', url: `http://127.0.0.1:${port}/` });
    await standIn.control({ do: 'hold' });
    const session = await client(standIn).checkout.sessions.create(order());
    await standIn.control({ do: 'pay', session: session.id });
    const [first = '', second = ''] = standIn.account.events.map(({ id }) => id);

    await standIn.control({ do: 'deliver', events: [second, first, second] });

    expect(received).toEqual([second, first, second]);
    const { data } = await client(standIn).events.list({ delivery_success: false });
    expect(data.map(({ type }) => type)).toEqual(['checkout.session.completed']);
  } finally {
    listener.closeAllConnections();
    listener.close();
  }
});

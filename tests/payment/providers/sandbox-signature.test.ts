import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PaymentAdapter } from '../../../src/payment/providers/provider.ts';
import { makeSandboxAdapter } from '../../../src/payment/providers/sandbox/adapter.ts';
import { sandboxSecrets } from '../../../src/payment/providers/sandbox/signature.ts';
import { TEST_SECRET } from '../../support/app.ts';
import { macByOpenssl, SECRETS } from './sandbox-support.ts';

const NOW = new Date('2026-11-20T09:30:00.000Z');
const SECONDS = NOW.getTime() / 1000;

const adapter: PaymentAdapter = makeSandboxAdapter({
  secrets: SECRETS,
  baseUrl: () => 'http://localhost:1',
  publicUrl: () => 'http://localhost:1',
  now: () => NOW,
});

const handle = (path: string, body: Buffer | string, headers: Record<string, string | undefined> = {}, query = '') =>
  adapter.routes
    .find(route => route.path === path)
    ?.handle({ query: new URLSearchParams(query), headers, body: Buffer.from(body) });
const receive = (body: Buffer | string, signature?: string) =>
  handle('/webhooks/sandbox', body, { 'sandbox-signature': signature });

const BODY = JSON.stringify({
  id: 'sbe_1',
  type: 'checkout.paid',
  createdAt: NOW.toISOString(),
  checkout: {
    id: 'sbc_1',
    reference: 'reference-1',
    method: 'HOSTED',
    amount: '1050',
    currency: 'USD',
    status: 'PAID',
    failure: null,
    paidAmount: '1050',
    paidAt: NOW.toISOString(),
    refunds: [],
    dispute: null,
    createdAt: NOW.toISOString(),
    expiresAt: NOW.toISOString(),
  },
});
const signed = (body = BODY, seconds = SECONDS, secret = SECRETS.webhookSecret) =>
  `t=${seconds},v1=${macByOpenssl(secret, `${seconds}.${body}`)}`;

test('a message that openssl has signed is taken, and says what it says', async () => {
  const handled = await receive(BODY, signed());

  expect(handled).toMatchObject({ kind: 'MESSAGE', answer: { status: 200, body: '{"status":"received"}' } });
  if (handled?.kind !== 'MESSAGE') return;
  // As it is kept: in JSON.
  const kept = { ...handled.message, payload: JSON.parse(JSON.stringify(handled.message.payload)) };
  expect(kept).toMatchObject({ key: 'sbe_1', type: 'checkout.paid' });
  expect(await adapter.read(kept)).toEqual({
    payment: { reference: 'reference-1', providerReference: 'sbc_1' },
    facts: [
      {
        kind: 'PAYMENT',
        type: 'checkout.paid',
        status: 'SUCCEEDED',
        at: NOW,
        money: { amount: 1050n, currency: 'USD' },
      },
    ],
  });
});

test.for([
  [-300, 'MESSAGE'],
  [-301, 'REFUSED'],
  [300, 'MESSAGE'],
  [301, 'REFUSED'],
] as const)('a message that was signed %i seconds from now is %s', async ([seconds, kind]) => {
  const handled = await receive(BODY, signed(BODY, SECONDS + seconds));

  expect(handled?.kind).toBe(kind);
});

test('a message without a signature, with two, with another secret or of another form is refused with 403', async () => {
  const mac = macByOpenssl(SECRETS.webhookSecret, `${SECONDS}.${BODY}`);
  const faulty = [
    undefined,
    '',
    signed(BODY, SECONDS, 'somebody else'),
    `t=${SECONDS},v1=${mac.toUpperCase()}`,
    `t=${SECONDS},v1=${mac.slice(0, 62)}`,
    `t=${SECONDS},t=${SECONDS},v1=${mac}`,
    `v1=${mac}`,
    `t=,v1=${mac}`,
    `${signed()},v1=${mac}`,
  ];

  const handled = await Promise.all(faulty.map(signature => receive(BODY, signature)));

  for (const one of handled) expect(one).toMatchObject({ kind: 'REFUSED', answer: { status: 403 } });
  expect(JSON.stringify(handled)).not.toContain(SECRETS.webhookSecret);
});

test('no change of a signed message is taken, wherever it is', async () => {
  const signature = signed();

  await fc.assert(
    fc.asyncProperty(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
      const body = Buffer.from(BODY);
      body[place] = (body[place] ?? 0) ^ flip;
      expect((await receive(body, signature))?.kind).toBe('REFUSED');
    }),
  );
});

test('a signed body that is no event is refused with 400', async () => {
  for (const body of ['', 'null', '[]', '{"id":"sbe_1"}', '\u0000', BODY.replace('"1050"', '10.5')]) {
    expect(await receive(body, signed(body))).toMatchObject({ kind: 'REFUSED', answer: { status: 400 } });
  }
});

test('who comes back proves nothing: the payment is named and asked about, whatever else the address says', async () => {
  const query = 'payment=sandbox-0123&status=SUCCEEDED';
  expect(await handle('/payments/sandbox/return', '', {}, query)).toEqual({
    kind: 'RETURN',
    payment: { reference: 'sandbox-0123' },
  });
  expect(await handle('/payments/sandbox/return', '', {}, 'payment=..%2F')).toMatchObject({ kind: 'REFUSED' });
});

test('the secrets follow from the server’s own, tell neither it nor each other, and change with it', () => {
  const [one, again, other] = [TEST_SECRET, TEST_SECRET, `${TEST_SECRET}x`].map(sandboxSecrets);

  expect(one).toEqual(again);
  expect(new Set([one?.apiKey, one?.webhookSecret, other?.apiKey, other?.webhookSecret]).size).toBe(4);
  expect(one?.apiKey).toMatch(/^[\w-]{43}$/);
});

test('what another release has kept and is not understood is about no payment', () => {
  expect(adapter.read({ key: 'sbe_1', type: 'checkout.paid', payload: { other: true } })).toEqual({
    payment: null,
    facts: [],
  });
});

import { expect, test } from 'vitest';
import { RefusedError, UnknownOutcomeError } from '../../../src/payment/providers/provider.ts';
import { makeStripeAdapter } from '../../../src/payment/providers/stripe/adapter.ts';
import { makeAttempt, sessionOf, startedAttempt, startStripeBench, stateOf, withAnswer } from './stripe-payment.ts';

const SESSIONS = 'POST /v1/checkout/sessions';
const SESSION = 'GET /v1/checkout/sessions/{session}';

test.each(['DROP', 'TRUNCATE', 'HTML', 'GARBAGE', 'HANG', 'REDIRECT', 'HUGE'] as const)(
  'start whose answer is lost (%s) is unknown, and gives the one session when it is made again',
  async how => {
    await using bench = await startStripeBench({ timeoutMs: how === 'HUGE' ? 5_000 : 300 });
    const attempt = makeAttempt(bench.adapter);
    await bench.standIn.control({ do: 'fault', fault: { on: SESSIONS, how, done: true, times: 9 } });

    await expect(bench.adapter.start(attempt)).rejects.toThrow(UnknownOutcomeError);
    await bench.standIn.control({ do: 'clearFaults' });
    const again = await bench.adapter.start(attempt);

    expect(again.facts).toMatchObject([{ status: 'PENDING' }]);
    expect([...bench.standIn.account.sessions.keys()]).toEqual([again.reference]);
  },
);

test.each(['HTML', 'GARBAGE'] as const)('an inquiry that is answered by %s is unknown', async how => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'fault', fault: { on: SESSION, how, times: 9 } });

  await expect(bench.adapter.inquire(attempt, [])).rejects.toThrow(UnknownOutcomeError);
});

test.each([500, 502, 503, 429, 409])('an inquiry that is answered by %i is unknown', async status => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'fault', fault: { on: SESSION, how: 'FAIL', status, times: 9 } });

  await expect(bench.adapter.inquire(attempt, [])).rejects.toThrow(UnknownOutcomeError);
});

test('a server that is not there is unknown', async () => {
  const bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench[Symbol.asyncDispose]();

  await expect(bench.adapter.inquire(attempt, [])).rejects.toThrow(UnknownOutcomeError);
});

test('start that fails at Stripe is unknown at first, and failed when Stripe keeps the failure', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  await bench.standIn.control({ do: 'fault', fault: { on: SESSIONS, how: 'FAIL', done: true } });

  await expect(bench.adapter.start(attempt)).rejects.toThrow(UnknownOutcomeError);
  const again = await bench.adapter.start(attempt);

  expect(again.facts).toMatchObject([{ status: 'FAILED', code: 'api_error' }]);
  expect(again.reference).toBeUndefined();
});

test('while the first start runs a second one is unknown, and both come to one session', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  await bench.standIn.control({ do: 'fault', fault: { on: SESSIONS, how: 'HOLD' } });

  const first = bench.adapter.start(attempt);
  await expect.poll(() => bench.standIn.counts.held).toBe(1);
  await expect(bench.adapter.start(attempt)).rejects.toThrow(UnknownOutcomeError);
  await bench.standIn.control({ do: 'release' });

  expect((await bench.adapter.start(attempt)).reference).toBe((await first).reference);
  expect(bench.standIn.account.sessions.size).toBe(1);
});

test('start with a key that was used for something else is unknown, for there may be a session', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  await bench.adapter.start(attempt);

  await expect(bench.adapter.start({ ...attempt, orderNumber: 'D-1043' })).rejects.toThrow(UnknownOutcomeError);
});

test('an amount that Stripe does not take is a failure of this payment, with a sentence', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  await bench.standIn.control({
    do: 'fault',
    fault: { on: SESSIONS, how: 'FAIL', status: 400, code: 'amount_too_large' },
  });

  const answer = await bench.adapter.start(attempt);

  expect(stateOf(attempt, answer.facts)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'amount_too_large', message: 'The amount is too large for Stripe: choose another way to pay.' },
  });
});

test.each([
  ['another parameter', { status: 400, param: 'success_url' }],
  ['rights', { status: 403 }],
])('start that is refused for %s is for an operator', async (_what, fault) => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  await bench.standIn.control({ do: 'fault', fault: { on: SESSIONS, how: 'FAIL', ...fault } });

  await expect(bench.adapter.start(attempt)).rejects.toThrow(RefusedError);
});

test('a wrong key is refused, and no message shows any of it', async () => {
  await using bench = await startStripeBench();
  const { standIn } = bench;
  const adapter = makeStripeAdapter({
    settings: { secretKey: 'sk_test_wrong1234567890', webhookSecrets: [standIn.webhookSecret], apiBase: standIn.url },
    publicUrl: () => 'https://duely.example.com',
    now: () => new Date(),
  });

  const error = await adapter.start(makeAttempt(adapter)).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(RefusedError);
  expect(String(error)).toContain('STRIPE_SECRET_KEY');
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/sk_test|1234/);
});

test("a session that this key's account does not have is for an operator, and not a failure of the payment", async () => {
  await using bench = await startStripeBench();
  const attempt = withAnswer(makeAttempt(bench.adapter), { facts: [], reference: 'cs_test_elsewhere' });

  await expect(bench.adapter.inquire(attempt, [])).rejects.toThrow(RefusedError);
});

test('cancel whose answer is lost cancels when it is made again', async () => {
  await using bench = await startStripeBench({ timeoutMs: 300 });
  const attempt = await startedAttempt(bench);
  const expire = 'POST /v1/checkout/sessions/{session}/expire';
  await bench.standIn.control({ do: 'fault', fault: { on: expire, how: 'HANG', done: true, times: 9 } });

  await expect(bench.adapter.cancel(attempt)).rejects.toThrow(UnknownOutcomeError);
  await bench.standIn.control({ do: 'clearFaults' });
  const again = await bench.adapter.cancel(attempt);

  expect(bench.standIn.account.sessions.get(sessionOf(attempt))?.status).toBe('expired');
  // Whoever closed it, nobody can pay there any more.
  expect(stateOf(attempt, again?.facts ?? []).status).toBe('EXPIRED');
});

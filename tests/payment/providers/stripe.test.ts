import { expect, test } from 'vitest';
import {
  intentOf,
  makeAttempt,
  makeRefund,
  paidAttempt,
  sessionOf,
  startedAttempt,
  startStripeBench,
  stateOf,
  withAnswer,
} from './stripe-payment.ts';

const USD = (amount: bigint) => ({ amount, currency: 'USD' });

test('start makes a session for exactly the amount, and the payer is sent to its page', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter, USD(1050n));

  const answer = await bench.adapter.start(attempt);

  const session = bench.standIn.account.sessions.get(answer.reference ?? '');
  expect(session).toMatchObject({
    amount_total: 1050,
    currency: 'usd',
    client_reference_id: attempt.reference,
    metadata: { payment_id: attempt.id, order_id: attempt.orderId },
    expires_at: Math.floor(attempt.expiresAt.getTime() / 1000),
    success_url: `https://duely.example.com/payments/stripe/return?payment=${attempt.reference}`,
    cancel_url: `https://duely.example.com/payments/stripe/return?payment=${attempt.reference}`,
  });
  expect(answer.facts).toMatchObject([{ kind: 'PAYMENT', status: 'PENDING' }]);
  expect(bench.adapter.nextAction(withAnswer(attempt, answer))).toEqual({ kind: 'REDIRECT', url: session?.url });
  expect(bench.adapter.nextAction(attempt)).toBeNull();
});

test('start that is made again gives the same session', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);

  const answers = [await bench.adapter.start(attempt), await bench.adapter.start(attempt)];

  expect(answers[1]).toEqual(answers[0]);
  expect(bench.standIn.counts.sessionsByKey).toEqual({ [`pay:${attempt.id}:session`]: 1 });
});

test.each([
  ['yen', { amount: 500n, currency: 'JPY' }, 500],
  ['Ugandan shillings', { amount: 5000n, currency: 'UGX' }, 500_000],
  ['Kuwaiti dinars', { amount: 5120n, currency: 'KWD' }, 5120],
])('a payment in %s is told, paid and refunded as the same amount', async (_what, money, atStripe) => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench, money);
  const refund = makeRefund(money);

  const { facts } = await bench.adapter.refund(attempt, refund);

  expect(bench.standIn.account.sessions.get(sessionOf(attempt))).toMatchObject({ amount_total: atStripe });
  expect(bench.standIn.counts.refundedTotal).toBe(atStripe);
  const all = [...(await bench.adapter.inquire(attempt, [refund])).facts, ...facts];
  expect(stateOf(attempt, all, [refund])).toMatchObject({
    status: 'SUCCEEDED',
    captured: money.amount,
    refunded: money.amount,
    flags: [],
  });
});

test('of an attempt whose start was not answered nothing is known, and nobody is asked', async () => {
  await using bench = await startStripeBench();

  const answer = await bench.adapter.inquire(makeAttempt(bench.adapter), []);

  expect(answer).toEqual({ facts: [] });
  expect(bench.standIn.counts.calls).toEqual({});
});

test('an inquiry follows the payer: waiting, declined, paid', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  const session = sessionOf(attempt);
  const ask = async () => stateOf(attempt, (await bench.adapter.inquire(attempt, [])).facts);

  expect(await ask()).toMatchObject({ status: 'PENDING', failure: null });
  await bench.standIn.control({ do: 'decline', session });
  // Until it is complete a session does not tell of its tries: the message does.
  const declined = stateOf(attempt, await bench.factsOf(await bench.messages()));
  expect(declined).toMatchObject({ status: 'CREATED', failure: { code: 'insufficient_funds' } });
  await bench.standIn.control({ do: 'pay', session });

  expect(await ask()).toMatchObject({ status: 'SUCCEEDED', captured: 1050n, failure: null, flags: [] });
});

test('of a lost card, whoever holds it is told no more than of any other', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'decline', session: sessionOf(attempt), code: 'stolen_card' });

  const { failure } = stateOf(attempt, await bench.factsOf(await bench.messages()));

  expect(failure).toEqual({ code: 'generic_decline', message: 'The payment was declined. Try another way to pay.' });
});

test.each([
  [true, 'SUCCEEDED', 1050n],
  [false, 'FAILED', 0n],
])('a bank that takes its days is pending until it says %s', async (succeeded, status, captured) => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  const session = sessionOf(attempt);
  await bench.standIn.control({ do: 'payLater', session });

  const before = [
    ...(await bench.adapter.inquire(attempt, [])).facts,
    ...(await bench.factsOf(await bench.messages())),
  ];
  await bench.standIn.control({ do: 'settle', session, succeeded });
  const asked = await bench.adapter.inquire(attempt, []);
  const told = await bench.factsOf(await bench.messages());

  expect(stateOf(attempt, before)).toMatchObject({ status: 'PENDING' });
  expect(stateOf(attempt, [...before, ...asked.facts])).toMatchObject({ status, captured });
  expect(stateOf(attempt, told)).toMatchObject({ status, captured });
});

test('cancel closes the page, and what its time would have ended stays canceled', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);

  const answer = await bench.adapter.cancel(attempt);

  expect(bench.standIn.account.sessions.get(sessionOf(attempt))?.status).toBe('expired');
  const told = await bench.factsOf(await bench.messages());
  expect(stateOf(attempt, [...(answer?.facts ?? []), ...told])).toMatchObject({ status: 'CANCELED' });
});

test('cancel of what was paid a moment ago answers that it was paid', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'pay', session: sessionOf(attempt) });

  const answer = await bench.adapter.cancel(attempt);

  expect(stateOf(attempt, answer?.facts ?? [])).toMatchObject({ status: 'SUCCEEDED', captured: 1050n });
  expect(answer?.secondReference).toBe(bench.standIn.account.sessions.get(sessionOf(attempt))?.payment_intent);
});

test('cancel of what has expired by itself answers that', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'expire', session: sessionOf(attempt) });

  const answer = await bench.adapter.cancel(attempt);

  expect(stateOf(attempt, answer?.facts ?? [])).toMatchObject({ status: 'EXPIRED' });
});

test('cancel of an attempt whose first answer was lost closes the session that there is', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  const lost = await bench.adapter.start(attempt);

  const answer = await bench.adapter.cancel(attempt);

  expect(answer?.reference).toBe(lost.reference);
  expect([...bench.standIn.account.sessions.values()].map(({ status }) => status)).toEqual(['expired']);
  expect(stateOf(attempt, answer?.facts ?? [])).toMatchObject({ status: 'CANCELED' });
});

test('an attempt that can no longer begin in time has expired', async () => {
  await using bench = await startStripeBench();
  const attempt = { ...makeAttempt(bench.adapter), expiresAt: new Date(Date.now() + 60_000) };

  const answer = await bench.adapter.start(attempt);

  expect(answer.facts).toMatchObject([{ kind: 'PAYMENT', status: 'EXPIRED' }]);
  const canceled = await bench.adapter.cancel(attempt);
  expect(stateOf(attempt, canceled?.facts ?? [])).toMatchObject({ status: 'CANCELED' });
  expect(bench.standIn.account.sessions.size).toBe(0);
});

test('messages of a payment, in any order and twice, end in the same state', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  const session = sessionOf(attempt);
  for (const command of ['decline', 'payLater'] as const) await bench.standIn.control({ do: command, session });
  await bench.standIn.control({ do: 'settle', session, succeeded: true });
  const messages = await bench.messages();

  const straight = stateOf(attempt, await bench.factsOf(messages));
  const mixed = stateOf(attempt, await bench.factsOf([...messages.toReversed(), ...messages]));

  expect(straight).toMatchObject({ status: 'SUCCEEDED', captured: 1050n, flags: [] });
  expect(mixed).toEqual(straight);
});

test('messages name the payment by our id and by both of Stripe’s', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);

  const readings = await Promise.all((await bench.messages()).map(message => bench.adapter.read(message)));

  expect(readings.map(({ payment }) => payment)).toEqual([
    { id: attempt.id, secondReference: intentOf(attempt) },
    { id: attempt.id, providerReference: sessionOf(attempt) },
  ]);
  expect(readings.every(({ secondReference }) => secondReference === intentOf(attempt))).toBe(true);
});

test('messages of another program at the same Stripe account are about no payment', async () => {
  await using bench = await startStripeBench();
  await bench.standIn.control({ do: 'stranger', type: 'payment_intent.payment_failed', object: 'payment_intent' });
  await bench.standIn.control({ do: 'stranger', type: 'refund.created', object: 'refund' });
  await bench.standIn.control({ do: 'stranger', type: 'charge.dispute.created', object: 'dispute' });

  const readings = await Promise.all((await bench.messages()).map(message => bench.adapter.read(message)));

  expect(readings).toHaveLength(3);
  for (const reading of readings) expect(reading).toEqual({ payment: null, facts: [] });
});

test('a message that was lost is found where Stripe keeps it, oldest first, and reads as it would have', async () => {
  await using bench = await startStripeBench();
  const attempt = await startedAttempt(bench);
  await bench.standIn.control({ do: 'pay', session: sessionOf(attempt) });

  const found = await bench.adapter.undelivered?.();

  expect(found).toEqual(await bench.messages());
  expect(found?.map(({ type }) => type)).toEqual(['payment_intent.succeeded', 'checkout.session.completed']);
  expect(stateOf(attempt, await bench.factsOf(found ?? []))).toMatchObject({ status: 'SUCCEEDED' });
});

test('more lost messages than one page holds are all found', async () => {
  await using bench = await startStripeBench();
  for (let made = 0; made < 120; made += 1)
    await bench.standIn.control({ do: 'stranger', type: 'refund.updated', object: 'refund' });

  const found = await bench.adapter.undelivered?.();

  expect(new Set(found?.map(({ key }) => key)).size).toBe(120);
});

test('it is asked soon for the payer who waits, again when its time is over, and no more after a month', async () => {
  await using bench = await startStripeBench();
  const attempt = makeAttempt(bench.adapter);
  const asked: number[] = [];
  for (let at: Date | null = attempt.createdAt; at !== null && asked.length < 100; ) {
    at = bench.adapter.nextInquiry(attempt, asked.length, at);
    if (at) asked.push((at.getTime() - attempt.createdAt.getTime()) / 60_000);
  }

  expect(asked.slice(0, 6)).toEqual([2, 10, 30, 65, 125, 425]);
  expect(asked.at(-1)).toBe(30 * 24 * 60);
  expect(asked.length).toBeLessThan(40);
  const late = new Date(attempt.createdAt.getTime() + 60 * 86_400_000);
  expect(bench.adapter.nextInquiry(attempt, 0, late)).toEqual(late);
  expect(bench.adapter.nextInquiry(attempt, 1, late)).toBeNull();
});

test('references are not to be guessed and do not repeat', async () => {
  await using bench = await startStripeBench();

  const references = Array.from({ length: 1_000 }, () => bench.adapter.newReference(new Date()));

  expect(new Set(references).size).toBe(1_000);
  for (const reference of references) expect(reference).toMatch(/^[0-9a-f]{32}$/);
});

test('what Stripe cannot do is refused with a sentence before anything is begun', async () => {
  await using bench = await startStripeBench();
  const { adapter } = bench;
  const attempt = makeAttempt(adapter, { amount: 5120n, currency: 'KWD' });

  expect(adapter.refusal(USD(1050n), 'HOSTED')).toBeNull();
  expect(adapter.refusal(USD(1050n), 'MOBILE_WALLET')).toMatch(/choose HOSTED/);
  expect(adapter.refusal(USD(10n), 'HOSTED')).toMatch(/no less than \$0\.50/);
  expect(
    adapter.refundRefusal(attempt, { money: { amount: 1001n, currency: 'KWD' }, captured: attempt.money }),
  ).toMatch(/in steps of/);
  expect(
    adapter.refundRefusal(attempt, { money: { amount: 10n, currency: 'KWD' }, captured: attempt.money }),
  ).toBeNull();
});

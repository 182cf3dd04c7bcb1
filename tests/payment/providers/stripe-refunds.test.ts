import { expect, test } from 'vitest';
import { UnknownOutcomeError } from '../../../src/payment/providers/provider.ts';
import { intentOf, makeRefund, paidAttempt, startStripeBench, stateOf } from './stripe-payment.ts';

const USD = (amount: bigint) => ({ amount, currency: 'USD' });
const REFUNDS = 'POST /v1/refunds';

test('a refund that is asked for twice, also at once, is made once', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  const refund = makeRefund(USD(400n));

  const [first, atOnce] = await Promise.all([
    bench.adapter.refund(attempt, refund),
    bench.adapter.refund(attempt, refund),
  ]);
  const again = await bench.adapter.refund(attempt, refund);

  expect(atOnce).toEqual(first);
  expect(again).toEqual(first);
  expect(bench.standIn.counts.refundsByKey).toEqual({ [`refund:${refund.id}`]: 1 });
  expect(first.facts).toMatchObject([{ kind: 'REFUND', refundId: refund.id, status: 'SUCCEEDED', money: USD(400n) }]);
});

test('two refunds of one amount are two refunds', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  const refunds = [makeRefund(USD(400n)), makeRefund(USD(400n))];

  const answers = [];
  for (const refund of refunds) answers.push(await bench.adapter.refund(attempt, refund));

  expect(bench.standIn.counts.refundedTotal).toBe(800);
  const { facts } = await bench.adapter.inquire(attempt, refunds);
  expect(stateOf(attempt, [...facts, ...answers.flatMap(answer => answer.facts)], refunds)).toMatchObject({
    refunded: 800n,
    refundPending: 0n,
    flags: [],
  });
});

test.each(['DROP', 'TRUNCATE', 'HTML', 'GARBAGE', 'HANG'] as const)(
  'a refund whose answer is lost (%s) is unknown, and made once when it is asked for again',
  async how => {
    await using bench = await startStripeBench({ timeoutMs: 300 });
    const attempt = await paidAttempt(bench);
    const refund = makeRefund(USD(400n));
    await bench.standIn.control({ do: 'fault', fault: { on: REFUNDS, how, done: true, times: 9 } });

    await expect(bench.adapter.refund(attempt, refund)).rejects.toThrow(UnknownOutcomeError);
    await bench.standIn.control({ do: 'clearFaults' });
    const again = await bench.adapter.refund(attempt, refund);

    expect(again.facts).toMatchObject([{ status: 'SUCCEEDED', refundId: refund.id }]);
    expect(bench.standIn.counts.refundsByKey).toEqual({ [`refund:${refund.id}`]: 1 });
  },
);

test('a refund that Stripe made although it keeps saying that it failed is found by its id', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  const refund = makeRefund(USD(400n));
  await bench.standIn.control({ do: 'fault', fault: { on: REFUNDS, how: 'FAIL', done: true } });

  await expect(bench.adapter.refund(attempt, refund)).rejects.toThrow(UnknownOutcomeError);
  const again = await bench.adapter.refund(attempt, refund);

  expect(again.facts).toMatchObject([{ status: 'SUCCEEDED', refundId: refund.id }]);
  expect(bench.standIn.counts.refundsByKey).toEqual({ [`refund:${refund.id}`]: 1 });
});

test('a refund whose key Stripe has forgotten is still not made again', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  const refund = makeRefund(USD(400n));
  await bench.adapter.refund(attempt, refund);
  await bench.standIn.control({ do: 'forgetKeys' });

  await bench.adapter.refund(attempt, refund);

  expect(bench.standIn.counts.refundedTotal).toBe(400);
});

test('a refund that cannot be has failed for good, and another one has a key of its own', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  const tooMuch = makeRefund(USD(1100n));
  const right = makeRefund(USD(1050n));

  const refused = await bench.adapter.refund(attempt, tooMuch);
  const again = await bench.adapter.refund(attempt, tooMuch);
  const made = await bench.adapter.refund(attempt, right);

  expect(refused.facts).toMatchObject([{ kind: 'REFUND', refundId: tooMuch.id, status: 'FAILED', money: USD(1100n) }]);
  expect(again).toEqual(refused);
  expect(stateOf(attempt, refused.facts, [tooMuch])).toMatchObject({ refundPending: 0n, refunded: 0n });
  expect(made.facts).toMatchObject([{ status: 'SUCCEEDED' }]);
});

test('a payment that was given back in the Dashboard cannot be given back again, and says so', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  await bench.standIn.control({ do: 'refund', intent: intentOf(attempt) });
  const refund = makeRefund(USD(1050n));

  const answer = await bench.adapter.refund(attempt, refund);

  expect(answer.facts).toMatchObject([{ status: 'FAILED', message: 'The payment was refunded already.' }]);
  const told = await bench.factsOf(await bench.messages());
  expect(stateOf(attempt, [...answer.facts, ...told], [refund])).toMatchObject({ refunded: 1050n, flags: [] });
});

test('a refund of the Dashboard is found by its payment, by message and by inquiry, and counted once', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  await bench.standIn.control({ do: 'refund', intent: intentOf(attempt), amount: 250 });

  const messages = await bench.messages();
  const readings = await Promise.all(messages.map(message => bench.adapter.read(message)));
  const asked = await bench.adapter.inquire(attempt, []);

  expect(messages.map(({ type }) => type)).toContain('charge.refunded');
  expect(readings.every(({ payment }) => payment?.id === attempt.id)).toBe(true);
  const facts = [...readings.flatMap(reading => reading.facts), ...asked.facts];
  expect(stateOf(attempt, facts)).toMatchObject({ refunded: 250n, captured: 1050n, flags: [] });
});

test('a refund is pending until the bank has done it, and can fail long after it succeeded', async () => {
  await using bench = await startStripeBench();
  await bench.standIn.control({ do: 'refundsBegin', status: 'pending' });
  const attempt = await paidAttempt(bench);
  const refund = makeRefund(USD(400n));
  const { facts } = await bench.adapter.refund(attempt, refund);
  const [reference = ''] = bench.standIn.account.refunds.keys();
  const now = async () => stateOf(attempt, [...facts, ...(await bench.factsOf(await bench.messages()))], [refund]);

  expect(await now()).toMatchObject({ refunded: 0n, refundPending: 400n });
  await bench.standIn.control({ do: 'finishRefund', refund: reference, status: 'succeeded' });
  expect(await now()).toMatchObject({ refunded: 400n, refundPending: 0n });
  await bench.standIn.control({ do: 'finishRefund', refund: reference, status: 'failed' });

  expect(await now()).toMatchObject({ refunded: 0n, refundPending: 0n });
  expect((await now()).refunds.get(refund.id)).toMatchObject({
    status: 'FAILED',
    failureMessage: 'The card has expired or was closed: refund it in another way.',
  });
});

test('what an answer, a message and an inquiry say of one refund is one fact', async () => {
  await using bench = await startStripeBench();
  const attempt = await paidAttempt(bench);
  const refund = makeRefund(USD(400n));

  const answered = await bench.adapter.refund(attempt, refund);
  const told = await bench.factsOf(await bench.messages());
  const asked = await bench.adapter.inquire(attempt, [refund]);

  const state = stateOf(attempt, [...answered.facts, ...told, ...asked.facts], [refund]);
  expect(state).toMatchObject({ refunded: 400n, refundPending: 0n, flags: [] });
  expect(state.foreignRefunds.size).toBe(0);
  // Each of them names it by itself: a message can be there before the answer.
  const named = [...told, ...asked.facts].filter(fact => fact.kind === 'REFUND').map(fact => fact.refundId);
  expect(new Set(named)).toEqual(new Set([refund.id]));
});

test('a refund before the message that names the PaymentIntent asks the session for it', async () => {
  await using bench = await startStripeBench();
  const attempt = { ...(await paidAttempt(bench)), secondReference: null };

  const { facts } = await bench.adapter.refund(attempt, makeRefund(USD(400n)));

  expect(facts).toMatchObject([{ status: 'SUCCEEDED' }]);
});

test.each([
  ['won', { refunded: 0n, flags: [] }],
  ['lost', { refunded: 1050n, flags: ['DISPUTED'] }],
] as const)(
  'a dispute that is %s within the second in which it began ends so, in any order',
  async (status, expected) => {
    await using bench = await startStripeBench();
    const attempt = await paidAttempt(bench);
    const dispute = await bench.standIn.control({ do: 'dispute', intent: intentOf(attempt) });
    const begun = await bench.factsOf(await bench.messages());
    const open = await bench.adapter.inquire(attempt, []);

    await bench.standIn.control({ do: 'closeDispute', dispute: (dispute as { id: string }).id, status });
    const told = await bench.factsOf((await bench.messages()).toReversed());
    const asked = await bench.adapter.inquire(attempt, []);

    for (const facts of [begun, open.facts]) expect(stateOf(attempt, facts)).toMatchObject({ flags: ['DISPUTED'] });
    expect(stateOf(attempt, [...told, ...open.facts])).toMatchObject(expected);
    expect(stateOf(attempt, [...begun, ...open.facts, ...asked.facts])).toMatchObject(expected);
  },
);

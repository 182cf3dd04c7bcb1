import { expect, test } from 'vitest';
import { RefusedError, UnknownOutcomeError } from '../../../src/payment/providers/provider.ts';
import { attemptOf, idOf, startAdapterApp, started } from './sandbox-support.ts';

const PENDING = { kind: 'PAYMENT', status: 'PENDING' };

test('start gives the page, the same one however often and from wherever it is made with the same attempt', async () => {
  await using app = await startAdapterApp();
  const attempt = attemptOf(app.adapter);

  const answers = await Promise.all([1, 2, 3, 4].map(() => app.adapter.start(attempt)));

  expect(new Set(answers.map(({ reference }) => reference)).size).toBe(1);
  expect(answers[0]).toMatchObject({
    facts: [{ ...PENDING, type: 'checkout.created' }],
    details: { url: `${app.url}/sandbox/checkout/${answers[0]?.reference}` },
  });
  expect((await app.state()).checkouts).toHaveLength(1);
});

test('the same attempt with another amount is refused, and the first one stays as it is', async () => {
  await using app = await startAdapterApp();
  const attempt = attemptOf(app.adapter);
  await app.adapter.start(attempt);

  const second = app.adapter.start({ ...attempt, money: { amount: 1n, currency: 'USD' } });

  await expect(second).rejects.toThrow(RefusedError);
  expect((await app.state()).checkouts).toMatchObject([{ amount: '1050' }]);
});

test('a wrong API key is refused by name, and no key is in the message', async () => {
  await using app = await startAdapterApp({ apiKey: 'wrong-key-of-a-test' });

  const start = app.adapter.start(attemptOf(app.adapter)).catch((error: unknown) => error);

  const error = await start;
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ code: 'wrong_api_key', message: expect.not.stringContaining('wrong-key-of-a-test') });
  expect((await app.state()).checkouts).toEqual([]);
});

test.for([
  ['ERROR_BEFORE', 0],
  ['DROP_BEFORE', 0],
  ['ERROR_AFTER', 1],
  ['HTML_AFTER', 1],
  ['DROP_AFTER', 1],
  ['TIMEOUT_AFTER', 1],
] as const)(
  'a start that ends in %s is unknown; an inquiry tells whether it was done, and start can be made again',
  async ([kind, done]) => {
    await using app = await startAdapterApp({ timeoutMs: kind === 'TIMEOUT_AFTER' ? 300 : 5_000 });
    await app.control({ command: 'FAULT', call: 'CREATE', kind });
    const attempt = attemptOf(app.adapter);

    await expect(app.adapter.start(attempt)).rejects.toThrow(UnknownOutcomeError);
    const checkouts = (await app.state()).checkouts;
    const asked = await app.adapter.inquire(attempt, []);
    const again = await app.adapter.start(attempt);

    expect(checkouts).toHaveLength(done);
    if (done === 0) expect(asked).toEqual({ facts: [] });
    else expect(asked).toMatchObject({ facts: [PENDING], reference: checkouts[0].id });
    if (done === 1) expect(again.reference).toBe(checkouts[0].id);
    expect((await app.state()).checkouts).toHaveLength(1);
  },
);

test.for(['RETRIEVE', 'CANCEL', 'REFUND'] as const)(
  'a %s that is done and not answered is unknown, and the same call again tells',
  async call => {
    await using app = await startAdapterApp();
    const attempt = await started(app.adapter);
    if (call === 'REFUND') await app.act(idOf(attempt), 'PAY');
    const refund = {
      id: 'refund-1',
      money: attempt.money,
      reason: null,
      providerReference: null,
      createdAt: new Date(),
    };
    const calls = {
      RETRIEVE: () => app.adapter.inquire(attempt, []),
      CANCEL: async () => app.adapter.cancel(attempt),
      REFUND: () => app.adapter.refund(attempt, refund),
    };
    await app.control({ command: 'FAULT', call, kind: 'DROP_AFTER' });

    await expect(calls[call]()).rejects.toThrow(UnknownOutcomeError);
    const answer = await calls[call]();

    const expected = {
      RETRIEVE: [PENDING],
      CANCEL: [{ kind: 'PAYMENT', status: 'CANCELED' }],
      REFUND: [{ kind: 'REFUND', refundId: 'refund-1', status: 'SUCCEEDED', money: attempt.money }],
    };
    expect(answer?.facts).toMatchObject(expected[call]);
    expect((await app.state()).totals.refunds).toBe(call === 'REFUND' ? 1 : 0);
  },
);

test('an inquiry tells the payment with what was paid, the refunds and the dispute', async () => {
  await using app = await startAdapterApp();
  const attempt = await started(app.adapter, { money: { amount: 500n, currency: 'JPY' } });
  const checkout = idOf(attempt);
  await app.act(checkout, 'PAY');
  await app.adapter.refund(attempt, {
    id: 'refund-1',
    money: { amount: 200n, currency: 'JPY' },
    reason: 'Too loud',
    providerReference: null,
    createdAt: new Date(),
  });
  await app.control({ command: 'REFUND', checkout, amount: '100' });
  await app.control({ command: 'DISPUTE', checkout, as: 'OPEN' });

  const { facts } = await app.adapter.inquire(attempt, []);

  expect(facts).toMatchObject([
    { kind: 'PAYMENT', status: 'SUCCEEDED', money: { amount: 500n, currency: 'JPY' }, at: expect.any(Date) },
    { kind: 'REFUND', refundId: 'refund-1', status: 'SUCCEEDED', money: { amount: 200n, currency: 'JPY' } },
    { kind: 'REFUND', reference: expect.stringMatching(/^sbr_/), status: 'SUCCEEDED', money: { amount: 100n } },
    { kind: 'DISPUTE', status: 'OPEN', money: { amount: 500n, currency: 'JPY' } },
  ]);
  expect(facts[2]).not.toHaveProperty('refundId');
});

test('cancel sees to it that nobody can pay any more, and tells of what was paid before', async () => {
  await using app = await startAdapterApp();
  const [open, paid] = [await started(app.adapter), await started(app.adapter)];
  await app.act(idOf(paid), 'PAY');

  const canceled = await app.adapter.cancel(open);
  const tooLate = await app.adapter.cancel(paid);
  await app.act(idOf(open), 'PAY');

  expect(canceled?.facts).toMatchObject([{ status: 'CANCELED' }]);
  expect(tooLate?.facts).toMatchObject([{ status: 'SUCCEEDED', money: paid.money }]);
  expect((await app.state()).totals.charges).toBe(1);
});

test('cancel of an attempt whose start was never answered leaves nothing that a start on its way could pay', async () => {
  await using app = await startAdapterApp();
  const attempt = attemptOf(app.adapter);

  const canceled = await app.adapter.cancel(attempt);
  const late = await app.adapter.start(attempt);

  expect(canceled?.facts).toMatchObject([{ status: 'CANCELED' }]);
  expect(late.facts).toMatchObject([{ status: 'CANCELED' }]);
});

test('many refunds at once give back no more than was paid; the others are FAILED with the reason', async () => {
  await using app = await startAdapterApp();
  const attempt = await started(app.adapter);
  await app.act(idOf(attempt), 'PAY');
  const money = { amount: 300n, currency: 'USD' };

  const answers = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(n =>
      app.adapter.refund(attempt, { id: `r${n}`, money, reason: null, providerReference: null, createdAt: new Date() }),
    ),
  );

  const statuses = answers.flatMap(({ facts }) => facts.map(fact => 'status' in fact && fact.status)).sort();
  expect(statuses).toEqual(['FAILED', 'FAILED', 'FAILED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  expect(answers.flatMap(({ facts }) => facts)).toContainEqual(
    expect.objectContaining({
      status: 'FAILED',
      code: 'too_much',
      message: expect.stringContaining('not so much left'),
    }),
  );
  expect((await app.state()).totals.refunds).toBe(3);
});

test('a refund of what is not paid is FAILED, and one of another amount under the same id is refused', async () => {
  await using app = await startAdapterApp();
  const attempt = await started(app.adapter);
  const refund = { id: 'r1', money: attempt.money, reason: null, providerReference: null, createdAt: new Date() };

  const early = await app.adapter.refund(attempt, refund);
  await app.act(idOf(attempt), 'PAY');
  const first = await app.adapter.refund(attempt, refund);
  const other = app.adapter.refund(attempt, { ...refund, money: { amount: 1n, currency: 'USD' } });

  expect(early.facts).toMatchObject([{ refundId: 'r1', status: 'FAILED', code: 'not_paid' }]);
  expect(first.facts).toMatchObject([{ refundId: 'r1', status: 'SUCCEEDED' }]);
  await expect(other).rejects.toThrow(RefusedError);
});

test('every currency is taken, and amounts of zero or beyond the largest are refused with a sentence', async () => {
  await using app = await startAdapterApp();
  const { refusal } = app.adapter;

  for (const [currency, amount, shown] of [
    ['PKR', 140_000n, 'PKR 1,400.00'],
    ['JPY', 9_007_199_254_740_991n, '¥9,007,199,254,740,991'],
    ['KWD', 1n, 'KWD 0.001'],
  ] as const) {
    expect(refusal({ amount, currency }, 'HOSTED')).toBeNull();
    const { details } = await app.adapter.start(attemptOf(app.adapter, { money: { amount, currency } }));
    const page = await (await fetch(String(details?.url))).text();
    expect(page.replaceAll('\u00a0', ' ')).toContain(shown);
  }
  expect(refusal({ amount: 0n, currency: 'USD' }, 'HOSTED')).toMatch(/above zero/);
  expect(refusal({ amount: 9_007_199_254_740_992n, currency: 'USD' }, 'HOSTED')).toMatch(/above zero/);
  expect(refusal({ amount: 1n, currency: 'XYZ' }, 'HOSTED')).toMatch(/ISO 4217/);
});

test('whatever the merchant writes is shown as text', async () => {
  await using app = await startAdapterApp();
  const orderNumber = `"><script>alert(1)</script>'&`;

  const { details, reference } = await app.adapter.start(attemptOf(app.adapter, { orderNumber }));
  const pages = await Promise.all(
    [String(details?.url), `${app.url}/sandbox/control`, `${app.url}/sandbox/control?checkout=${reference}`].map(
      async url => (await fetch(url)).text(),
    ),
  );

  for (const page of pages) {
    expect(page).not.toContain('<script');
    expect(page).toContain('&#60;script&#62;alert(1)');
  }
});

test('the control page lists the newest twenty, and the older ones behind them', async () => {
  await using app = await startAdapterApp();
  for (let n = 1; n <= 23; n += 1)
    await app.adapter.start(
      attemptOf(app.adapter, { orderNumber: `N${n}`, money: { amount: BigInt(n), currency: 'USD' } }),
    );

  const first = await (await fetch(`${app.url}/sandbox/control`)).text();
  const [, next = ''] = /href="([^"]+)">Older checkouts/.exec(first) ?? [];
  const second = await (await fetch(`${app.url}${next}`)).text();
  const numbers = (page: string) => [...page.matchAll(/>Order N(\d+)</g)].map(([, n]) => n);

  expect(numbers(first)).toEqual(Array.from({ length: 20 }, (_, index) => String(23 - index)));
  expect(numbers(second)).toEqual(['3', '2', '1']);
  expect(second).not.toContain('Older checkouts');
});

test('an attempt is asked about at once, when it is over and a day later, and then no more', async () => {
  await using app = await startAdapterApp();
  const attempt = attemptOf(app.adapter);
  const after = (ms: number) => app.adapter.nextInquiry(attempt, 1, new Date(attempt.createdAt.getTime() + ms));
  const delayOf = (at: Date | null) => at && at.getTime() - attempt.createdAt.getTime();

  expect(delayOf(after(0))).toBe(10_000);
  expect(delayOf(after(10_000))).toBe(60_000);
  expect(delayOf(after(3_600_000))).toBe(3_660_000);
  expect(delayOf(after(4 * 3_600_000))).toBe(3_660_000 + 86_400_000);
  expect(after(2 * 86_400_000)).toBeNull();
  expect(app.adapter.nextInquiry(attempt, 0, new Date(attempt.createdAt.getTime() + 9 * 86_400_000))).not.toBeNull();
});

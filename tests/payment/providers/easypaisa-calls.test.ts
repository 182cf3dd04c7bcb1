import { describe, expect, test } from 'vitest';
import { walletRequest } from '../../../src/payment/providers/easypaisa/requests.ts';
import { RefusedError, UnknownOutcomeError } from '../../../src/payment/providers/provider.ts';
import { foldFacts } from '../../../src/payment/state/fold.ts';
import { promptOf, settingsWith, startEasyPaisa } from './easypaisa-attempts.ts';
import type { Behaviour, Reply, Status } from './easypaisa-stand-in.ts';
import { refundOf } from './wallet-attempts.ts';

const SHORT = { wallet: 300, inquiry: 300 };
const prompts = (...initiate: Behaviour[]) => ({ next: { initiate } });
const inquiries = (...inquire: Behaviour[]) => ({ next: { inquire } });
const thrownBy = (promise: Promise<unknown>) =>
  promise.then(
    () => new Error('Nothing was thrown.'),
    (error: Error) => error,
  );

describe('start by a prompt on the phone', () => {
  test('succeeds once an inquiry says that it was paid, with the amount that it says', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    const attempt = promptOf();

    const answer = await adapter.start(attempt);

    expect(answer.facts).toMatchObject([
      { status: 'PENDING', type: 'wallet.answered' },
      { status: 'SUCCEEDED', type: 'inquiry', money: attempt.money, at: new Date('2023-10-03T06:32:00Z') },
    ]);
    expect(answer.reference).toMatch(/^\d{11}$/);
    expect(standIn.state.charges).toEqual([{ orderId: attempt.reference, amount: '1500.50' }]);
    expect(standIn.state.rejected).toEqual([]);
  });

  test('is only pending where it was accepted and the inquiry says nothing of a payment', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    const attempts = ['PENDING', 'INITIATED'] as const;

    for (const status of attempts) {
      await standIn.control(prompts({ status }));
      const { facts } = await adapter.start(promptOf());
      expect(facts.map(fact => fact.kind === 'PAYMENT' && fact.status)).toEqual(['PENDING', 'PENDING']);
    }
    expect(standIn.state.charges).toEqual([]);
  });

  test.each<Behaviour>([{ reply: 'HTML' }, { reply: 'ERROR' }, { code: '0001' }, { code: '0003' }, { code: '0010' }])(
    'is pending and keeps its reference where it was accepted and the inquiry brings %o',
    async inquiry => {
      await using easyPaisa = await startEasyPaisa();
      const { standIn, adapter } = easyPaisa;
      await standIn.control(inquiries(inquiry));

      const answer = await adapter.start(promptOf());

      expect(answer.facts).toMatchObject([{ status: 'PENDING', type: 'wallet.answered' }]);
      expect(answer.reference).toMatch(/^\d{11}$/);
    },
  );

  test.each(['0011', '0013', '0014', '0026', '0029'])(
    'fails with code %s, with a sentence for the payer',
    async code => {
      await using easyPaisa = await startEasyPaisa();
      const { standIn, adapter } = easyPaisa;
      await standIn.control(prompts({ code }));

      const { facts } = await adapter.start(promptOf());

      expect(facts).toMatchObject([
        { kind: 'PAYMENT', status: 'FAILED', code, message: expect.stringMatching(/^[A-Z].*\.$/) },
      ]);
      expect(standIn.state.calls.inquire).toBe(0);
    },
  );

  test('asks where the PIN did not come in time, because it may have come all the same', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    await standIn.control(prompts({ code: '0012', status: 'PAID' }));

    const { facts } = await adapter.start(promptOf());

    expect(facts).toMatchObject([
      { status: 'PENDING' },
      { kind: 'FAILURE', code: '0012', message: 'The PIN was not entered in time.' },
      { status: 'SUCCEEDED' },
    ]);
  });

  test.each<Reply>(['NEVER', 'CUT', 'HTML', 'ERROR', 'LATE_ERROR', 'FLOOD', 'REDIRECT'])(
    'has an unknown outcome where the answer is %s, and an inquiry tells it',
    async reply => {
      await using easyPaisa = await startEasyPaisa({}, {}, SHORT);
      const { standIn, adapter } = easyPaisa;
      const attempt = promptOf();
      await standIn.control(prompts({ reply }));

      const error = await thrownBy(adapter.start(attempt));
      const { facts } = await adapter.inquire(attempt, []);

      expect(error).toBeInstanceOf(UnknownOutcomeError);
      const isPaid = standIn.state.charges.length > 0;
      expect(isPaid).toBe(reply === 'NEVER' || reply === 'CUT' || reply === 'LATE_ERROR');
      expect(facts).toMatchObject(isPaid ? [{ status: 'SUCCEEDED', money: attempt.money }] : []);
      expect(standIn.state.calls.initiate).toBe(1);
    },
  );

  test.each(['0001', '0003', '0999', '9999'])('has an unknown outcome with code %s', async code => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    await standIn.control(prompts({ code }));

    expect(await thrownBy(adapter.start(promptOf()))).toBeInstanceOf(UnknownOutcomeError);
  });

  test('is refused with wrong credentials, for another store, and without a phone number; no secret is in the errors', async () => {
    await using easyPaisa = await startEasyPaisa({ EASYPAISA_PASSWORD: 'wrongpass', EASYPAISA_USERNAME: 'wronguser' });
    await using otherStore = await startEasyPaisa({ EASYPAISA_STORE_ID: '44' });
    const { adapter } = easyPaisa;

    const errors = await Promise.all([
      thrownBy(adapter.start(promptOf())),
      thrownBy(otherStore.adapter.start(promptOf())),
      thrownBy(adapter.start(promptOf({ phoneNumber: null }))),
      thrownBy(adapter.start(promptOf({ phoneNumber: '+923219999999' }))),
    ]);

    expect(errors).toMatchObject([{ code: '0010' }, { code: '0006' }, { code: null }, { code: null }]);
    expect(errors.every(error => error instanceof RefusedError)).toBe(true);
    expect(errors.join('\n')).not.toMatch(/wrong(user|pass)|0312|9999999/);
  });

  test("tells the merchant's own address of mail where one is set, and none otherwise", () => {
    const attempt = promptOf();
    const told = {
      orderId: attempt.reference,
      storeId: '43',
      transactionAmount: '1500.50',
      transactionType: 'MA',
      mobileAccountNo: '03123456789',
    };

    const withAddress = walletRequest(attempt, settingsWith({ EASYPAISA_EMAIL: 'payments@shop.example' }));

    expect(withAddress).toEqual({ ...told, emailAddress: 'payments@shop.example' });
    expect(walletRequest(attempt, settingsWith())).toEqual(told);
  });
});

describe('inquire', () => {
  test.each<[Status, object]>([
    ['PAID', { status: 'SUCCEEDED', money: { amount: 150_050n, currency: 'PKR' } }],
    ['PENDING', { status: 'PENDING' }],
    ['INITIATED', { status: 'PENDING' }],
    [
      'FAILED',
      {
        status: 'FAILED',
        code: 'AUTHORIZATION_SENDER_ACCOUNT_NOT_ACTIVE',
        message: 'The mobile account is not active.',
      },
    ],
    ['BLOCKED', { status: 'FAILED', code: 'BLOCKED', message: 'EasyPaisa blocked the payment.' }],
    ['EXPIRED', { status: 'EXPIRED' }],
    ['DROPPED', { status: 'CANCELED' }],
    ['REVERSED', { status: 'REVERSED' }],
  ])('takes transactionStatus %s for the verdict, whatever settlementStatus says', async (status, fact) => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    const attempt = promptOf();
    await standIn.control(prompts({ status, reply: 'CUT' }));
    await thrownBy(adapter.start(attempt));

    const { facts } = await adapter.inquire(attempt, []);

    expect(facts).toMatchObject([fact]);
    // What the provider says in its own words can name the payer.
    expect(JSON.stringify(facts, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain('0321');
  });

  test('knows nothing of an order that EasyPaisa does not know: it may come yet', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { adapter } = easyPaisa;

    const hosted = await adapter.inquire(promptOf({ method: 'HOSTED' }), []);
    const prompted = await adapter.inquire(promptOf(), []);

    expect(hosted).toEqual({ facts: [] });
    expect(prompted).toEqual({ facts: [] });
  });

  test.each<Behaviour>([
    { reply: 'HTML' },
    { reply: 'NEVER' },
    { code: '0001' },
    { fields: { transactionAmount: undefined } },
    { fields: { transactionAmount: -3000 } },
    { fields: { transactionAmount: 1e21 } },
    { fields: { transactionAmount: 1500.505 } },
    { fields: { transactionStatus: undefined } },
    { fields: { transactionStatus: 'SETTLED' } },
    { fields: { orderId: 'EOTHER' } },
    { fields: { orderId: undefined } },
    { fields: { storeId: '28' } },
    { fields: { responseCode: undefined } },
  ])('of a paid order tells nothing where the answer is %o', async behaviour => {
    await using easyPaisa = await startEasyPaisa({}, {}, SHORT);
    const { standIn, adapter } = easyPaisa;
    const attempt = promptOf();
    await standIn.control(prompts({ reply: 'CUT' }));
    await thrownBy(adapter.start(attempt));
    await standIn.control(inquiries(behaviour));

    expect(await thrownBy(adapter.inquire(attempt, []))).toBeInstanceOf(UnknownOutcomeError);
  });

  test('tells the same of a paid order whose transactionId is left out, and keeps no other reference', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    const attempt = promptOf();
    const { reference } = await adapter.start(attempt);
    await standIn.control(inquiries({ fields: { transactionId: undefined } }, { fields: { transactionId: '<b>' } }));

    const answers = [
      await adapter.inquire(attempt, []),
      await adapter.inquire(attempt, []),
      await adapter.inquire(attempt, []),
    ];

    expect(answers.map(answer => answer.facts)).toMatchObject([
      [{ status: 'SUCCEEDED' }],
      [{ status: 'SUCCEEDED' }],
      [{ status: 'SUCCEEDED' }],
    ]);
    expect(answers.map(answer => answer.reference)).toEqual([undefined, undefined, reference]);
  });

  test('of another amount than was asked for says so, and the payment does not count', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    const attempt = promptOf();
    await standIn.control(inquiries({ fields: { transactionAmount: 1.5 } }));

    const { facts } = await adapter.start(attempt);

    expect(foldFacts({ money: attempt.money, requested: new Map() }, facts)).toMatchObject({
      status: 'SUCCEEDED',
      captured: 150n,
      flags: ['AMOUNT_MISMATCH'],
    });
  });

  test('sees a payment that was given back at the portal as reversed, and the refund of all of it as done', async () => {
    await using easyPaisa = await startEasyPaisa();
    const { standIn, adapter } = easyPaisa;
    const attempt = promptOf();
    const refund = refundOf(150_050n);
    const { facts: paid } = await adapter.start(attempt);
    await standIn.control({ settle: { orderId: attempt.reference, status: 'REVERSED' } });

    const { facts } = await adapter.inquire(attempt, [refund]);
    const { facts: ofPart } = await adapter.inquire(attempt, [refundOf(50n)]);

    expect(facts).toMatchObject([{ status: 'REVERSED' }, { kind: 'REFUND', refundId: refund.id, status: 'SUCCEEDED' }]);
    expect(ofPart).toMatchObject([{ status: 'REVERSED' }]);
    const state = foldFacts({ money: attempt.money, requested: new Map([[refund.id, 150_050n]]) }, [...paid, ...facts]);
    expect(state).toMatchObject({
      status: 'REVERSED',
      captured: 150_050n,
      refunded: 150_050n,
      refundPending: 0n,
      flags: [],
    });
    expect(standIn.state.refunds).toHaveLength(1);
  });

  test('is refused where the account is not the one of the merchant', async () => {
    await using easyPaisa = await startEasyPaisa({ EASYPAISA_ACCOUNT_NUMBER: '1' });

    expect(await thrownBy(easyPaisa.adapter.inquire(promptOf(), []))).toMatchObject({
      name: 'RefusedError',
      code: '0004',
    });
  });
});

test('refunds are made at the portal: nobody is called for one, and nothing can be canceled', async () => {
  await using easyPaisa = await startEasyPaisa();
  const { adapter } = easyPaisa;
  const attempt = promptOf();

  expect(adapter.refunds).toBe('MANUAL');
  expect(await thrownBy(adapter.refund(attempt, refundOf(1n)))).toBeInstanceOf(RefusedError);
  expect(adapter.refundRefusal(attempt, { money: attempt.money, captured: attempt.money })).toBeNull();
  expect(adapter.cancel(attempt)).toBeNull();
});

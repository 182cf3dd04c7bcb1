import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jazzCashAdapter } from '../../../src/payment/providers/jazzcash/jazzcash.ts';
import { beganAt, newReference, pakistanTime, signedTimes } from '../../../src/payment/providers/jazzcash/reference.ts';
import { billReferenceOf, hostedFields, walletFields } from '../../../src/payment/providers/jazzcash/requests.ts';
import { outcomeOf } from '../../../src/payment/providers/jazzcash/response-codes.ts';
import {
  type JazzCashEnvironment,
  jazzCashFaults,
  jazzCashSettings,
} from '../../../src/payment/providers/jazzcash/settings.ts';
import { attemptOf, ENVIRONMENT, settingsWith } from './jazzcash-attempts.ts';
import { BEGAN } from './wallet-attempts.ts';

const adapter = jazzCashAdapter(settingsWith());
const instants = fc.date({ min: new Date('2020-01-01Z'), max: new Date('2090-01-01Z'), noInvalidDate: true });
const HOUR_MS = 3_600_000;

describe('times and references', () => {
  test('a time is that of clocks in Karachi', () => {
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Karachi',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(instants, at => {
        expect(pakistanTime(at)).toBe(clock.format(at).replace(/\D/g, ''));
      }),
    );
    expect(pakistanTime(new Date('2026-12-31T19:00:00Z'))).toBe('20270101000000');
  });

  test('a reference has 20 letters and digits, holds its second, and is not made twice', () => {
    fc.assert(
      fc.property(instants, at => {
        const reference = newReference(at);

        expect(reference).toMatch(/^T[0-9A-Z]{19}$/);
        expect(beganAt(reference)).toEqual(new Date(Math.floor(at.getTime() / 1000) * 1000));
        expect(newReference(at)).not.toBe(reference);
        expect(signedTimes(reference).begin).toBe(pakistanTime(at));
      }),
    );
    expect(signedTimes(newReference(BEGAN))).toEqual({ begin: '20261121031500', expiry: '20261122031500' });
    expect(() => signedTimes('T20240418145702')).toThrow('no reference');
  });
});

describe('what is signed', () => {
  test('has only texts of this server: no &, nothing beyond ASCII, and no value that is a response code', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1_000n, max: 9_999_999_999_999n }),
        fc.oneof(fc.stringMatching(/^[0-9]{1,20}$/), fc.string({ maxLength: 40 })),
        instants,
        (amount, orderNumber, at) => {
          const attempt = attemptOf({ reference: newReference(at), orderNumber, money: { amount, currency: 'PKR' } });
          const forms = [
            hostedFields(attempt, settingsWith()),
            walletFields({ ...attempt, phoneNumber: '03123456789' }, settingsWith()),
          ];

          for (const fields of forms) {
            expect(BigInt(fields.pp_Amount ?? '')).toBe(amount);
            expect(fields.pp_BillReference).toMatch(/^[A-Za-z][A-Za-z0-9]{0,19}$/);
            for (const value of Object.values(fields)) expect(value).toMatch(/^(?!\d{3}$)[ -%'-~]*$/);
          }
        },
      ),
    );
  });

  test('names the order by its letters and digits', () => {
    expect(billReferenceOf('ORD-000042')).toBe('ORD000042');
    expect(billReferenceOf('121')).toBe('ORD121');
  });
});

describe('the adapter', () => {
  test.each<[bigint, string, string | null]>([
    [1_000n, 'PKR', null],
    [999n, 'PKR', 'JazzCash takes payments of Rs 10.00 and more.'],
    [1_000n, 'USD', 'JazzCash takes Pakistani rupees (PKR) only.'],
    [9_999_999_999_999n, 'PKR', null],
    [10_000_000_000_000n, 'PKR', 'JazzCash takes payments of at most Rs 99,999,999,999.99.'],
  ])('of %d in %s says %j', (amount, currency, refusal) => {
    expect(adapter.refusal({ amount, currency }, 'HOSTED')).toBe(refusal);
  });

  test('lets an attempt end a day after its begin, and cannot cancel one', () => {
    expect(adapter.expiryOf('HOSTED', BEGAN).toISOString()).toBe('2026-11-21T22:15:00.000Z');
    expect(adapter.cancel(attemptOf())).toBeNull();
  });

  test('tells the payer of a prompt to look at the phone, for two minutes', () => {
    expect(adapter.nextAction(attemptOf({ method: 'MOBILE_WALLET' }))).toEqual({
      kind: 'APPROVE_ON_PHONE',
      phoneNumber: '03123456789',
      expiresAt: new Date('2026-11-20T22:17:00Z'),
    });
  });

  test('asks after 10 and 20 minutes and 1, 3, 8 and 25 hours, and then no more', () => {
    const asked: number[] = [];
    for (let now = BEGAN; ; ) {
      const next = adapter.nextInquiry(attemptOf(), asked.length, now);
      if (!next) break;
      asked.push((next.getTime() - BEGAN.getTime()) / 60_000);
      now = next;
    }

    expect(asked).toEqual([10, 20, 60, 180, 480, 1500]);
  });

  test('asks each hour what an outage kept it from asking, for a week', () => {
    const nextOf = (hours: number, asked: number) =>
      adapter.nextInquiry(attemptOf(), asked, new Date(BEGAN.getTime() + hours * HOUR_MS))?.getTime();

    expect(nextOf(30, 2)).toBe(BEGAN.getTime() + 31 * HOUR_MS);
    expect(nextOf(30, 6)).toBeUndefined();
    expect(nextOf(7 * 24, 2)).toBeUndefined();
  });

  test('does not do prompts where they are off', () => {
    expect(jazzCashAdapter(settingsWith({ JAZZCASH_WALLET_VERSION: 'off' })).methods).toEqual(['HOSTED']);
  });
});

test('a code that is in no list is unknown, and no code of a refund is one of a payment', () => {
  expect(['777', '', '456', '451', '12', 'constructor'].map(outcomeOf)).toEqual(Array(6).fill('UNKNOWN'));
  expect(['402', '450', '403'].map(outcomeOf)).toEqual(['FAILED', 'FAILED', 'ASK']);
});

describe('the settings', () => {
  test('are none where nothing is set, and have defaults for all but the credentials', () => {
    expect(jazzCashSettings({}, () => '')).toBeNull();
    expect(jazzCashFaults({})).toEqual([]);
    expect(jazzCashFaults(ENVIRONMENT)).toEqual([]);
    const settings = jazzCashSettings(ENVIRONMENT, () => 'https://shop.example');
    expect(settings?.returnUrl()).toBe('https://shop.example/payments/jazzcash/return');
    expect(settings).toMatchObject({
      urls: {
        hosted: 'https://sandbox.jazzcash.com.pk/CustomerPortal/transactionmanagement/merchantform/',
        wallet: 'https://sandbox.jazzcash.com.pk/ApplicationAPI/API/Payment/DoTransaction',
        inquiry: 'https://sandbox.jazzcash.com.pk/ApplicationAPI/API/PaymentInquiry/Inquire',
        refund: 'https://sandbox.jazzcash.com.pk/ApplicationAPI/API/Purchase/domwalletrefundtransaction',
      },
      walletVersion: '1.1',
      inquiryVersion: '2.0',
      partialRefunds: true,
    });
  });

  test('take whole addresses for paths', () => {
    const env = {
      ...ENVIRONMENT,
      JAZZCASH_BASE_URL: 'https://pay.example/orchestrator/',
      JAZZCASH_HOSTED_PATH: 'https://page.example/form',
      JAZZCASH_INQUIRY_PATH: '/api/v2/inquiry',
    };

    expect(jazzCashSettings(env, () => '')?.urls).toMatchObject({
      hosted: 'https://page.example/form',
      inquiry: 'https://pay.example/orchestrator/api/v2/inquiry',
    });
  });

  test.each<[JazzCashEnvironment, string]>([
    [{ JAZZCASH_PASSWORD: '' }, 'JAZZCASH_PASSWORD is missing'],
    [{ JAZZCASH_PASSWORD: '121' }, 'JAZZCASH_PASSWORD has to be'],
    [{ JAZZCASH_PASSWORD: 'with&and' }, 'JAZZCASH_PASSWORD has to be'],
    [{ JAZZCASH_INTEGRITY_SALT: 'short' }, 'JAZZCASH_INTEGRITY_SALT has to be'],
    [{ JAZZCASH_MPIN: '12345' }, 'JAZZCASH_MPIN has to be'],
    [{ JAZZCASH_BASE_URL: 'sandbox.jazzcash.com.pk' }, 'JAZZCASH_BASE_URL has to be'],
    [{ JAZZCASH_INQUIRY_PATH: 'api' }, 'JAZZCASH_INQUIRY_PATH has to be'],
    [{ JAZZCASH_HOSTED_TYPE: 'CARD' }, 'JAZZCASH_HOSTED_TYPE has to be'],
    [{ JAZZCASH_WALLET_VERSION: '3' }, 'JAZZCASH_WALLET_VERSION has to be'],
    [{ JAZZCASH_SUB_MERCHANT_NAME: 'Duely 2' }, 'JAZZCASH_SUB_MERCHANT_NAME has to be'],
    [{ NODE_ENV: 'production' }, 'JAZZCASH_BASE_URL is missing'],
    [{ NODE_ENV: 'production', JAZZCASH_BASE_URL: 'http://pay.example' }, 'JAZZCASH_BASE_URL has to begin with https'],
  ])('%j are a fault that names the setting and not its value', (env, fault) => {
    const faults = jazzCashFaults({ ...ENVIRONMENT, ...env });

    expect(faults).toEqual([expect.stringContaining(fault)]);
    expect(faults.join()).not.toMatch(/short|12345|with&and/);
  });
});

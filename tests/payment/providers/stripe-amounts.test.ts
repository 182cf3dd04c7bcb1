import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AMOUNT_MAX } from '../../../src/payment/money.ts';
import { amountRefusal, fromStripe, paymentRefusal, toStripe } from '../../../src/payment/providers/stripe/amounts.ts';

const CURRENCIES = ['USD', 'EUR', 'PKR', 'JPY', 'KRW', 'UGX', 'ISK', 'KWD', 'BHD', 'TND', 'MGA', 'HUF', 'XOF'];
const money = fc.record({
  amount: fc.bigInt({ min: 1n, max: AMOUNT_MAX }),
  currency: fc.constantFrom(...CURRENCIES),
});

test('what Stripe is told, said back by Stripe, is the same amount, for every amount that is not refused', () => {
  fc.assert(
    fc.property(money, given => {
      fc.pre(amountRefusal(given) === null);

      const { amount, currency } = toStripe(given);

      expect(Number.isSafeInteger(amount)).toBe(true);
      expect(fromStripe(amount, currency)).toEqual(given);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['10.50 dollars', { amount: 1050n, currency: 'USD' }, 1050],
  ['1,400 rupees', { amount: 140_000n, currency: 'PKR' }, 140_000],
  ['500 yen, which has no decimals', { amount: 500n, currency: 'JPY' }, 500],
  ['5 Ugandan shillings, which Stripe counts in hundredths', { amount: 5n, currency: 'UGX' }, 500],
  ['5 Icelandic krónur, which Stripe counts in hundredths', { amount: 5n, currency: 'ISK' }, 500],
  ['5.120 Kuwaiti dinars, which have three decimals', { amount: 5120n, currency: 'KWD' }, 5120],
  ['12 ariary, which Stripe counts whole', { amount: 1200n, currency: 'MGA' }, 12],
] as const)('%s are told as Stripe counts them', (_what, given, expected) => {
  expect(toStripe(given)).toEqual({ amount: expected, currency: given.currency.toLowerCase() });
});

test.each([
  ['a third decimal that is not 0', { amount: 5124n, currency: 'KWD' }, /in steps of 0\.010/],
  ['a part of an ariary', { amount: 1250n, currency: 'MGA' }, /in steps of 1\.00/],
  [
    'a currency with three decimals of which Stripe says nothing',
    { amount: 1000n, currency: 'IQD' },
    /no payments in IQD/,
  ],
  ['more than can be said exactly', { amount: AMOUNT_MAX, currency: 'UGX' }, /too large/],
] as const)('%s is refused with a sentence, and never told', (_what, given, expected) => {
  expect(amountRefusal(given)).toMatch(expected);
  expect(() => toStripe(given)).toThrow(expected);
});

test('a payment below the least that Stripe takes is refused, while a refund of so little is not', () => {
  const little = { amount: 49n, currency: 'USD' };

  expect(paymentRefusal(little)).toBe('Stripe takes no less than $0.50: choose another way to pay.');
  expect(paymentRefusal({ ...little, amount: 50n })).toBeNull();
  expect(amountRefusal(little)).toBeNull();
});

test('an amount of Stripe that is no whole amount here is an error, and not rounded', () => {
  expect(() => fromStripe(550, 'ugx')).toThrow('no whole amount');
});

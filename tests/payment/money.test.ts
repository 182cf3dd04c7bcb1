import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalsOf, formatMoney, fromDecimal, isCurrency, toDecimal } from '../../src/payment/money.ts';

const CURRENCIES = Intl.supportedValuesOf('currency');
/** Thirteen digits before the point are read: the largest amount where there is no point. */
const amountIn = (currency: string) =>
  fc.bigInt({ min: 1n, max: decimalsOf(currency) === 0 ? 10n ** 13n - 1n : 10n ** 13n });
const amount = amountIn('PKR');

test.each(CURRENCIES)('every amount of %s is read as it was written', currency => {
  fc.assert(
    fc.property(amountIn(currency), units => {
      const text = toDecimal({ amount: units, currency });

      expect(fromDecimal(text, currency)).toBe(units);
      expect(text).toMatch(/^(0|[1-9]\d*)(\.\d+)?$/);
      expect(text.split('.')[1]?.length ?? 0).toBe(decimalsOf(currency));
    }),
    { numRuns: 30 },
  );
});

test.each(['PKR', 'JPY', 'KWD'])('an amount of %s is read in every way of writing the same number', currency => {
  fc.assert(
    fc.property(amountIn(currency), fc.nat(4), (units, noughts) => {
      const text = toDecimal({ amount: units, currency });
      const longer = `${text}${text.includes('.') ? '' : '.0'}${'0'.repeat(noughts)}`;
      const shorter = text.includes('.') ? text.replace(/\.?0+$/, '') : text;

      expect([longer, shorter].map(way => fromDecimal(way, currency))).toEqual([units, units]);
    }),
  );
});

test('an amount is read from a JSON number', () => {
  fc.assert(
    fc.property(amount, units => {
      expect(fromDecimal(String(JSON.parse(toDecimal({ amount: units, currency: 'PKR' }))), 'PKR')).toBe(units);
    }),
    { numRuns: 5_000 },
  );
});

test('what is more than the decimals of the currency hold is no amount of it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CURRENCIES), amount, fc.integer({ min: 1, max: 9 }), (currency, units, digit) => {
      const text = toDecimal({ amount: units, currency });

      expect(fromDecimal(`${text}${text.includes('.') ? '' : '.'}${digit}`, currency)).toBeNull();
    }),
  );
});

test.each([
  '',
  '.5',
  '5.',
  '-5',
  '+5',
  '1e3',
  '1e+21',
  '0x10',
  '1,000',
  ' 5',
  '5\n',
  'NaN',
  'Infinity',
  '٥',
  '12345678901234',
])('the text "%s" is no amount', text => {
  expect(fromDecimal(text, 'PKR')).toBeNull();
});

test('a text of any kind is read as an amount or not at all', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...CURRENCIES), (text, currency) => {
      const read = fromDecimal(text, currency);

      if (read !== null) expect(text).toMatch(/^\d{1,13}(\.\d+)?$/);
    }),
  );
});

test('the decimals of a currency are those of ISO 4217, and two where it has none', () => {
  expect(['PKR', 'USD', 'JPY', 'KRW', 'UGX', 'KWD', 'BHD', 'TND', 'XXX'].map(decimalsOf)).toEqual([
    2, 2, 0, 0, 0, 3, 3, 3, 2,
  ]);
  expect(['PKR', 'pkr', 'RUPEE', ''].map(isCurrency)).toEqual([true, false, false, false]);
});

test('an amount below nothing is written with its sign', () => {
  expect(toDecimal({ amount: -5n, currency: 'PKR' })).toBe('-0.05');
  expect(toDecimal({ amount: -1_000n, currency: 'JPY' })).toBe('-1000');
});

test('an amount is shown to people digit by digit, however large', () => {
  expect(formatMoney({ amount: 1050n, currency: 'USD' })).toBe('$10.50');
  expect(formatMoney({ amount: 1050n, currency: 'JPY' })).toBe('¥1,050');
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 30n }), units => {
      const shown = formatMoney({ amount: units, currency: 'USD' });

      expect(BigInt(shown.replace(/\D/g, ''))).toBe(units);
    }),
  );
});

test('what people see has all of the amount in any currency, also where the language would round it', () => {
  const shown = ['PKR', 'ISK', 'IQD', 'KWD', 'UGX', 'JPY', 'EUR'].map(currency =>
    formatMoney({ amount: 9_007_199_254_740_991n, currency }).replaceAll(/\D/g, ''),
  );

  expect(new Set(shown)).toEqual(new Set(['9007199254740991']));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Fact,
  factKey,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  REVIEW_FLAGS,
} from '../../../src/payment/state/fact.ts';
import { factFromJson, factToJson } from '../../../src/payment/state/fact-record.ts';

// What PostgreSQL can keep: whole code points, and no NUL.
const text = fc.string({ unit: 'binary' }).map(any => any.replaceAll('\0', ''));
const instant = fc.date({ noInvalidDate: true });
const plain = { noNullPrototype: true } as const;
const money = fc.record({ amount: fc.bigInt(), currency: text }, plain);
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const learnt = { type: text };

const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record(
    {
      ...learnt,
      kind: fc.constant('PAYMENT' as const),
      status: fc.constantFrom(...PAYMENT_STATUSES),
      at: orNull(instant),
      money: orNull(money),
      code: orNull(text),
      message: orNull(text),
    },
    { ...plain, requiredKeys: ['type', 'kind', 'status'] },
  ),
  fc.record(
    {
      ...learnt,
      kind: fc.constant('FAILURE' as const),
      at: orNull(instant),
      code: orNull(text),
      message: orNull(text),
    },
    { ...plain, requiredKeys: ['type', 'kind', 'code', 'message'] },
  ),
  fc.record(
    {
      ...learnt,
      kind: fc.constant('REFUND' as const),
      status: fc.constantFrom(...REFUND_STATUSES),
      money,
      at: orNull(instant),
      refundId: orNull(text),
      reference: orNull(text),
      code: orNull(text),
      message: orNull(text),
    },
    { ...plain, requiredKeys: ['type', 'kind', 'status', 'money'] },
  ),
  fc.record(
    {
      ...learnt,
      kind: fc.constant('DISPUTE' as const),
      reference: text,
      status: fc.constantFrom('OPEN' as const, 'WON' as const, 'LOST' as const),
      money: orNull(money),
      at: instant,
    },
    plain,
  ),
  fc.record({ ...learnt, kind: fc.constant('FLAG' as const), flag: fc.constantFrom(...REVIEW_FLAGS) }, plain),
  fc.record(
    {
      ...learnt,
      kind: fc.constant('RESOLUTION' as const),
      flag: fc.constantFrom(...REVIEW_FLAGS),
      accept: fc.boolean(),
      byUserId: text,
      at: instant,
    },
    plain,
  ),
);

test('any fact comes back from its JSON text as it was, under the same key', () => {
  fc.assert(
    fc.property(fact, given => {
      const kept = factFromJson(JSON.parse(JSON.stringify(factToJson(given))));

      expect(kept).toStrictEqual(given);
      expect(factKey(kept)).toBe(factKey(given));
    }),
    { numRuns: 500 },
  );
});

test('an amount beyond what a float can hold is kept as digits', () => {
  const given: Fact = {
    kind: 'PAYMENT',
    type: 'inquiry',
    status: 'SUCCEEDED',
    money: { amount: 9_007_199_254_740_993n, currency: 'PKR' },
  };

  const json = factToJson(given);

  expect(json).toStrictEqual({ ...given, money: { amount: '9007199254740993', currency: 'PKR' } });
  expect(factFromJson(json)).toStrictEqual(given);
});

test('text that PostgreSQL cannot keep is replaced, so that its fact is not lost', () => {
  const given: Fact = { kind: 'FAILURE', type: 'x', code: 'a\0b', message: 'half of a pair: \ud83d' };

  const json = factToJson(given);

  expect(json).toMatchObject({ code: 'a\uFFFDb', message: 'half of a pair: \uFFFD' });
});

test.each([
  ['an unknown kind', { kind: 'GIFT', type: 'x' }],
  ['an unknown status', { kind: 'PAYMENT', type: 'x', status: 'PAID' }],
  [
    'an amount with decimals',
    { kind: 'PAYMENT', type: 'x', status: 'SUCCEEDED', money: { amount: '1.5', currency: 'USD' } },
  ],
  [
    'a number for an amount',
    { kind: 'PAYMENT', type: 'x', status: 'SUCCEEDED', money: { amount: 15, currency: 'USD' } },
  ],
  ['no instant', { kind: 'PAYMENT', type: 'x', status: 'PENDING', at: 'yesterday' }],
  ['no type', { kind: 'FLAG', flag: 'DISPUTED' }],
  ['nothing', null],
])('a record with %s is no fact', (_case, json) => {
  expect(() => factFromJson(json)).toThrow();
});

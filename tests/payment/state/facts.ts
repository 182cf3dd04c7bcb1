import * as fc from 'fast-check';
import type { Fact } from '../../../src/payment/state/fact.ts';

/** What the attempts of these tests ask for. */
export const ASKED = { amount: 1_000n, currency: 'PKR' };
/** Refunds that were asked for here: together more than can be given back. */
export const REQUESTED: ReadonlyMap<string, bigint> = new Map([
  ['r1', 300n],
  ['r2', 700n],
  ['r3', 400n],
]);

const money = fc.record({
  amount: fc.constantFrom(1_000n, 1_000n, 1_000n, 900n, 1_100n),
  currency: fc.constantFrom('PKR', 'PKR', 'PKR', 'USD'),
});
const at = fc.integer({ min: 0, max: 5 }).map(second => new Date(second * 1_000));
const failure = {
  code: fc.constantFrom(null, '402', '405'),
  message: fc.constantFrom(null, 'declined', 'no money'),
};
const type = fc.constantFrom('webhook', 'inquiry');

const payment = fc.record({
  kind: fc.constant('PAYMENT' as const),
  type,
  status: fc.constantFrom('PENDING', 'EXPIRED', 'CANCELED', 'FAILED', 'SUCCEEDED', 'SUCCEEDED', 'REVERSED'),
  money: fc.option(money),
  ...failure,
});
const refund = fc.constantFrom(...REQUESTED).chain(([refundId, amount]) =>
  fc.record({
    kind: fc.constant('REFUND' as const),
    type,
    refundId: fc.constantFrom(refundId, null),
    reference: fc.constant(`re_${refundId}`),
    status: fc.constantFrom('REQUESTED', 'PENDING', 'SUCCEEDED', 'CANCELED', 'FAILED'),
    money: fc.constant({ amount, currency: 'PKR' }),
    message: failure.message,
  }),
);
const foreignRefund = fc.record({
  kind: fc.constant('REFUND' as const),
  type,
  reference: fc.constantFrom('re_foreign1', 're_foreign2'),
  status: fc.constantFrom('PENDING', 'SUCCEEDED', 'FAILED'),
  money: fc.constant({ amount: 250n, currency: 'PKR' }),
});
const dispute = fc.record({
  kind: fc.constant('DISPUTE' as const),
  type,
  reference: fc.constantFrom('dp_1', 'dp_2'),
  status: fc.constantFrom('OPEN', 'WON', 'LOST'),
  money: fc.option(fc.constant({ amount: 1_000n, currency: 'PKR' })),
  at,
});
const flag = fc.record({
  kind: fc.constant('FLAG' as const),
  type,
  flag: fc.constantFrom('UNKNOWN_OUTCOME', 'AMOUNT_MISMATCH'),
});
const resolution = fc.record({
  kind: fc.constant('RESOLUTION' as const),
  type,
  flag: fc.constantFrom('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'DISPUTED', 'DUPLICATE_PAYMENT'),
  accept: fc.boolean(),
  byUserId: fc.constant('admin'),
  at,
});
const failed = fc.record({ kind: fc.constant('FAILURE' as const), type, ...failure });

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  { arbitrary: payment, weight: 5 },
  { arbitrary: refund, weight: 3 },
  foreignRefund,
  dispute,
  flag,
  resolution,
  failed,
) as fc.Arbitrary<Fact>;

export const anyFacts = fc.array(anyFact, { maxLength: 14 });

/** The same set told otherwise: in any order, some of it several times. */
export const retold = (facts: readonly Fact[]): fc.Arbitrary<Fact[]> =>
  fc.array(fc.nat(), { maxLength: 8 }).chain(picks => {
    const again = facts.length === 0 ? [] : picks.flatMap(pick => facts[pick % facts.length] ?? []);
    const all = [...facts, ...again];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fact, PAYMENT_STATUSES } from '../../../src/payment/state/fact.ts';
import { foldFacts } from '../../../src/payment/state/fold.ts';
import { foldOrder } from '../../../src/payment/state/order-state.ts';
import { ASKED, anyFacts, REQUESTED, retold } from './facts.ts';

const RUNS = { numRuns: 10_000 };
const fold = (facts: readonly Fact[]) => foldFacts({ money: ASKED, requested: REQUESTED }, facts);
/** Nothing was asked to be refunded here. */
const alone = (facts: readonly Fact[]) => foldFacts({ money: ASKED, requested: new Map() }, facts);
const success = (amount = ASKED.amount, currency = ASKED.currency): Fact => ({
  kind: 'PAYMENT',
  type: 'webhook',
  status: 'SUCCEEDED',
  money: { amount, currency },
});

describe('the state of a payment', () => {
  test('is the same however its facts are ordered and repeated', () => {
    fc.assert(
      fc.property(
        anyFacts.chain(facts => fc.tuple(fc.constant(facts), retold(facts))),
        ([facts, again]) => {
          expect(fold(again)).toEqual(fold(facts));
        },
      ),
      RUNS,
    );
  });

  test('never goes back down while facts come in', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        const ranks = facts.map((_fact, index) => PAYMENT_STATUSES.indexOf(fold(facts.slice(0, index + 1)).status));

        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
      RUNS,
    );
  });

  test('never gives back more than was captured, or is flagged', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        const state = fold([...facts, success()]);

        const over = state.refunded + state.refundPending > state.captured;
        const isKnown = ['OVER_REFUNDED', 'DISPUTED'].some(
          flag => state.flags.some(raised => raised === flag) || [...state.resolved.keys()].some(of => of === flag),
        );
        expect(state.refunded <= state.captured).toBe(true);
        expect(!over || isKnown || state.status === 'REVERSED').toBe(true);
      }),
      RUNS,
    );
  });

  test('frees what a refund had reserved once that has failed', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        const failed = [...REQUESTED].map(
          ([refundId, amount]): Fact => ({
            kind: 'REFUND',
            type: 'webhook',
            refundId,
            status: 'FAILED',
            money: { amount, currency: ASKED.currency },
          }),
        );
        const own = facts.filter(fact => fact.kind !== 'REFUND' && fact.kind !== 'DISPUTE');

        const state = fold([...own, ...failed, success()]);

        expect(state.refundPending).toBe(0n);
        expect(state.refunded).toBe(state.status === 'REVERSED' ? state.captured : 0n);
      }),
      RUNS,
    );
  });

  test.each([
    ['another amount', success(900n), 'AMOUNT_MISMATCH'],
    ['another currency', success(1_000n, 'USD'), 'CURRENCY_MISMATCH'],
  ] as const)('stays flagged after %s, whatever else is said', (_name, wrong, flag) => {
    fc.assert(
      fc.property(anyFacts, facts => {
        const unsettled = facts.filter(fact => fact.kind !== 'RESOLUTION');

        const state = fold([...unsettled, wrong, success()]);

        expect(state.flags).toContain(flag);
        const payment = { id: 'p', succeededAt: new Date(0), state };
        expect(foldOrder({ total: ASKED.amount, closed: null }, [payment]).status).toBe('OPEN');
      }),
      RUNS,
    );
  });

  test('tells a refund by the id of either side as one', () => {
    const refund = { kind: 'REFUND', type: 'webhook', money: { amount: 300n, currency: 'PKR' } } as const;

    const state = fold([
      success(),
      { ...refund, reference: 're_1', status: 'SUCCEEDED' },
      { ...refund, refundId: 'r1', reference: 're_1', status: 'PENDING' },
    ]);

    expect(state.refunds.get('r1')?.status).toBe('SUCCEEDED');
    expect(state.foreignRefunds.size).toBe(0);
    expect(state.refunded).toBe(300n);
  });

  test('lets a refund fail that had succeeded', () => {
    const refund = {
      kind: 'REFUND',
      type: 'webhook',
      refundId: 'r1',
      money: { amount: 300n, currency: 'PKR' },
    } as const;

    const state = fold([
      success(),
      { ...refund, status: 'SUCCEEDED' },
      { ...refund, status: 'FAILED', message: 'account closed' },
    ]);

    expect(state.refunds.get('r1')).toMatchObject({ status: 'FAILED', amount: 300n, failureMessage: 'account closed' });
    expect(state.refunded).toBe(0n);
  });

  test('keeps why the last try failed until it succeeds', () => {
    const tried: Fact = { kind: 'FAILURE', type: 'webhook', code: '402', message: 'declined' };
    const pending: Fact = { kind: 'PAYMENT', type: 'webhook', status: 'PENDING' };

    const [before, after] = [fold([pending, tried]), fold([pending, tried, success()])];

    expect(before).toMatchObject({ status: 'PENDING', failure: { code: '402', message: 'declined' } });
    expect(after).toMatchObject({ status: 'SUCCEEDED', failure: null });
  });

  test('counts a dispute that was lost as gone back, and one that was won not', () => {
    const dispute = { kind: 'DISPUTE', type: 'webhook', reference: 'dp_1', money: ASKED } as const;
    const open: Fact = { ...dispute, status: 'OPEN', at: new Date(0) };

    const lost = alone([success(), { ...dispute, status: 'LOST', at: new Date(1) }, open]);
    const won = alone([success(), { ...dispute, status: 'WON', at: new Date(1) }, open]);

    expect(lost).toMatchObject({ refunded: 1_000n, flags: ['DISPUTED'] });
    expect(won).toMatchObject({ refunded: 0n, flags: [] });
  });
});

describe('the state of an order', () => {
  const order = { total: ASKED.amount, closed: null };
  const payments = fc.array(fc.record({ facts: anyFacts, second: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  const known = (given: readonly { facts: readonly Fact[]; second: number }[]) =>
    given.map(({ facts, second }, index) => {
      const state = fold(facts);
      const succeeded = facts.some(fact => fact.kind === 'PAYMENT' && fact.status === 'SUCCEEDED');
      return { id: `p${index}`, succeededAt: succeeded ? new Date(second) : null, state };
    });

  test('does not depend on the order of its payments', () => {
    fc.assert(
      fc.property(payments, given => {
        const all = known(given);

        expect(foldOrder(order, [...all].reverse())).toEqual(foldOrder(order, all));
      }),
      RUNS,
    );
  });

  test('is paid by one payment, and any other one that succeeds is a duplicate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), count => {
        const all = Array.from({ length: count }, (_, index) => ({
          id: `p${index}`,
          succeededAt: new Date(count - index),
          state: fold([success()]),
        }));

        const { status, paid, duplicates } = foldOrder(order, all);

        expect({ status, paid, duplicates: duplicates.size }).toEqual({
          status: 'PAID',
          paid: 1_000n,
          duplicates: count - 1,
        });
        expect(duplicates.has(`p${count - 1}`)).toBe(false);
      }),
    );
  });

  test('is not undone by what happens to another attempt', () => {
    fc.assert(
      fc.property(
        anyFacts.map(facts => facts.filter(fact => fact.kind !== 'PAYMENT' || fact.status !== 'SUCCEEDED')),
        facts => {
          const paid = { id: 'a', succeededAt: new Date(0), state: fold([success()]) };
          const other = { id: 'b', succeededAt: null, state: fold(facts) };

          expect(foldOrder(order, [other, paid]).status).toBe('PAID');
        },
      ),
      RUNS,
    );
  });

  test.each(['EXPIRED', 'CANCELED'] as const)('is PAID by a success that comes once it is %s', closed => {
    const late = { id: 'a', succeededAt: new Date(0), state: fold([success()]) };

    expect(foldOrder({ ...order, closed }, []).status).toBe(closed);
    expect(foldOrder({ ...order, closed }, [late]).status).toBe('PAID');
  });

  test('goes from PAID to REFUNDED by what went back', () => {
    const refund = (refundId: string, amount: bigint): Fact => ({
      kind: 'REFUND',
      type: 'webhook',
      refundId,
      status: 'SUCCEEDED',
      money: { amount, currency: 'PKR' },
    });
    const stateOf = (...facts: Fact[]) =>
      foldOrder(order, [{ id: 'a', succeededAt: new Date(0), state: fold([success(), ...facts]) }]);

    expect(stateOf()).toMatchObject({ status: 'PAID', paid: 1_000n });
    expect(stateOf(refund('r1', 300n))).toMatchObject({ status: 'PARTIALLY_REFUNDED', paid: 700n });
    expect(stateOf(refund('r1', 300n), refund('r2', 700n))).toMatchObject({ status: 'REFUNDED', paid: 0n });
  });

  test('is paid by a flagged payment once an admin accepts it, and not where they refuse', () => {
    const resolved = (accept: boolean): Fact => ({
      kind: 'RESOLUTION',
      type: 'review.resolved',
      flag: 'AMOUNT_MISMATCH',
      accept,
      byUserId: 'admin',
      at: new Date(0),
    });
    const stateOf = (accept: boolean) =>
      foldOrder(order, [{ id: 'a', succeededAt: new Date(0), state: fold([success(900n), resolved(accept)]) }]);

    expect(stateOf(true)).toMatchObject({ status: 'PAID', paid: 900n });
    expect(stateOf(false)).toMatchObject({ status: 'OPEN', paid: 0n });
  });
});

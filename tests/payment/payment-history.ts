import fc from 'fast-check';

/** What happens to one payment at Stripe, in this order. */
export interface StripeHistory {
  /** Tries that the bank refuses first. */
  readonly declines: number;
  readonly end: 'PAID' | 'PAID_LATER' | 'REFUSED_LATER' | 'EXPIRED' | 'LEFT_OPEN';
  /** After it was paid. */
  readonly after: readonly AfterPaid[];
}

export type AfterPaid =
  | {
      readonly kind: 'REFUND';
      /** Asked for at this server; otherwise in Stripe's Dashboard. */
      readonly here: boolean;
      /** Of what is left, in fifths. */
      readonly fifths: number;
      /** What the bank says of it later: a refund that succeeded can still come back. */
      readonly ends: readonly ('succeeded' | 'failed' | 'canceled')[];
    }
  | { readonly kind: 'DISPUTE'; readonly end: 'won' | 'lost' | null };

/** At JazzCash: a code that is no success first, where there is one, and then perhaps a success after all. */
export interface JazzCashHistory {
  readonly first: '199' | '112' | '116' | '157' | null;
  readonly isPaid: boolean;
}

/** How the messages come: read in a circle, one of each for each message. */
export interface Delivery {
  /** At once, while the history goes on; the others come when it is over. */
  readonly early: readonly boolean[];
  /** None: it is lost. */
  readonly copies: readonly number[];
  /** In which order those come that are late. */
  readonly ranks: readonly number[];
  /** All late ones at the same moment. */
  readonly together: boolean;
}

/** One order, and what is done to pay for it at one provider or at two. */
export interface History {
  readonly quantity: number;
  readonly stripe: StripeHistory | null;
  readonly jazzCash: JazzCashHistory | null;
  readonly delivery: Delivery;
}

const afterPaid: fc.Arbitrary<AfterPaid> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('REFUND' as const),
      here: fc.boolean(),
      fifths: fc.integer({ min: 1, max: 5 }),
      ends: fc.constantFrom<('succeeded' | 'failed' | 'canceled')[]>(
        [],
        ['succeeded'],
        ['succeeded'],
        ['failed'],
        ['canceled'],
        ['succeeded', 'failed'],
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('DISPUTE' as const),
      end: fc.constantFrom('won' as const, 'lost' as const, null),
    }),
  },
);

const stripe: fc.Arbitrary<StripeHistory> = fc.record({
  declines: fc.constantFrom(0, 0, 0, 1, 2),
  end: fc.constantFrom('PAID', 'PAID', 'PAID', 'PAID_LATER', 'PAID_LATER', 'REFUSED_LATER', 'EXPIRED', 'LEFT_OPEN'),
  after: fc.array(afterPaid, { maxLength: 2 }),
});

const jazzCash: fc.Arbitrary<JazzCashHistory> = fc.record({
  first: fc.constantFrom('199', '112', '116', '157', null, null),
  isPaid: fc.boolean(),
});

const delivery: fc.Arbitrary<Delivery> = fc.record({
  early: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  copies: fc.array(fc.constantFrom(0, 1, 1, 1, 2, 3), { minLength: 1, maxLength: 7 }),
  ranks: fc.array(fc.nat(100), { minLength: 11, maxLength: 11 }),
  together: fc.boolean(),
});

export const history: fc.Arbitrary<History> = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    stripe,
    jazzCash,
    delivery,
    fc.constantFrom('STRIPE', 'STRIPE', 'JAZZCASH', 'JAZZCASH', 'BOTH'),
  )
  .map(([quantity, atStripe, atJazzCash, how, where]) => ({
    quantity,
    stripe: where === 'JAZZCASH' ? null : atStripe,
    jazzCash: where === 'STRIPE' ? null : atJazzCash,
    delivery: how,
  }));

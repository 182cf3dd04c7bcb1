import type { Money } from '../money.ts';
import {
  type DisputeFact,
  type Fact,
  type Failure,
  factKey,
  PAYMENT_STATUSES,
  type PaymentStatus,
  REFUND_STATUSES,
  REVIEW_FLAGS,
  type RefundFact,
  type RefundStatus,
  type ResolutionFact,
  type ReviewFlag,
} from './fact.ts';

/** What facts are folded over: what was frozen when the attempt was made, and what this server asked to be refunded. */
export interface Attempted {
  readonly money: Money;
  /** Refunds that were asked for here, by their id. Those of the provider's own making are known by facts alone. */
  readonly requested: ReadonlyMap<string, bigint>;
}

export interface RefundState {
  readonly status: RefundStatus;
  readonly amount: bigint;
  /** The provider's own id of it; null before it is known. */
  readonly reference: string | null;
  readonly failureMessage: string | null;
}

/** All that follows from what is known of a payment by itself; what follows from its order is in order-state.ts. */
export interface PaymentState {
  readonly status: PaymentStatus;
  readonly failure: Failure | null;
  /** What the payer paid, as the provider says; 0 before a success, and where it was in another currency. */
  readonly captured: bigint;
  /** What went back to the payer: refunds that succeeded, disputes that were lost, all of it where it was reversed. */
  readonly refunded: bigint;
  /** What refunds under way will take, if they succeed. */
  readonly refundPending: bigint;
  /** Raised by facts and settled by nobody. */
  readonly flags: readonly ReviewFlag[];
  /** The flags that an admin settled, and how. */
  readonly resolved: ReadonlyMap<ReviewFlag, boolean>;
  /** By the id of a refund that was asked for here. */
  readonly refunds: ReadonlyMap<string, RefundState>;
  /** By the provider's reference: refunds that nobody asked for here. */
  readonly foreignRefunds: ReadonlyMap<string, RefundState>;
}

/** A payment with one of these does not count for its order until an admin says that it does. */
export const BLOCKING_FLAGS: readonly ReviewFlag[] = ['AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'DUPLICATE_PAYMENT'];

const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);

/**
 * The state that a set of facts says. A function of the set alone: neither their order nor how often one is told matters,
 * so messages may come twice, late, and in any order.
 */
export function foldFacts({ money: asked, requested }: Attempted, facts: readonly Fact[]): PaymentState {
  const set = [...new Map(facts.map(fact => [factKey(fact), fact])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, fact]) => fact);
  const ofKind = <Kind extends Fact['kind']>(kind: Kind) =>
    set.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);

  const payments = ofKind('PAYMENT');
  const status = highest(PAYMENT_STATUSES, payments);
  const successes = payments.filter(fact => fact.status === 'SUCCEEDED').map(fact => fact.money ?? asked);
  const captured = successes
    .filter(money => money.currency === asked.currency)
    .reduce((most, { amount }) => (amount > most ? amount : most), 0n);

  const refundFacts = ofKind('REFUND');
  // Some news name a refund by the provider's id alone; others tell whose it is.
  const owners = new Map(
    refundFacts.flatMap(({ reference, refundId }) => (reference && refundId ? [[reference, refundId] as const] : [])),
  );
  const ownerOf = (fact: RefundFact) => fact.refundId ?? owners.get(fact.reference ?? '') ?? '';
  const refunds = new Map(
    [...requested].map(([id, amount]) => [
      id,
      foldRefund(
        refundFacts.filter(fact => ownerOf(fact) === id),
        amount,
      ),
    ]),
  );
  const foreign = Map.groupBy(
    refundFacts.filter(fact => fact.reference && !requested.has(ownerOf(fact))),
    fact => fact.reference ?? '',
  );
  const foreignRefunds = new Map([...foreign].map(([reference, of]) => [reference, foldRefund(of)]));
  const amountsIn = (...statuses: RefundStatus[]) =>
    sum(
      [...refunds.values(), ...foreignRefunds.values()].flatMap(r => (statuses.includes(r.status) ? [r.amount] : [])),
    );
  const succeededRefunds = amountsIn('SUCCEEDED');

  const disputes = [...Map.groupBy(ofKind('DISPUTE'), fact => fact.reference).values()].map(latest);
  const lost = sum(disputes.map(dispute => (dispute.status === 'LOST' ? (dispute.money?.amount ?? captured) : 0n)));
  const back = succeededRefunds + lost;
  const refunded = status === 'REVERSED' || back > captured ? captured : back;

  const raised = new Set<ReviewFlag>(ofKind('FLAG').map(fact => fact.flag));
  if (successes.some(money => money.currency !== asked.currency)) raised.add('CURRENCY_MISMATCH');
  if (successes.some(money => money.currency === asked.currency && money.amount !== asked.amount))
    raised.add('AMOUNT_MISMATCH');
  // Before the success is known nothing can be said: its news may come behind the refund's.
  const pending = amountsIn('REQUESTED', 'PENDING');
  if (successes.length > 0 && succeededRefunds + pending > captured) raised.add('OVER_REFUNDED');
  if (disputes.some(dispute => dispute.status !== 'WON')) raised.add('DISPUTED');
  // How it ended is known by now.
  if (status === 'SUCCEEDED' || status === 'REVERSED') raised.delete('UNKNOWN_OUTCOME');
  const resolved = resolutions(ofKind('RESOLUTION'));

  return {
    status,
    failure: status === 'SUCCEEDED' || status === 'REVERSED' ? null : lastFailure(set, status),
    captured,
    refunded,
    refundPending: pending,
    flags: REVIEW_FLAGS.filter(flag => raised.has(flag) && !resolved.has(flag)),
    resolved,
    refunds,
    foreignRefunds,
  };
}

/** The lowest where there are no facts. */
const highest = <Status extends string>(
  statuses: readonly [Status, ...Status[]],
  facts: readonly { readonly status: NoInfer<Status> }[],
): Status => statuses.findLast(status => facts.some(fact => fact.status === status)) ?? statuses[0];

function foldRefund(facts: readonly RefundFact[], asked?: bigint): RefundState {
  const status = highest(REFUND_STATUSES, facts);
  const said = facts.reduce((most, { money }) => (money.amount > most ? money.amount : most), 0n);
  const failed = status === 'FAILED' || status === 'CANCELED';
  return {
    status,
    amount: asked ?? said,
    reference: facts.find(fact => fact.reference)?.reference ?? null,
    failureMessage: failed ? (facts.find(fact => fact.status === status && fact.message)?.message ?? null) : null,
  };
}

/** Of one dispute or one flag, by time; the key decides between two of one moment. */
const latest = <Timed extends DisputeFact | ResolutionFact>(facts: readonly [Timed, ...Timed[]] | Timed[]): Timed => {
  const [first, ...others] = facts;
  if (!first) throw new Error('Of no facts none is the latest.');
  return others.reduce((last, fact) => (isBehind(fact, last) ? fact : last), first);
};

const isBehind = (a: DisputeFact | ResolutionFact, b: DisputeFact | ResolutionFact): boolean =>
  a.at.getTime() === b.at.getTime() ? factKey(a) > factKey(b) : a.at > b.at;

const resolutions = (facts: readonly ResolutionFact[]): ReadonlyMap<ReviewFlag, boolean> =>
  new Map([...Map.groupBy(facts, fact => fact.flag)].map(([flag, of]) => [flag, latest(of).accept]));

/** What made it fail, or else what the payer's last try met. */
function lastFailure(set: readonly Fact[], status: PaymentStatus): Failure | null {
  const verdict = set.find(
    fact => fact.kind === 'PAYMENT' && fact.status === status && (fact.code ?? fact.message ?? null) !== null,
  );
  const found = verdict ?? set.find(fact => fact.kind === 'FAILURE');
  if (found?.kind !== 'PAYMENT' && found?.kind !== 'FAILURE') return null;
  return { code: found.code ?? null, message: found.message ?? null };
}

import type { EntityManager } from '../platform/database.ts';
import { reversedRefunds, takeRefunds } from './apply-refunds.ts';
import { settleEntitlement } from './entitlement.service.ts';
import { paymentCancel } from './jobs/payment-jobs.ts';
import { paymentMail } from './jobs/payment-mail.job.ts';
import { type Applying, addFacts, type KeptFact, type Ledger, lockLedger, orderIdOf, readFacts } from './ledger.ts';
import type { Payment } from './payment.entity.ts';
import type { Answer } from './providers/provider.ts';
import type { Refund } from './refund.entity.ts';
import {
  type Fact,
  type FactSource,
  factKey,
  type PaymentStatus,
  REVIEW_FLAGS,
  type ReviewFlag,
} from './state/fact.ts';
import { factFromJson, factToJson } from './state/fact-record.ts';
import { foldFacts, type PaymentState } from './state/fold.ts';
import { foldOrder } from './state/order-state.ts';

export interface Learnt extends Answer {
  readonly source: FactSource;
}

export interface Applied {
  readonly payment: Payment;
  /** The payment's status before. */
  readonly before: PaymentStatus;
}

/**
 * Adds what was learnt of a payment and writes all that follows from it: the payment, its refunds, its order, what the
 * order gives, and mails. The only function that writes these. A function of the set of all facts: what is known already
 * changes nothing. In a transaction, as the first that locks any of them. Throws where there is no such payment.
 */
export async function applyFacts(em: EntityManager, paymentId: string, learnt: Learnt, by: Applying): Promise<Applied> {
  const orderId = await orderIdOf(em, paymentId);
  if (!orderId) throw new Error(`There is no payment ${paymentId}.`);
  return applyToLedger(em, await lockLedger(em, orderId), paymentId, learnt, by);
}

/** The same where the ledger is locked already. */
export async function applyToLedger(
  em: EntityManager,
  ledger: Ledger,
  paymentId: string,
  learnt: Learnt,
  by: Applying,
): Promise<Applied> {
  const payment = ledger.payments.find(({ id }) => id === paymentId);
  if (!payment) throw new Error(`There is no payment ${paymentId}.`);
  const before = payment.status;
  payment.know(learnt);

  const kept = await readFacts(
    em,
    ledger.payments.map(({ id }) => id),
  );
  const earlier = kept.get(paymentId) ?? [];
  const refunds = ledger.refunds.filter(refund => refund.payment.id === paymentId);
  // As they are read again, so that their keys stay the same.
  const said = learnt.facts.map(fact => factFromJson(factToJson(fact)));
  const added = newFacts(earlier, [...said, ...reversedRefunds(said, refunds)]);
  const facts: readonly KeptFact[] = [...earlier, ...added.map(fact => ({ fact, learntAt: by.now }))];
  const fold = (of: Payment, known: readonly KeptFact[]) =>
    foldFacts(
      attempted(of, ledger.refunds),
      known.map(({ fact }) => fact),
    );

  const statusAfter = (count: number) => fold(payment, facts.slice(0, earlier.length + count)).status;
  await addFacts(
    em,
    paymentId,
    added.map((fact, index) => ({ fact, status: statusAfter(index + 1) })),
    learnt.source,
    by.now,
  );
  payment.factCount += added.length;

  const states = new Map(
    ledger.payments.map(of => [of.id, fold(of, of === payment ? facts : (kept.get(of.id) ?? []))]),
  );
  const state = states.get(paymentId);
  if (!state) throw new Error('Every payment of a ledger has a state.');
  payment.take(state);
  payment.succeededAt = firstSuccess(facts);
  await takeRefunds(em, payment, refunds, state, by);
  await settleOrder(em, ledger, states, by);
  return { payment, before };
}

const attempted = (payment: Payment, refunds: readonly Refund[]) => ({
  money: payment.money,
  requested: new Map(
    refunds
      .filter(refund => refund.payment.id === payment.id && refund.origin === 'APP')
      .map(refund => [refund.id, refund.amount]),
  ),
});

/** Those that are not known yet, each once. */
function newFacts(kept: readonly KeptFact[], facts: readonly Fact[]): Fact[] {
  const known = kept.map(({ fact }) => fact);
  for (const fact of facts) if (isNews(fact, known)) known.push(fact);
  return known.slice(kept.length);
}

/** A success is told several times, and each time may be told: only an earlier one is news. */
function isNews(fact: Fact, known: readonly Fact[]): boolean {
  const key = factKey(withoutTime(fact));
  const same = known.filter(one => factKey(withoutTime(one)) === key);
  const { at } = fact;
  if (same.length === 0 || fact.kind !== 'PAYMENT' || fact.status !== 'SUCCEEDED' || !at) return same.length === 0;
  return same.every(one => !one.at || one.at > at);
}

const withoutTime = (fact: Fact): Fact => (fact.kind === 'PAYMENT' ? { ...fact, at: null } : fact);

/** By the provider's time where it ever said one, however late: otherwise by when it was first heard of. */
function firstSuccess(facts: readonly KeptFact[]): Date | null {
  const successes = facts.filter(({ fact }) => fact.kind === 'PAYMENT' && fact.status === 'SUCCEEDED');
  const said = successes.flatMap(({ fact }) => (fact.at ? [fact.at.getTime()] : []));
  const times = said.length > 0 ? said : successes.map(({ learntAt }) => learntAt.getTime());
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

async function settleOrder(
  em: EntityManager,
  { order, payments }: Ledger,
  states: ReadonlyMap<string, PaymentState>,
  by: Applying,
): Promise<void> {
  const known = payments.flatMap(payment => {
    const state = states.get(payment.id);
    return state ? [{ payment, state }] : [];
  });
  const orderState = foldOrder(
    { total: order.totalAmount, closed: order.closedAs ?? null },
    known.map(({ payment, state }) => ({ id: payment.id, succeededAt: payment.succeededAt ?? null, state })),
  );
  for (const { payment, state } of known) {
    const flags = new Set<ReviewFlag>(state.flags);
    if (orderState.duplicates.has(payment.id)) flags.add('DUPLICATE_PAYMENT');
    if (order.closedAt && payment.succeededAt && isLate(payment.succeededAt, order.closedAt)) flags.add('LATE_SUCCESS');
    payment.setFlags(REVIEW_FLAGS.filter(flag => flags.has(flag) && !state.resolved.has(flag)));
  }
  if (order.take(orderState, by.now)) {
    await by.jobs.enqueue(em, paymentMail, { mail: 'PAID', id: order.id });
    // Nobody is to pay a second time, on a page that is still open.
    for (const { payment } of known)
      if (payment.isOpen) await by.jobs.enqueue(em, paymentCancel, { paymentId: payment.id });
  }
  await em.flush();
  await settleEntitlement(em, order, by.now);
}

/** Providers tell seconds: of one that both happened in, nobody knows which came first, and a person had better look. */
const isLate = (succeededAt: Date, closedAt: Date): boolean =>
  succeededAt.getTime() >= Math.floor(closedAt.getTime() / 1000) * 1000;

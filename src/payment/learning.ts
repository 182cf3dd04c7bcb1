import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { applyFacts, applyToLedger, type Learnt } from './apply-facts.ts';
import { lockLedger, orderIdOf } from './ledger.ts';
import { attemptOf, type Payment } from './payment.entity.ts';
import type { PaymentMetrics } from './payment-metrics.ts';
import type { Adapters } from './providers/adapters.ts';
import type { Refund } from './refund.entity.ts';
import type { Fact } from './state/fact.ts';

export interface LearningOptions {
  readonly adapters: Adapters;
  readonly transact: Transact;
  readonly jobs: Jobs;
  readonly metrics: PaymentMetrics;
  readonly clock: Clock;
}

const REFUND_ASKED_EVERY_MS = 86_400_000;

/** Writes what is heard of payments, and when their providers are to be asked next. */
export class Learning {
  readonly #options: LearningOptions;

  constructor(options: LearningOptions) {
    this.#options = options;
  }

  learn = (paymentId: string, learnt: Learnt): Promise<Payment> =>
    this.#options.transact(null, em => this.learnIn(em, paymentId, learnt));

  /** The same within a transaction, as the first that locks anything of the payment. */
  learnIn = (em: EntityManager, paymentId: string, learnt: Learnt): Promise<Payment> =>
    this.#write(em, paymentId, learnt, true);

  /** After a call that brought nothing. `askWithinMs`: where the next inquiry must not be later than that. */
  nothing = (paymentId: string, { askWithinMs }: { askWithinMs?: number } = {}): Promise<Payment> =>
    this.#options.transact(null, async em => {
      const payment = await this.#write(em, paymentId, { source: 'INQUIRY', facts: [] }, false);
      if (askWithinMs === undefined || !payment.nextInquiryAt || !payment.askedAt) return payment;
      const latest = payment.askedAt.getTime() + askWithinMs;
      if (payment.nextInquiryAt.getTime() > latest) payment.nextInquiryAt = new Date(latest);
      return payment;
    });

  /** Nobody knows whether the provider gave it back, and asked again it could do it twice: a person has to look. */
  leaveToAdmin = (refund: Refund): Promise<void> =>
    this.#options.transact(null, async em => {
      const orderId = await orderIdOf(em, refund.payment.id);
      if (!orderId) throw new Error(`There is no payment ${refund.payment.id}.`);
      const ledger = await lockLedger(em, orderId);
      const locked = ledger.refunds.find(({ id }) => id === refund.id);
      if (!locked?.isOpen || locked.needsManual) return;
      locked.needsManual = true;
      const fact: Fact = {
        kind: 'REFUND',
        type: 'refund.unanswered',
        refundId: locked.id,
        status: locked.status,
        money: locked.money,
        message: 'The provider gave no answer that says how it ended.',
      };
      const { jobs, clock } = this.#options;
      const by = { jobs, now: clock() };
      await applyToLedger(em, ledger, locked.payment.id, { source: 'API', facts: [fact] }, by);
    });

  async #write(em: EntityManager, paymentId: string, learnt: Learnt, answered: boolean): Promise<Payment> {
    const { jobs, clock, metrics } = this.#options;
    const by = { jobs, now: clock() };
    const { payment, before } = await applyFacts(em, paymentId, learnt, by);
    if (learnt.source === 'INQUIRY') {
      payment.inquiries += 1;
      payment.askedAt = by.now;
    }
    payment.nextInquiryAt = this.#nextInquiry(payment, by.now);
    const isOpen = payment.status === 'CREATED' || payment.status === 'PENDING';
    // Nothing more can be heard of it. Where it is not known how it ended, a person has to look.
    if (isOpen && !payment.nextInquiryAt) {
      // What is locked is read anew.
      await em.flush();
      const facts: Fact[] = [{ kind: 'PAYMENT', type: 'attempt.expired', status: 'EXPIRED' }];
      if (!answered) facts.push({ kind: 'FLAG', type: 'inquiry.given-up', flag: 'UNKNOWN_OUTCOME' });
      await applyFacts(em, paymentId, { source: 'INQUIRY', facts }, by);
    }
    if (payment.status !== before) metrics.ended(payment.provider, payment.status);
    return payment;
  }

  /** Not where all is known, or nothing can be known any more. */
  #nextInquiry(payment: Payment, now: Date): Date | null {
    const isSettled = payment.status === 'SUCCEEDED' && payment.refundPendingAmount === 0n;
    if (payment.status === 'REVERSED' || isSettled) return null;
    const adapter = this.#options.adapters.get(payment.provider);
    const next = adapter?.nextInquiry(attemptOf(payment, ''), payment.inquiries, now) ?? null;
    // A refund that an admin makes at the provider's own site is seen by asking, however old the payment is.
    const awaitsRefund = adapter && payment.status === 'SUCCEEDED';
    return next ?? (awaitsRefund ? new Date(now.getTime() + REFUND_ASKED_EVERY_MS) : null);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { forkFor } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, type EntityManager, sqlOf } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { Observation } from '../platform/observation.ts';
import type { Learnt } from './apply-facts.ts';
import type { Learning } from './learning.ts';
import { Order } from './order.entity.ts';
import { attemptOf, Payment } from './payment.entity.ts';
import type { PaymentMetrics } from './payment-metrics.ts';
import { ProviderCallWork } from './provider-call-work.ts';
import type { Adapters } from './providers/adapters.ts';
import { type Answer, type PaymentAdapter, RefusedError, UnknownOutcomeError } from './providers/provider.ts';
import { Refund, refundRequestOf } from './refund.entity.ts';
import type { Fact, FactSource } from './state/fact.ts';

export interface ProviderCallOptions {
  readonly adapters: Adapters;
  readonly learning: Learning;
  readonly database: Database;
  readonly metrics: PaymentMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is told of each call. Left out: nobody is. */
  readonly observation?: Observation;
}

/** DONE: it answered, and what it said is written. NOTHING: there was nothing to call for. */
export type CallResult = 'DONE' | 'UNKNOWN' | 'REFUSED' | 'NOTHING';

/** A person who waits must not make the provider be asked more often. */
const ASK_AGAIN_MS = 3_000;
/** Whoever waited longer for a prompt expects none any more. */
const PROMPT_WITHIN_MS = 300_000;
/** Of a prompt whose answer was lost nobody tells any more how it ended, and the payer waits: it is asked about once so soon. */
const LOST_PROMPT_ASKED_MS = 60_000;

/**
 * Calls to providers about payments: what is known is committed before, the call is in no transaction, and what it brought
 * is written after. Each of them may be made again at any time, by any process, also after a crash in the middle.
 */
export class ProviderCalls {
  readonly #options: ProviderCallOptions;

  constructor(options: ProviderCallOptions) {
    this.#options = options;
  }

  /** Tells the provider of an attempt that it does not know. One that is confirmed on a phone is told once, for good. */
  async start(paymentId: string): Promise<CallResult> {
    const found = await this.#find(paymentId);
    if (found?.payment.status !== 'CREATED') return 'NOTHING';
    const { payment, adapter } = found;
    const first = await this.#claimStart(payment);
    if (payment.method === 'MOBILE_WALLET' && !first) {
      if (!payment.startedAt && this.#isLateToPrompt(payment))
        await this.#options.learning.learn(paymentId, NEVER_PROMPTED);
      return 'NOTHING';
    }
    return this.#call(found, 'start', 'API', () => adapter.start(found.attempt));
  }

  /** Asks how it stands. */
  async ask(paymentId: string): Promise<CallResult> {
    const found = await this.#find(paymentId);
    if (!found) return 'NOTHING';
    const { payment, attempt, adapter } = found;
    // It may never have got there; told again by the same key or reference, it is there once.
    if (payment.status === 'CREATED' && payment.method === 'HOSTED' && !payment.providerReference) {
      const started = await this.start(paymentId);
      if (started !== 'DONE' || payment.supersededAt === null) return started;
    }
    const refunds = await this.#refundsOf(payment);
    return this.#call(found, 'inquire', 'INQUIRY', () => adapter.inquire(attempt, refunds.map(refundRequestOf)));
  }

  /** For a person who waits for it: not where it was asked a moment ago, or all is known. */
  async askSoon(paymentId: string): Promise<CallResult> {
    const now = this.#options.clock();
    const { rows } = await sql`
      update payments set asked_at = ${now}
      where id = ${paymentId} and status not in ('SUCCEEDED', 'REVERSED')
        and (asked_at is null or asked_at < ${new Date(now.getTime() - ASK_AGAIN_MS)})
      returning 1
    `.execute(sqlOf(this.#em()));
    return rows.length > 0 ? this.ask(paymentId) : 'NOTHING';
  }

  /** Sees to it that it cannot be paid any more. What was paid meanwhile counts. */
  async cancel(paymentId: string): Promise<CallResult> {
    const found = await this.#find(paymentId);
    if (!found || !['CREATED', 'PENDING'].includes(found.payment.status)) return 'NOTHING';
    const { attempt, adapter } = found;
    const canceled: Fact = { kind: 'PAYMENT', type: 'payment.canceled', status: 'CANCELED' };
    return this.#call(found, 'cancel', 'API', async () => {
      const answer = await adapter.cancel(attempt);
      // Of one that it cannot cancel, nobody can hear any more but by asking.
      return answer ?? { facts: [canceled] };
    });
  }

  /** Has the provider give back. A call whose answer was lost is made again where the provider knows it by its key. */
  async refund(refundId: string): Promise<CallResult> {
    const em = this.#em();
    const refund = await em.findOne(Refund, { id: refundId }, { filters: { owner: false } });
    if (refund?.status !== 'REQUESTED' || refund.needsManual) return 'NOTHING';
    const found = await this.#find(refund.payment.id);
    if (!found) return 'NOTHING';
    const { adapter, attempt } = found;
    const { rows } = await sql`
      update refunds set started_at = ${this.#options.clock()} where id = ${refundId} and started_at is null returning 1
    `.execute(sqlOf(em));
    if (adapter.refunds === 'UNKEYED' && rows.length === 0) {
      await this.#options.learning.leaveToAdmin(refund);
      return 'UNKNOWN';
    }
    const request = refundRequestOf(refund);
    const result = await this.#call(
      found,
      'refund',
      'API',
      () => adapter.refund(attempt, request),
      error => ({
        kind: 'REFUND',
        type: 'refund.refused',
        refundId,
        status: 'FAILED',
        money: request.money,
        code: error.code,
        message: 'The provider refused the refund.',
      }),
    );
    if (result === 'UNKNOWN' && adapter.refunds === 'UNKEYED') await this.#options.learning.leaveToAdmin(refund);
    return result;
  }

  async #call(
    { payment, adapter }: Found,
    operation: string,
    source: FactSource,
    call: () => Promise<Answer>,
    refused: (error: RefusedError) => Fact = refusedFact,
  ): Promise<CallResult> {
    const { metrics, logger, observation = new Observation() } = this.#options;
    const work = new ProviderCallWork(adapter.name, operation);
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    try {
      const answer = await observation.run(work, () => work.noting(call));
      metrics.called(adapter.name, operation, seconds(), 'DONE');
      await this.#options.learning.learn(payment.id, { ...answer, source });
      return 'DONE';
    } catch (error) {
      const fields = { err: error, paymentId: payment.id, provider: adapter.name, operation };
      if (error instanceof RefusedError) {
        metrics.called(adapter.name, operation, seconds(), 'REFUSED');
        logger.error(fields, 'a payment provider refused a call: look at its settings');
        if (operation !== 'inquire' && operation !== 'cancel')
          await this.#options.learning.learn(payment.id, { source, facts: [refused(error)] });
        else await this.#options.learning.nothing(payment.id);
        return 'REFUSED';
      }
      if (!(error instanceof UnknownOutcomeError)) throw error;
      metrics.called(adapter.name, operation, seconds(), 'UNKNOWN');
      logger.warn(fields, 'a payment provider gave no answer that says how it ended');
      const isLostPrompt = operation === 'start' && payment.method === 'MOBILE_WALLET';
      await this.#options.learning.nothing(payment.id, isLostPrompt ? { askWithinMs: LOST_PROMPT_ASKED_MS } : {});
      return 'UNKNOWN';
    }
  }

  /** Asks within the time that a browser can be kept waiting; what comes later is written all the same. */
  async askWithin(paymentId: string, patienceMs: number): Promise<void> {
    const asking = this.askSoon(paymentId).catch((error: unknown) =>
      this.#options.logger.error({ err: error, paymentId }, 'a payment could not be asked about'),
    );
    await Promise.race([asking, sleep(patienceMs, undefined, { ref: false })]);
  }

  async #find(paymentId: string): Promise<Found | null> {
    const em = this.#em();
    const payment = await em.findOne(Payment, { id: paymentId }, { filters: { owner: false } });
    const adapter = payment && this.#options.adapters.get(payment.provider);
    if (!payment || !adapter) return null;
    const order = await em.findOneOrFail(Order, { id: payment.order.id }, { filters: { owner: false } });
    return { payment, adapter, attempt: attemptOf(payment, order.number) };
  }

  #refundsOf = (payment: Payment): Promise<Refund[]> =>
    this.#em().find(
      Refund,
      { payment: { id: payment.id }, status: { $in: ['REQUESTED', 'PENDING'] }, origin: 'APP' },
      { filters: { owner: false } },
    );

  /** Answers whether nobody had begun. A prompt is shown only while it is expected: somebody just confirms what it says. */
  async #claimStart(payment: Payment): Promise<boolean> {
    if (payment.method === 'MOBILE_WALLET' && this.#isLateToPrompt(payment)) return false;
    const { rows } = await sql`
      update payments set started_at = ${this.#options.clock()} from orders
      where payments.id = ${payment.id} and started_at is null and orders.id = order_id
        and (method = 'HOSTED' or (payments.status = 'CREATED' and superseded_at is null and closed_at is null))
      returning 1
    `.execute(sqlOf(this.#em()));
    if (rows.length > 0) this.#options.metrics.attemptStarted(payment.provider);
    return rows.length > 0;
  }

  #isLateToPrompt = ({ createdAt }: Payment): boolean =>
    this.#options.clock().getTime() - createdAt.getTime() > PROMPT_WITHIN_MS;

  /** Everybody's payments: the jobs and the providers ask, not the viewer. */
  #em = (): EntityManager => forkFor(this.#options.database, null);
}

interface Found {
  readonly payment: Payment;
  readonly adapter: PaymentAdapter;
  readonly attempt: ReturnType<typeof attemptOf>;
}

const NEVER_PROMPTED: Learnt = {
  source: 'API',
  facts: [{ kind: 'PAYMENT', type: 'prompt.never-made', status: 'EXPIRED' }],
};

const refusedFact = (error: RefusedError): Fact => ({
  kind: 'PAYMENT',
  type: 'start.refused',
  status: 'FAILED',
  code: error.code,
  message: 'The payment provider cannot take payments now.',
});

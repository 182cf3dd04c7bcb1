import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { defineJob, NO_DATA, type Worker, workerFor } from '../platform/jobs/job.ts';
import { messageRetention } from './inbox.ts';
import { paymentCancel, paymentStart, providerMessage, refundRetry } from './jobs/payment-jobs.ts';
import { type PaymentMailOptions, paymentMail, sendPaymentMail } from './jobs/payment-mail.job.ts';
import { expireOrders, orderExpiry } from './order-expiry.ts';
import type { Payments } from './payments.ts';
import { endPlans, planExpiry } from './plan-expiry.ts';
import type { CallResult } from './provider-calls.ts';
import { UnknownOutcomeError } from './providers/provider.ts';
import { removeOldCheckouts, sandboxRetention } from './providers/sandbox/retention.ts';

/** Looks once an hour for messages that providers could not deliver. */
const undelivered = defineJob({ name: 'undelivered-messages', data: NO_DATA, schedule: '7 * * * *' });

export interface PaymentWorkerOptions extends PaymentMailOptions {
  /** Asked when a job is done: they are made after the jobs, which they enqueue. */
  readonly payments: () => Payments;
  readonly transact: Transact;
  readonly clock: Clock;
}

/** All that is done in the background about payments. */
export const paymentWorkers = ({ payments, ...options }: PaymentWorkerOptions): readonly Worker[] => [
  workerFor(paymentStart, ({ paymentId }) => payments().calls.start(paymentId)),
  workerFor(paymentCancel, async ({ paymentId }) => requireAnswer(await payments().calls.cancel(paymentId))),
  workerFor(refundRetry, async ({ refundId }) => requireAnswer(await payments().calls.refund(refundId))),
  workerFor(providerMessage, ({ messageId }) => payments().inbox.process(messageId)),
  workerFor(paymentMail, data => sendPaymentMail(data, options)),
  workerFor(undelivered, () => payments().inbox.collectUndelivered()),
  workerFor(messageRetention, () => payments().inbox.removeOld()),
  workerFor(sandboxRetention, (_data, { signal }) => removeOldCheckouts({ ...options, signal })),
  workerFor(orderExpiry, (_data, { signal }) => expireOrders({ ...options, signal })),
  workerFor(planExpiry, (_data, { signal }) => endPlans({ ...options, signal })),
];

/** So that the job is tried again. */
function requireAnswer(result: CallResult): void {
  if (result === 'UNKNOWN') throw new UnknownOutcomeError('The provider gave no answer that says how it ended.');
}

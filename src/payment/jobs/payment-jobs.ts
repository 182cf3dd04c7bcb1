import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.ts';

const OfPayment = z.strictObject({ paymentId: z.uuid() });

/** Tells the provider of an attempt that is confirmed on a phone: the call lasts as long as the payer takes. */
export const paymentStart = defineJob({ name: 'payment-start', data: OfPayment, timeoutSeconds: 180, concurrency: 20 });

/** Sees to it that an attempt cannot be paid any more. */
export const paymentCancel = defineJob({ name: 'payment-cancel', data: OfPayment, retries: 10, concurrency: 3 });

/** Finishes a refund whose call was cut off, or whose answer was lost. */
export const refundRetry = defineJob({
  name: 'refund-retry',
  data: z.strictObject({ refundId: z.uuid() }),
  retries: 30,
  retryDelaySeconds: 30,
  concurrency: 3,
});

/** Does what a message says that was kept. */
export const providerMessage = defineJob({
  name: 'provider-message',
  data: z.strictObject({ messageId: z.uuid() }),
  retries: 20,
  concurrency: 5,
});

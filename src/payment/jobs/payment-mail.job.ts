import { z } from 'zod';
import { forkFor } from '../../change/transact.ts';
import { User } from '../../identity/user.entity.ts';
import type { Database } from '../../platform/database.ts';
import { toGlobalId } from '../../platform/ids.ts';
import { defineJob } from '../../platform/jobs/job.ts';
import type { Logger } from '../../platform/logger.ts';
import { deliver } from '../../platform/mail/deliver.ts';
import type { Mailer } from '../../platform/mail/mail.ts';
import { orderPaidMail, refundedMail } from '../mails/payment-mails.ts';
import { Order } from '../order.entity.ts';
import { Payment } from '../payment.entity.ts';
import { Refund } from '../refund.entity.ts';

/** PAID names an order, REFUNDED a refund: for each of them there is one such job, ever. */
const PaymentMail = z.strictObject({ mail: z.enum(['PAID', 'REFUNDED']), id: z.uuid() });
export type PaymentMail = z.infer<typeof PaymentMail>;

/** Tried for about nine hours. */
export const paymentMail = defineJob({
  name: 'payment-mail',
  data: PaymentMail,
  retries: 16,
  retryDelaySeconds: 5,
  timeoutSeconds: 120,
  concurrency: 3,
});

export interface PaymentMailOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly mailer: Mailer;
  /** Where the front end is, without a slash at the end. */
  readonly appUrl: () => string;
}

/** The jobs know whose it is; nobody is signed in. */
const ANYBODY = { filters: { owner: false } } as const;

/** Tells the payer; a repeat sends it again under the same Message-ID. Not to an account that is closed or purged. */
export async function sendPaymentMail({ mail, id }: PaymentMail, options: PaymentMailOptions): Promise<void> {
  const em = forkFor(options.database, null);
  const refund = mail === 'REFUNDED' ? await em.findOne(Refund, { id }, ANYBODY) : null;
  const payment = refund && (await em.findOne(Payment, { id: refund.payment.id }, ANYBODY));
  const order = await em.findOne(Order, { id: payment ? payment.order.id : id }, ANYBODY);
  const owner = order?.owner && (await em.findOne(User, { id: order.owner.id }, ANYBODY));
  if (!order || !owner || (mail === 'REFUNDED' && !refund)) return;
  const link = new URL(`${options.appUrl()}/orders/${toGlobalId('order', order.id)}`);
  const text = refund
    ? refundedMail({ number: order.number, amount: refund.money, link })
    : orderPaidMail({ number: order.number, amount: order.total, link });
  await deliver({ id: `${mail.toLowerCase()}.${id}`, to: owner.email, ...text }, options);
}

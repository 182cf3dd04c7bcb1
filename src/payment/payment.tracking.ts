import { track } from '../change/tracked.ts';
import { Order } from './order.entity.ts';
import { Payment } from './payment.entity.ts';

export const paymentTracking = [
  track<Order>({ entity: Order, feed: { name: 'order', ownerId: order => order.owner?.id ?? null } }),
  track<Payment>({
    entity: Payment,
    feed: {
      name: 'payment',
      ownerId: payment => payment.owner?.id ?? null,
      // When the provider was asked, and when it will be, is nobody's business.
      silent: ['nextInquiryAt', 'inquiries', 'askedAt', 'startedAt'],
    },
  }),
];

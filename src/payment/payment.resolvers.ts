import { feedOf } from '../change/change.resolvers.ts';
import type { ChangeSource } from '../change/change.source.ts';
import { connectionResolvers, edgeResolvers } from '../graphql/connection.ts';
import type { OperationContext } from '../graphql/context.ts';
import type { QueryPaymentsArgs, Resolvers } from '../graphql/generated/resolvers.ts';
import { selectedFields } from '../graphql/selection.ts';
import { requireMaySee, type Viewer } from '../identity/viewer.ts';
import { ApiError } from '../platform/errors.ts';
import { given } from '../platform/filter.ts';
import { fromGlobalId, toGlobalId } from '../platform/ids.ts';
import { refundableOf } from './payment.entity.ts';
import type { PaymentFilter } from './payment.filter.ts';
import { type PaymentRow, paymentList } from './payment.reads.ts';
import { type NextAction, PAYMENT_PROVIDERS } from './providers/provider.ts';
import { maySeeOwned, ownerOf } from './purged-owner.ts';
import { REVIEW_FLAGS } from './state/fact.ts';

/** What is flagged is for admins, so nobody else may find it out by a filter. */
function checkFilter({ reviewFlag }: PaymentFilter, viewer: Viewer): void {
  if (given(reviewFlag) && viewer.role !== 'ADMIN')
    throw new ApiError('FORBIDDEN', 'Only admins may ask for payments by their review flags.');
}

function listPayments(ownerId: string, args: QueryPaymentsArgs, { loaders, viewer }: OperationContext) {
  const filter = args.filter ?? {};
  checkFilter(filter, viewer);
  return loaders.payment.ofOwner(ownerId, paymentList(filter), args);
}

/** The viewer's own, and anybody's for an admin. */
async function findPayment({ viewer, loaders }: OperationContext, uuid: string | null): Promise<PaymentRow | null> {
  const payment = uuid ? await loaders.payment.byId.load(uuid) : null;
  return payment && maySeeOwned(viewer, payment) ? payment : null;
}

const ACTIONS = {
  REDIRECT: 'RedirectAction',
  FORM_POST: 'FormPostAction',
  APPROVE_ON_PHONE: 'ApproveOnPhoneAction',
} as const satisfies Record<NextAction['kind'], string>;

export const paymentResolvers = {
  Query: {
    paymentProviders: (_root, _args, { services }) =>
      PAYMENT_PROVIDERS.filter(provider => services.payments.adapters.has(provider)),
    payment: (_root, { id }, context) => findPayment(context, fromGlobalId('payment', id)),
    payments: (_root, args, context) => listPayments(context.viewer.userId, args, context),
  },
  Subscription: {
    paymentChanged: {
      subscribe: (_root, { after }, context) => feedOf(context, after, 'payment'),
      resolve: (change: ChangeSource) => change,
    },
  },
  Payment: {
    id: payment => toGlobalId('payment', payment.id),
    order: async ({ orderId }, _args, { loaders }) => {
      const order = await loaders.order.byId.load(orderId);
      if (!order) throw new Error('A payment was shown whose order is gone.');
      return order;
    },
    owner: ({ ownerId }, _args, { loaders }, info) => ownerOf(ownerId, loaders.identity, selectedFields(info)),
    amount: ({ amount, currency }) => ({ amount: BigInt(amount), currency }),
    refundedAmount: ({ refundedAmount, currency }) => ({ amount: BigInt(refundedAmount), currency }),
    refundableAmount: payment => ({ amount: refundableOf(payment), currency: payment.currency }),
    nextAction: async ({ id, ownerId, status }, _args, { viewer, loaders, services }) => {
      // Whoever looks after the payment must not pay for its owner, nor see the page on which they do.
      if (ownerId !== viewer.userId || (status !== 'CREATED' && status !== 'PENDING')) return null;
      const open = await loaders.payment.openAttempt.load(id);
      return (open && services.payments.adapters.get(open.provider)?.nextAction(open.attempt)) ?? null;
    },
    reviewFlags: ({ reviewFlags }) => REVIEW_FLAGS.filter(flag => reviewFlags.includes(flag)),
    refunds: ({ id }, _args, { loaders }) => loaders.payment.refunds.load(id),
    events: async ({ id }, _args, { loaders, viewer }) => {
      const events = await loaders.payment.events.load(id);
      // They say what reviewFlags says.
      return viewer.role === 'ADMIN' ? events : events.filter(({ kind }) => kind !== 'FLAG' && kind !== 'RESOLUTION');
    },
  },
  PaymentAction: { __resolveType: ({ kind }) => ACTIONS[kind] },
  PaymentConnection: connectionResolvers,
  PaymentEdge: edgeResolvers,
  PaymentChange: {
    paymentId: ({ change }) => toGlobalId('payment', change.entityId),
    payment: ({ change }, _args, context) => findPayment(context, change.entityId),
  },
  Refund: {
    id: refund => toGlobalId('refund', refund.id),
    payment: async ({ paymentId }, _args, { loaders }) => {
      const payment = await loaders.payment.byId.load(paymentId);
      if (!payment) throw new Error('A refund was shown whose payment is gone.');
      return payment;
    },
    amount: ({ amount, currency }) => ({ amount: BigInt(amount), currency }),
  },
  Order: {
    // Whoever sees an order sees its payments: they have one owner.
    payments: ({ id }, _args, { loaders }) => loaders.payment.byOrder.load(id),
  },
  User: {
    payments: (user, args, context) => {
      requireMaySee(context.viewer, user.id);
      return listPayments(user.id, args, context);
    },
  },
} satisfies Resolvers;

/** A payment by its global id, where the viewer may see it. */
export const findPaymentNode = (context: OperationContext, uuid: string) => findPayment(context, uuid);

/** A refund by its global id, where the viewer may see it. */
export async function findRefundNode({ viewer, loaders }: OperationContext, uuid: string) {
  const refund = await loaders.payment.refundById.load(uuid);
  return refund && maySeeOwned(viewer, refund) ? refund : null;
}

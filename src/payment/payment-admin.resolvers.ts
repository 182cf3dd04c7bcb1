import { connectionResolvers, edgeResolvers } from '../graphql/connection.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { readWholeList } from '../platform/whole-list.ts';
import { conditionsOf } from './payment.filter.ts';
import type { ListedPayment } from './payment.reads.ts';
import { ALL_PAYMENTS, FLAGGED_PAYMENTS, readPaymentTotals } from './payment-list.reads.ts';
import { type ProviderMessageRow, UNDONE_MESSAGES } from './provider-message.reads.ts';
import { type ListedRefund, MANUAL_REFUNDS } from './refund.reads.ts';

/** What an admin sees of everybody's payments: each field has its role in the SDL. */
export const paymentAdminResolvers = {
  Query: {
    allPayments: (_root, args, { em }) =>
      readWholeList<ListedPayment>(em, ALL_PAYMENTS, conditionsOf(args.filter ?? {}), args),
    paymentTotals: (_root, { filter }, { em }) => readPaymentTotals(em, filter ?? {}),
    paymentAttention: () => ({}),
  },
  PaymentAttention: {
    payments: (_attention, args, { em }) => readWholeList<ListedPayment>(em, FLAGGED_PAYMENTS, [], args),
    refunds: (_attention, args, { em }) => readWholeList<ListedRefund>(em, MANUAL_REFUNDS, [], args),
    messages: (_attention, args, { em }) => readWholeList<ProviderMessageRow>(em, UNDONE_MESSAGES, [], args),
  },
  RefundConnection: connectionResolvers,
  RefundEdge: edgeResolvers,
  ProviderMessageConnection: connectionResolvers,
  ProviderMessageEdge: edgeResolvers,
  ProviderMessage: {
    payment: ({ paymentId }, _args, { loaders }) => (paymentId ? loaders.payment.byId.load(paymentId) : null),
  },
} satisfies Resolvers;

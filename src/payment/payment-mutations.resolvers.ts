import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { inPhases } from '../graphql/mutation.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { cancelOrder } from './order.service.ts';
import { Payment } from './payment.entity.ts';
import { findOwnPayment, notCancelable, preparePayment, requireCancelable } from './payment.service.ts';
import type { CallResult } from './provider-calls.ts';
import { Refund } from './refund.entity.ts';
import { prepareRefund, resolveRefund } from './refund.service.ts';
import { resolveReview } from './review.service.ts';

const rulesOf = ({ services, now }: OperationContext) => ({
  adapters: services.payments.adapters,
  allowsOrigin: services.payments.allowsOrigin,
  jobs: services.jobs,
  now: now(),
});

const unavailable = (path: readonly string[]): UserErrorDetail => ({
  code: 'PROVIDER_UNAVAILABLE',
  path,
  message: 'The payment provider did not answer. Try again in a moment: nothing is paid twice.',
});

const refusing = (path: readonly string[]): UserErrorDetail => ({
  code: 'PROVIDER_UNAVAILABLE',
  path,
  message:
    'The payment provider takes no payments of this shop at the moment. Choose another way to pay, or try later.',
});

/** Thrown, so that the call's key is free and the same call can be made again. */
function requireAnswer(result: CallResult, path: readonly string[]): void {
  if (result === 'UNKNOWN' || result === 'REFUSED') throw new UserInputError([unavailable(path)]);
}

const readPayment = ({ em }: OperationContext, id: string) =>
  em.findOneOrFail(Payment, { id }, { filters: { owner: false } });

export const paymentMutationResolvers = {
  Mutation: {
    cancelOrder: async (_root, { id }, context) => ({ order: await cancelOrder(context.em, id, rulesOf(context)) }),
    startPayment: inPhases({
      begin: async ({ input }, context) => {
        const { id, status, method } = await preparePayment(context.em, input, rulesOf(context));
        return { id, calls: status === 'CREATED' && method === 'HOSTED' };
      },
      outside: async (_args, { services }, { id, calls }) => (calls ? services.payments.calls.start(id) : 'NOTHING'),
      finish: async (_args, context, result, { id }) => {
        const payment = await readPayment(context, id);
        // Of two calls at once one may be told to wait, while the other one begins.
        if (payment.status === 'CREATED') requireAnswer(result, ['input', 'provider']);
        if (result === 'REFUSED') return { payment, userErrors: [refusing(['input', 'provider'])] };
        if (result === 'NOTHING' || payment.status !== 'FAILED') return { payment };
        const message = payment.failureMessage ?? 'The payment provider said no.';
        return { payment, userErrors: [{ code: 'PAYMENT_DECLINED', path: ['input', 'provider'], message }] };
      },
    }),
    syncPayment: inPhases({
      begin: async ({ id }, { em }) => (await findOwnPayment(em, id)).id,
      outside: async (_args, { services }, id) => services.payments.calls.askSoon(id),
      finish: async (_args, context, result, id) => {
        requireAnswer(result, ['id']);
        return { payment: await readPayment(context, id) };
      },
    }),
    cancelPayment: inPhases({
      begin: async ({ id }, { em }) => {
        const payment = await findOwnPayment(em, id);
        requireCancelable(payment);
        return payment.id;
      },
      outside: async (_args, { services }, id) => services.payments.calls.cancel(id),
      finish: async (_args, context, result, id) => {
        requireAnswer(result, ['id']);
        const payment = await readPayment(context, id);
        const isOver = payment.status === 'CANCELED' || payment.status === 'EXPIRED' || payment.status === 'FAILED';
        return isOver ? { payment } : { payment, userErrors: [notCancelable(payment)] };
      },
    }),
    refundPayment: inPhases({
      begin: async ({ input }, context) =>
        (await prepareRefund(context.em, context.viewer, input, rulesOf(context))).id,
      outside: async (_args, { services }, id) => services.payments.calls.refund(id),
      finish: async (_args, context, result, id) => {
        const refund = await context.em.findOneOrFail(Refund, { id }, { filters: { owner: false } });
        const payment = await readPayment(context, refund.payment.id);
        if (result !== 'REFUSED') return { refund, payment };
        const message = refund.failureMessage ?? 'The payment provider refused the refund.';
        return { refund, payment, userErrors: [{ code: 'NOT_ALLOWED', path: ['input', 'paymentId'], message }] };
      },
    }),
    resolveRefund: async (_root, { input }, context) => resolveRefund(context.em, input, rulesOf(context)),
    resolvePaymentReview: async (_root, { input }, context) => ({
      payment: await resolveReview(context.em, context.viewer, input, rulesOf(context)),
    }),
  },
} satisfies Resolvers;

import { toGlobalId } from '../../src/platform/ids.ts';
import type { SignedIn } from './people.ts';

/** Somebody whose things the fields are asked for. */
export interface Owner extends SignedIn {
  readonly id: string;
  readonly email: string;
  readonly sessionId: string;
  /** A todo of theirs, in the trash where that is asked for. */
  todo(options?: { inTrash?: boolean }): Promise<string>;
  /** An attempt of theirs to pay. */
  payment(): Promise<string>;
  /** An order of theirs that waits for a payment. */
  order(): Promise<string>;
  /** A payment of theirs that waits for them. */
  pendingPayment(): Promise<string>;
  /** One that succeeded, and that can be refunded. */
  paidPayment(): Promise<string>;
  /** A refund of it that an admin has to settle. */
  manualRefund(): Promise<string>;
  /** The token of a link that was mailed to them. */
  linkToken(kind: 'PASSWORD_RESET' | 'EMAIL_VERIFICATION'): Promise<string>;
  /** A refresh token of theirs that was not used yet. */
  refreshToken(): Promise<string>;
}

export const OWNERS_PASSWORD = 'Correct horse 7';
/** Every database begins with it. */
const PRODUCT_ID = toGlobalId('product', '019aa5d0-0000-7000-8000-000000000030');
const NEW_PASSWORD = 'Another horse 8';

type Args = Record<string, unknown>;

/**
 * The arguments by which each root field is asked, as its table of who may what shows it: those with which it does what it
 * is for. Ids, tokens and passwords are the owner's, whoever asks; `n` is another number each time, for new names.
 */
export const ROOT_ARGUMENTS: Readonly<Record<string, (owner: Owner, n: number) => Args | Promise<Args>>> = {
  'Query.apiInfo': () => ({}),
  'Query.changes': () => ({}),
  'Query.me': () => ({}),
  'Query.node': owner => ({ id: owner.id }),
  'Query.nodes': async owner => ({ ids: [owner.id, owner.sessionId, await owner.todo()] }),
  'Query.order': async owner => ({ id: await owner.order() }),
  'Query.orders': () => ({}),
  'Query.products': () => ({}),
  'Query.allPayments': () => ({}),
  'Query.payment': async owner => ({ id: await owner.payment() }),
  'Query.paymentAttention': () => ({}),
  'Query.paymentProviders': () => ({}),
  'Query.payments': () => ({}),
  'Query.paymentTotals': () => ({}),
  'Query.rateLimit': () => ({}),
  'Query.todo': async owner => ({ id: await owner.todo() }),
  'Query.todos': () => ({}),
  'Query.todoStats': () => ({}),
  'Query.user': owner => ({ id: owner.id }),
  'Query.users': () => ({}),

  'Mutation.signUp': (_owner, n) => ({
    input: { email: `new${n}@example.com`, username: `new${n}`, password: NEW_PASSWORD },
  }),
  'Mutation.logIn': owner => ({ input: { login: owner.email, password: OWNERS_PASSWORD } }),
  'Mutation.refreshSession': async owner => ({ input: { refreshToken: await owner.refreshToken() } }),
  'Mutation.logOut': () => ({}),
  'Mutation.revokeSession': owner => ({ id: owner.sessionId }),
  'Mutation.revokeOtherSessions': () => ({}),
  'Mutation.requestPasswordReset': owner => ({ input: { email: owner.email } }),
  'Mutation.resetPassword': async owner => ({
    input: { token: await owner.linkToken('PASSWORD_RESET'), newPassword: NEW_PASSWORD },
  }),
  'Mutation.requestEmailVerification': () => ({}),
  'Mutation.verifyEmail': async owner => ({ input: { token: await owner.linkToken('EMAIL_VERIFICATION') } }),
  'Mutation.changePassword': () => ({ input: { currentPassword: OWNERS_PASSWORD, newPassword: NEW_PASSWORD } }),
  'Mutation.updateMe': () => ({ input: { fullName: 'Another Name' } }),
  'Mutation.deleteMe': () => ({ input: { password: OWNERS_PASSWORD } }),

  'Mutation.updateUser': owner => ({ id: owner.id, input: { fullName: 'Another Name' } }),
  'Mutation.deleteUser': owner => ({ id: owner.id }),
  'Mutation.restoreUser': owner => ({ id: owner.id }),

  'Mutation.createTodo': () => ({ input: { title: 'Something to do' } }),
  'Mutation.updateTodo': async owner => ({ id: await owner.todo(), input: { title: 'Another title' } }),
  'Mutation.toggleTodo': async owner => ({ id: await owner.todo() }),
  'Mutation.moveTodo': async owner => ({ id: await owner.todo(), input: { afterId: await owner.todo() } }),
  'Mutation.deleteTodo': async owner => ({ id: await owner.todo() }),
  'Mutation.restoreTodo': async owner => ({ id: await owner.todo({ inTrash: true }) }),
  'Mutation.updateTodos': async owner => ({ ids: [await owner.todo()], input: { title: 'Another title' } }),
  'Mutation.deleteCompletedTodos': () => ({}),

  'Mutation.placeOrder': (_owner, n) => ({
    input: { lines: [{ sku: 'pro-30-days' }], currency: 'USD', idempotencyKey: `order ${n}` },
  }),
  'Mutation.cancelOrder': async owner => ({ id: await owner.order() }),
  'Mutation.startPayment': async (owner, n) => ({
    input: {
      orderId: await owner.order(),
      provider: 'SANDBOX',
      returnUrl: 'http://localhost:3000/thanks',
      idempotencyKey: `payment ${n}`,
    },
  }),
  'Mutation.syncPayment': async owner => ({ id: await owner.pendingPayment() }),
  'Mutation.cancelPayment': async owner => ({ id: await owner.pendingPayment() }),
  'Mutation.refundPayment': async (owner, n) => ({
    input: { paymentId: await owner.paidPayment(), amount: 100, idempotencyKey: `refund ${n}` },
  }),
  'Mutation.resolveRefund': async owner => ({ input: { refundId: await owner.manualRefund(), succeeded: true } }),
  'Mutation.resolvePaymentReview': async owner => ({
    input: { paymentId: await owner.payment(), flag: 'DISPUTED', accept: true },
  }),
  'Mutation.addProduct': (_owner, n) => ({ input: { sku: `thing-${n}`, name: 'A thing' } }),
  'Mutation.updateProduct': () => ({ id: PRODUCT_ID, input: { description: 'Another description' } }),
  'Mutation.setProductPrice': () => ({ id: PRODUCT_ID, input: { currency: 'EUR', amount: 500 } }),
  'Mutation.removeProductPrice': () => ({ id: PRODUCT_ID, currency: 'GBP' }),

  'Subscription.changes': () => ({}),
  'Subscription.paymentChanged': () => ({}),
  'Subscription.orderChanged': () => ({}),
  'Subscription.todoChanged': () => ({}),
};

/**
 * An operation for each field of another type that names a role, with the path at which the field stands in its answer. All
 * is the owner's, whoever asks.
 */
export const NESTED_OPERATIONS: Readonly<
  Record<string, { query: string; variables: (owner: Owner) => Args | Promise<Args>; path: readonly string[] }>
> = {
  'Payment.reviewFlags': {
    query: 'query ($id: ID!) { payment(id: $id) { reviewFlags } }',
    variables: async owner => ({ id: await owner.payment() }),
    path: ['payment', 'reviewFlags'],
  },
  ...Object.fromEntries(
    ['payments', 'refunds', 'messages'].map(list => [
      `PaymentAttention.${list}`,
      {
        query: `{ paymentAttention { ${list} { totalCount } } }`,
        variables: () => ({}),
        path: ['paymentAttention', list, 'totalCount'],
      },
    ]),
  ),
};

import { User } from '../identity/user.entity.ts';
import type { EntityManager } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { fromGlobalId } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { paymentCancel, paymentStart } from './jobs/payment-jobs.ts';
import { type Ledger, lockLedger } from './ledger.ts';
import { Order } from './order.entity.ts';
import { noSuchOrder } from './order.service.ts';
import { attemptOf, Payment, RETURN_URL_MAX_LENGTH } from './payment.entity.ts';
import type { Adapters } from './providers/adapters.ts';
import type { PaymentAdapter, PaymentMethod, ProviderName } from './providers/provider.ts';

export interface PaymentRequest {
  readonly orderId: string;
  readonly provider: ProviderName;
  readonly returnUrl: string;
  readonly idempotencyKey: string;
  readonly method: PaymentMethod;
  readonly phoneNumber?: string | null | undefined;
}

export interface PaymentRules {
  readonly adapters: Adapters;
  readonly jobs: Jobs;
  /** Whether the payer's browser may be sent to a page of this origin. */
  readonly allowsOrigin: (origin: string) => boolean;
  readonly now: Date;
}

/** An attempt like the one before is the same one for so long: whoever presses twice must not be asked twice. */
const REUSED_MS = 120_000;
/** A HOSTED start that a crash cut off is made again after so long. */
const START_AGAIN_MS = 60_000;
const PHONE_PATTERN = /^03\d{9}$/;

export const noSuchPayment = (path: readonly string[]) =>
  new UserInputError('NOT_FOUND', path, 'There is no such payment.');

/**
 * The attempt that is to be paid: written before the provider knows of it. The same key gives the same one, and so does
 * another key where an attempt that is alike is under way and young.
 */
export async function preparePayment(
  em: EntityManager,
  request: PaymentRequest,
  rules: PaymentRules,
): Promise<Payment> {
  const adapter = checkRequest(request, rules);
  const orderId = fromGlobalId('order', request.orderId);
  // Counted, not loaded: what is loaded ahead of the lock may be old. Only the viewer's own are found.
  if (!orderId || (await em.count(Order, { id: orderId })) === 0) throw noSuchOrder(['input', 'orderId']);
  const ledger = await lockLedger(em, orderId);

  const repeated = ledger.payments.find(payment => payment.idempotencyKey === request.idempotencyKey);
  if (repeated) return repeated;
  requireOpen(ledger.order, rules.now);
  const refusal = adapter.refusal(ledger.order.total, request.method);
  if (refusal) throw new UserInputError('INVALID', ['input', 'provider'], refusal);

  const live = ledger.payments.find(payment => payment.isLive);
  if (live && isAlike(live, request) && rules.now.getTime() - live.createdAt.getTime() < REUSED_MS) return live;
  if (live) await supersede(em, live, rules);
  return beginAttempt(em, ledger, request, adapter, rules);
}

function checkRequest(request: PaymentRequest, { adapters, allowsOrigin }: PaymentRules): PaymentAdapter {
  const invalid = (field: string, message: string) => new UserInputError('INVALID', ['input', field], message);
  const adapter = adapters.get(request.provider);
  if (!adapter)
    throw invalid(
      'provider',
      `This server takes no payments by ${request.provider}: see paymentProviders for those it takes.`,
    );
  if (!adapter.methods.includes(request.method))
    throw invalid('method', `${request.provider} is paid by ${adapter.methods.join(' or ')}.`);
  if (request.method === 'MOBILE_WALLET' && !PHONE_PATTERN.test(request.phoneNumber ?? ''))
    throw invalid('phoneNumber', 'Give the number of the mobile account as 11 digits, such as 03001234567.');
  if (!isReturnUrl(request.returnUrl, allowsOrigin))
    throw invalid(
      'returnUrl',
      `Nobody can be sent to this page: give one of an allowed origin, without a name or password in it, of at most ${RETURN_URL_MAX_LENGTH} characters.`,
    );
  return adapter;
}

function isReturnUrl(text: string, allowsOrigin: PaymentRules['allowsOrigin']): boolean {
  if (text.length > RETURN_URL_MAX_LENGTH) return false;
  const { origin, username, password } = new URL(text);
  // With a name before the host an address looks like one of another host.
  return username === '' && password === '' && allowsOrigin(origin);
}

function requireOpen(order: Order, now: Date): void {
  if (order.closedAs === 'EXPIRED' || (order.status === 'OPEN' && order.expiresAt <= now))
    throw new UserInputError('EXPIRED', ['input', 'orderId'], 'The order was not paid in time: place a new one.');
  if (order.status !== 'OPEN')
    throw new UserInputError(
      'NOT_ALLOWED',
      ['input', 'orderId'],
      `The order is ${order.status.toLowerCase().replace('_', ' ')}.`,
    );
}

const isAlike = (live: Payment, { provider, method, returnUrl, phoneNumber }: PaymentRequest): boolean =>
  live.provider === provider &&
  live.method === method &&
  live.returnUrl === returnUrl &&
  (live.phoneNumber ?? null) === (method === 'MOBILE_WALLET' ? (phoneNumber ?? null) : null);

/** It can still succeed, late; the provider is asked to see to it that it does not. */
async function supersede(em: EntityManager, payment: Payment, { jobs, now }: PaymentRules): Promise<void> {
  payment.supersededAt = now;
  // Ahead of the new one, which takes its place in the index of what is live.
  await em.flush();
  await jobs.enqueue(em, paymentCancel, { paymentId: payment.id });
}

async function beginAttempt(
  em: EntityManager,
  { order }: Ledger,
  { provider, method, returnUrl, idempotencyKey, phoneNumber }: PaymentRequest,
  adapter: PaymentAdapter,
  { jobs, now }: PaymentRules,
): Promise<Payment> {
  const payment = em.create(Payment, {
    order,
    owner: order.owner ? em.getReference(User, order.owner.id) : null,
    provider,
    method,
    reference: adapter.newReference(now),
    amount: order.totalAmount,
    currency: order.currency,
    returnUrl,
    phoneNumber: method === 'MOBILE_WALLET' ? (phoneNumber ?? null) : null,
    idempotencyKey,
    expiresAt: adapter.expiryOf(method, now),
    createdAt: now,
  });
  payment.nextInquiryAt = firstInquiry(payment, adapter, order, now);
  em.persist(payment);
  await em.flush();
  if (method === 'MOBILE_WALLET') await jobs.enqueue(em, paymentStart, { paymentId: payment.id });
  return payment;
}

/** A prompt is made once, so that there is nothing to make again: it is asked about when its provider wants it. */
function firstInquiry(payment: Payment, adapter: PaymentAdapter, { number }: Order, now: Date): Date {
  const startAgainAt = new Date(now.getTime() + START_AGAIN_MS);
  if (payment.method === 'HOSTED') return startAgainAt;
  return adapter.nextInquiry(attemptOf(payment, number), 0, now) ?? startAgainAt;
}

/** A payment of the viewer's. Throws NOT_FOUND. */
export async function findOwnPayment(
  em: EntityManager,
  id: string,
  path: readonly string[] = ['id'],
): Promise<Payment> {
  const uuid = fromGlobalId('payment', id);
  const payment = uuid ? await em.findOne(Payment, { id: uuid }) : null;
  if (!payment) throw noSuchPayment(path);
  return payment;
}

/** Throws NOT_ALLOWED where nothing is under way that could be canceled; what was canceled before stays so. */
export function requireCancelable(payment: Payment): void {
  if (!payment.isOpen && payment.status !== 'CANCELED') throw new UserInputError([notCancelable(payment)]);
}

/** Why a payment cannot be canceled, or could not be: the payer, or the provider, was faster. */
export const notCancelable = ({ status }: Payment): UserErrorDetail => ({
  code: 'NOT_ALLOWED',
  path: ['id'],
  message: `The payment cannot be canceled: it has ${ENDED[status] ?? 'gone to the bank already'}.`,
});

const ENDED: Readonly<Record<string, string>> = {
  EXPIRED: 'expired',
  FAILED: 'failed',
  SUCCEEDED: 'succeeded',
  REVERSED: 'been reversed',
};

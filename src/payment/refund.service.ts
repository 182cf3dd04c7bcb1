import { User } from '../identity/user.entity.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { EntityManager } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { applyToLedger } from './apply-facts.ts';
import { refundRetry } from './jobs/payment-jobs.ts';
import type { Ledger } from './ledger.ts';
import { lockPayment, lockRefund } from './locked-payment.ts';
import { formatMoney, type Money } from './money.ts';
import { attemptOf, type Payment } from './payment.entity.ts';
import type { Adapters } from './providers/adapters.ts';
import { REFUND_REASON_MAX_LENGTH, Refund } from './refund.entity.ts';

export interface RefundRules {
  readonly adapters: Adapters;
  readonly jobs: Jobs;
  readonly now: Date;
}

export interface RefundInput {
  readonly paymentId: string;
  readonly amount?: bigint | null | undefined;
  readonly reason?: string | null | undefined;
  readonly idempotencyKey: string;
}

/** The call is made up for after so long where it was cut off. */
const RETRY_AFTER_MS = 30_000;
const MANUAL_ASKED_AFTER_MS = 3_600_000;
const EXTERNAL_REFERENCE_MAX_LENGTH = 255;

/**
 * Reserves the amount and writes the refund, before the provider knows of it: however many ask at one moment, no more is
 * promised than was paid. The same key gives the same refund. For admins.
 */
export async function prepareRefund(
  em: EntityManager,
  admin: Viewer,
  input: RefundInput,
  rules: RefundRules,
): Promise<Refund> {
  if ((input.reason?.length ?? 0) > REFUND_REASON_MAX_LENGTH)
    throw new UserInputError(
      'INVALID',
      ['input', 'reason'],
      `A reason has at most ${REFUND_REASON_MAX_LENGTH} characters.`,
    );
  const { ledger, payment } = await lockPayment(em, input.paymentId, ['input', 'paymentId']);
  const repeated = ledger.refunds.find(
    refund => refund.payment.id === payment.id && refund.idempotencyKey === input.idempotencyKey,
  );
  if (repeated) return repeated;

  const money = { amount: input.amount ?? payment.refundableAmount, currency: payment.currency };
  const manual = requireRefundable(payment, ledger, money, rules);
  const refund = em.create(Refund, {
    payment,
    owner: payment.owner ? em.getReference(User, payment.owner.id) : null,
    amount: money.amount,
    currency: money.currency,
    reason: input.reason ?? null,
    requestedBy: em.getReference(User, admin.userId),
    idempotencyKey: input.idempotencyKey,
    needsManual: manual,
  });
  em.persist(refund);
  await em.flush();
  const asked = { ...ledger, refunds: [...ledger.refunds, refund] };
  const fact = { kind: 'REFUND', type: 'refund.requested', refundId: refund.id, status: 'REQUESTED', money } as const;
  await applyToLedger(em, asked, payment.id, { facts: [fact], source: 'OPERATOR' }, rules);
  // What an admin does at the provider's own site is seen by asking.
  if (manual) payment.nextInquiryAt ??= new Date(rules.now.getTime() + MANUAL_ASKED_AFTER_MS);
  else
    await rules.jobs.enqueue(
      em,
      refundRetry,
      { refundId: refund.id },
      { notBefore: new Date(rules.now.getTime() + RETRY_AFTER_MS) },
    );
  return refund;
}

/** Throws where it cannot be refunded. Answers whether an admin has to do it at the provider's own site. */
function requireRefundable(payment: Payment, ledger: Ledger, money: Money, { adapters }: RefundRules): boolean {
  const notAllowed = (message: string) => new UserInputError('NOT_ALLOWED', ['input', 'paymentId'], message);
  const left = { amount: payment.refundableAmount, currency: payment.currency };
  if (left.amount === 0n) throw notAllowed('Nothing of this payment is left to be refunded.');
  if (money.amount < 1n) throw new UserInputError('INVALID', ['input', 'amount'], 'A refund is of at least 1.');
  if (money.amount > left.amount)
    throw new UserInputError('NOT_ALLOWED', ['input', 'amount'], `At most ${formatMoney(left)} can still be refunded.`);
  const adapter = adapters.get(payment.provider);
  if (!adapter) throw notAllowed(`${payment.provider} is not set up at this server any more.`);
  const attempt = attemptOf(payment, ledger.order.number);
  if (adapter.refunds === 'MANUAL' || adapter.refundsByHand?.(attempt)) return true;
  const isUnderWay = ledger.refunds.some(refund => refund.payment.id === payment.id && refund.isOpen);
  if (adapter.refunds === 'UNKEYED' && isUnderWay)
    throw notAllowed(
      'Another refund of this payment is under way: the provider could not tell the two apart. Wait until it is over.',
    );
  const captured = { amount: payment.capturedAmount, currency: payment.currency };
  const refusal = adapter.refundRefusal(attempt, { money, captured });
  if (refusal) throw notAllowed(refusal);
  return false;
}

/** What an admin knows of a refund's end. Repeated, it changes nothing. */
export async function resolveRefund(
  em: EntityManager,
  {
    refundId,
    succeeded,
    externalReference,
  }: { refundId: string; succeeded: boolean; externalReference?: string | null | undefined },
  rules: RefundRules,
): Promise<{ refund: Refund; payment: Payment }> {
  if ((externalReference?.length ?? 0) > EXTERNAL_REFERENCE_MAX_LENGTH)
    throw new UserInputError(
      'INVALID',
      ['input', 'externalReference'],
      `At most ${EXTERNAL_REFERENCE_MAX_LENGTH} characters.`,
    );
  const { ledger, payment, refund } = await lockRefund(em, refundId);
  const status = succeeded ? 'SUCCEEDED' : 'FAILED';
  if (refund.status === status) return { refund, payment };
  if (!refund.needsManual)
    throw new UserInputError(
      'NOT_ALLOWED',
      ['input', 'refundId'],
      'The provider tells how this refund ends: nobody has to say.',
    );
  if (externalReference) refund.providerReference = externalReference;
  const fact = { kind: 'REFUND', type: 'refund.resolved', refundId: refund.id, status, money: refund.money } as const;
  await applyToLedger(em, ledger, payment.id, { facts: [fact], source: 'OPERATOR' }, rules);
  return { refund, payment };
}

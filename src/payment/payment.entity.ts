import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { User } from '../identity/user.entity.ts';
import { entityColumns, ownedBy } from '../platform/entity.ts';
import { TextArrayType } from '../platform/text-array.ts';
import type { Money } from './money.ts';
import { Order } from './order.entity.ts';
import { type Answer, type Attempt, type Details, PAYMENT_METHODS, PAYMENT_PROVIDERS } from './providers/provider.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from './state/fact.ts';
import type { PaymentState } from './state/fold.ts';

export const RETURN_URL_MAX_LENGTH = 2_000;
const FAILURE_MESSAGE_MAX_LENGTH = 500;
const FAILURE_CODE_MAX_LENGTH = 100;

const PaymentSchema = defineEntity({
  name: 'Payment',
  tableName: 'payments',
  properties: {
    ...entityColumns,
    order: () => p.manyToOne(Order).ref(),
    /** Null once the account is purged. */
    owner: () => p.manyToOne(User).ref().nullable(),
    provider: p.enum(PAYMENT_PROVIDERS),
    method: p.enum(PAYMENT_METHODS),
    reference: p.string().length(64),
    providerReference: p.string().length(255).nullable(),
    secondReference: p.string().length(255).nullable(),
    amount: p.bigint('bigint'),
    currency: p.string().columnType('char(3)'),
    status: p.enum(PAYMENT_STATUSES).default('CREATED'),
    capturedAmount: p.bigint('bigint').defaultRaw('0'),
    refundedAmount: p.bigint('bigint').defaultRaw('0'),
    refundPendingAmount: p.bigint('bigint').defaultRaw('0'),
    reviewFlags: p.type(TextArrayType).columnType('text[]').default([]),
    failureCode: p.string().length(FAILURE_CODE_MAX_LENGTH).nullable(),
    failureMessage: p.string().length(FAILURE_MESSAGE_MAX_LENGTH).nullable(),
    returnUrl: p.string().length(RETURN_URL_MAX_LENGTH),
    phoneNumber: p.string().length(20).nullable(),
    details: p.json<Details>().defaultRaw(`'{}'`),
    idempotencyKey: p.string().length(255),
    startedAt: p.datetime(3).nullable(),
    supersededAt: p.datetime(3).nullable(),
    succeededAt: p.datetime(3).nullable(),
    /** Grows with every fact, so that each of them is a change in the feed. */
    factCount: p.integer().default(0),
    expiresAt: p.datetime(3),
    nextInquiryAt: p.datetime(3).nullable(),
    inquiries: p.integer().default(0),
    askedAt: p.datetime(3).nullable(),
    version: p.integer().version(),
  },
  filters: { owner: ownedBy('owner') },
});

/** One attempt to pay for an order. What follows from its facts is written by applyFacts alone. */
export class Payment extends PaymentSchema.class {
  get ownerId(): Opt<string> | null {
    return this.owner?.id ?? null;
  }

  get orderId(): Opt<string> {
    return this.order.id;
  }

  get money(): Opt<Money> {
    return { amount: this.amount, currency: this.currency };
  }

  /** Whether it can still be paid, as far as is known. */
  get isOpen(): Opt<boolean> {
    return this.status === 'CREATED' || this.status === 'PENDING';
  }

  /** The same, and no newer attempt took its place. */
  get isLive(): Opt<boolean> {
    return this.isOpen && !this.supersededAt;
  }

  /** What can still be refunded. */
  get refundableAmount(): Opt<bigint> {
    return refundableOf(this);
  }

  /** Keeps what the provider calls it; what is not given stays. */
  know({ reference, secondReference, details }: Omit<Answer, 'facts'>): void {
    if (reference) this.providerReference = reference;
    if (secondReference) this.secondReference = secondReference;
    if (details && Object.entries(details).some(([name, value]) => this.details[name] !== value))
      this.details = { ...this.details, ...details };
  }

  take(state: PaymentState): void {
    this.status = state.status;
    this.capturedAmount = state.captured;
    this.refundedAmount = state.refunded;
    this.refundPendingAmount = state.refundPending;
    this.failureCode = state.failure?.code?.slice(0, FAILURE_CODE_MAX_LENGTH) ?? null;
    this.failureMessage = state.failure?.message?.slice(0, FAILURE_MESSAGE_MAX_LENGTH) ?? null;
    // Personal, and of no use once nobody has to confirm anything.
    if (state.status !== 'CREATED' && state.status !== 'PENDING') this.phoneNumber = null;
  }

  setFlags(flags: readonly string[]): void {
    if (flags.join() !== this.reviewFlags.join()) this.reviewFlags = [...flags];
  }
}
PaymentSchema.setClass(Payment);

/** What can still be refunded of a payment, whether it is an entity or a row that was read. */
export function refundableOf(payment: {
  readonly status: PaymentStatus;
  readonly capturedAmount: bigint | string;
  readonly refundedAmount: bigint | string;
  readonly refundPendingAmount: bigint | string;
}): bigint {
  const { status, capturedAmount, refundedAmount, refundPendingAmount } = payment;
  const left = BigInt(capturedAmount) - BigInt(refundedAmount) - BigInt(refundPendingAmount);
  return status === 'SUCCEEDED' && left > 0n ? left : 0n;
}

/** As the provider's adapter knows it. */
export const attemptOf = (payment: Payment, orderNumber: string): Attempt => ({
  id: payment.id,
  reference: payment.reference,
  providerReference: payment.providerReference ?? null,
  secondReference: payment.secondReference ?? null,
  orderId: payment.order.id,
  orderNumber,
  money: payment.money,
  method: payment.method,
  phoneNumber: payment.phoneNumber ?? null,
  createdAt: payment.createdAt,
  expiresAt: payment.expiresAt,
  details: payment.details,
});

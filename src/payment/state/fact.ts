import { createHash } from 'node:crypto';
import type { Money } from '../money.ts';

/** Where an attempt stands, lowest first: the values of PaymentStatus in the SDL. Nothing moves it back down. */
export const PAYMENT_STATUSES = [
  'CREATED',
  'PENDING',
  'EXPIRED',
  'CANCELED',
  'FAILED',
  'SUCCEEDED',
  'REVERSED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Lowest first: a refund that succeeded can still be sent back by the bank. */
export const REFUND_STATUSES = ['REQUESTED', 'PENDING', 'SUCCEEDED', 'CANCELED', 'FAILED'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

export const REVIEW_FLAGS = [
  'AMOUNT_MISMATCH',
  'CURRENCY_MISMATCH',
  'DUPLICATE_PAYMENT',
  'LATE_SUCCESS',
  'OVER_REFUNDED',
  'UNKNOWN_OUTCOME',
  'DISPUTED',
] as const;
export type ReviewFlag = (typeof REVIEW_FLAGS)[number];

export const FACT_SOURCES = ['API', 'WEBHOOK', 'INQUIRY', 'OPERATOR'] as const;
export type FactSource = (typeof FACT_SOURCES)[number];

/** Something learnt of a payment, in the words of the product and not of a provider. Facts are added, never changed. */
export type Fact = PaymentFact | FailureFact | RefundFact | DisputeFact | FlagFact | ResolutionFact;

interface Learnt {
  /** What was learnt, such as `session.completed` or `inquiry`: shown as the type of a PaymentEvent. */
  readonly type: string;
  /** When it happened, as the provider says; null where it does not. */
  readonly at?: Date | null;
}

/** Where the attempt stands. Of a success the amount, where the provider says one: without, it is what was asked for. */
export interface PaymentFact extends Learnt, Partial<Failure> {
  readonly kind: 'PAYMENT';
  readonly status: PaymentStatus;
  readonly money?: Money | null;
}

/** Why a try failed, where the payer can try again in the same attempt. Changes no status. */
export interface FailureFact extends Learnt, Failure {
  readonly kind: 'FAILURE';
}

export interface Failure {
  /** The provider's or the bank's code. */
  readonly code: string | null;
  /** For a person; never the provider's raw words where those may hold personal data. */
  readonly message: string | null;
}

/** Where a refund stands: ours by `refundId`, or one that the provider made by itself, by the provider's `reference`. */
export interface RefundFact extends Learnt, Partial<Failure> {
  readonly kind: 'REFUND';
  readonly refundId?: string | null;
  readonly reference?: string | null;
  readonly status: RefundStatus;
  readonly money: Money;
}

/** The payer's bank takes the payment back, or tries to. */
export interface DisputeFact extends Learnt {
  readonly kind: 'DISPUTE';
  readonly reference: string;
  readonly status: 'OPEN' | 'WON' | 'LOST';
  readonly money: Money | null;
  /** Several facts of one dispute are ordered by it. */
  readonly at: Date;
}

/** A person has to look at it. */
export interface FlagFact extends Learnt {
  readonly kind: 'FLAG';
  readonly flag: ReviewFlag;
}

/** An admin looked at a flag: the payment counts after all, or it does not. */
export interface ResolutionFact extends Learnt {
  readonly kind: 'RESOLUTION';
  readonly flag: ReviewFlag;
  readonly accept: boolean;
  readonly byUserId: string;
  readonly at: Date;
}

/**
 * What makes two facts the same one: all that the folds look at, and nothing else. So facts with one key are
 * interchangeable, and one that is told twice, by a message and by an inquiry, is there once.
 */
export function factKey(fact: Fact): string {
  const { kind } = fact;
  const parts = (() => {
    switch (kind) {
      case 'PAYMENT':
        // Which of two payments of an order came first is told by when they succeeded.
        return [
          fact.status,
          ...moneyParts(fact.money),
          fact.code,
          fact.message,
          ...(fact.status === 'SUCCEEDED' && fact.at ? [fact.at.toISOString()] : []),
        ];
      case 'FAILURE':
        return [fact.code, fact.message];
      case 'REFUND':
        return [fact.refundId, fact.reference, fact.status, ...moneyParts(fact.money), fact.message];
      case 'DISPUTE':
        return [fact.reference, fact.status, ...moneyParts(fact.money), fact.at.toISOString()];
      case 'FLAG':
        return [fact.flag];
      case 'RESOLUTION':
        return [fact.flag, fact.accept, fact.at.toISOString()];
    }
  })();
  return createHash('sha256')
    .update(JSON.stringify([kind, ...parts.map(part => part ?? null)]))
    .digest('hex');
}

const moneyParts = (money: Money | null | undefined) => [money?.amount.toString(), money?.currency];

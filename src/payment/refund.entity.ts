import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { User } from '../identity/user.entity.ts';
import { entityColumns, ownedBy } from '../platform/entity.ts';
import type { Money } from './money.ts';
import { Payment } from './payment.entity.ts';
import type { RefundRequest } from './providers/provider.ts';
import { REFUND_STATUSES } from './state/fact.ts';
import type { RefundState } from './state/fold.ts';

export const REFUND_REASON_MAX_LENGTH = 500;

const RefundSchema = defineEntity({
  name: 'Refund',
  tableName: 'refunds',
  properties: {
    ...entityColumns,
    payment: () => p.manyToOne(Payment).ref(),
    /** Whose payment it is; null once the account is purged. */
    owner: () => p.manyToOne(User).ref().nullable(),
    amount: p.bigint('bigint'),
    currency: p.string().columnType('char(3)'),
    status: p.enum(REFUND_STATUSES).default('REQUESTED'),
    /** PROVIDER: nobody asked for it here. */
    origin: p.enum(['APP', 'PROVIDER'] as const).default('APP'),
    providerReference: p.string().length(255).nullable(),
    reason: p.string().length(REFUND_REASON_MAX_LENGTH).nullable(),
    requestedBy: () => p.manyToOne(User).ref().nullable(),
    needsManual: p.boolean().default(false),
    failureMessage: p.string().length(500).nullable(),
    idempotencyKey: p.string().length(255).nullable(),
    startedAt: p.datetime(3).nullable(),
    succeededAt: p.datetime(3).nullable(),
  },
  filters: { owner: ownedBy('owner') },
});

/** Money on its way back. Its status follows from the payment's facts. */
export class Refund extends RefundSchema.class {
  get ownerId(): Opt<string> | null {
    return this.owner?.id ?? null;
  }

  get paymentId(): Opt<string> {
    return this.payment.id;
  }

  get money(): Opt<Money> {
    return { amount: this.amount, currency: this.currency };
  }

  get isOpen(): Opt<boolean> {
    return this.status === 'REQUESTED' || this.status === 'PENDING';
  }

  /** Written by applyFacts alone. Answers whether it succeeded now for the first time. */
  take(state: RefundState, at: Date): boolean {
    this.status = state.status;
    this.failureMessage = state.failureMessage;
    this.providerReference ??= state.reference;
    if (!this.isOpen) this.needsManual = false;
    if (state.status !== 'SUCCEEDED' || this.succeededAt) return false;
    this.succeededAt = at;
    return true;
  }
}
RefundSchema.setClass(Refund);

/** As the provider's adapter knows it. */
export const refundRequestOf = (refund: Refund): RefundRequest => ({
  id: refund.id,
  money: refund.money,
  reason: refund.reason ?? null,
  providerReference: refund.providerReference ?? null,
  createdAt: refund.createdAt,
});

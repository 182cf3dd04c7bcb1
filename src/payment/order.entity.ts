import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { User } from '../identity/user.entity.ts';
import { entityColumns, ownedBy } from '../platform/entity.ts';
import type { Money } from './money.ts';
import { ORDER_STATUSES, type OrderState } from './state/order-state.ts';

const OrderSchema = defineEntity({
  name: 'Order',
  tableName: 'orders',
  properties: {
    ...entityColumns,
    number: p.string().length(20),
    /** Null once the account is purged. */
    owner: () => p.manyToOne(User).ref().nullable(),
    currency: p.string().columnType('char(3)'),
    totalAmount: p.bigint('bigint'),
    status: p.enum(ORDER_STATUSES).default('OPEN'),
    /** Paid, less what went back. */
    paidAmount: p.bigint('bigint').defaultRaw('0'),
    closedAs: p.enum(['CANCELED', 'EXPIRED'] as const).nullable(),
    closedAt: p.datetime(3).nullable(),
    paidAt: p.datetime(3).nullable(),
    expiresAt: p.datetime(3),
    version: p.integer().version(),
  },
  filters: { owner: ownedBy('owner') },
});

/** A purchase, priced here. Its status and what is paid follow from its payments: see state/order-state.ts. */
export class Order extends OrderSchema.class {
  get ownerId(): Opt<string> | null {
    return this.owner?.id ?? null;
  }

  get total(): Opt<Money> {
    return { amount: this.totalAmount, currency: this.currency };
  }

  /** Nobody can begin to pay any more; the first reason stays. */
  close(as: 'CANCELED' | 'EXPIRED', at: Date): void {
    if (this.closedAs) return;
    this.closedAs = as;
    this.closedAt = at;
    if (this.status === 'OPEN') this.status = as;
  }

  /** Written by applyFacts alone. Answers whether it is paid now for the first time. */
  take({ status, paid }: OrderState, at: Date): boolean {
    this.status = status;
    this.paidAmount = paid;
    const isPaid = status === 'PAID' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
    if (!isPaid || this.paidAt) return false;
    this.paidAt = at;
    return true;
  }
}
OrderSchema.setClass(Order);

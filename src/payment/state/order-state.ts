import type { PaymentStatus, ReviewFlag } from './fact.ts';
import { BLOCKING_FLAGS, type PaymentState } from './fold.ts';

/** The values of OrderStatus in the SDL. */
export const ORDER_STATUSES = ['OPEN', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED', 'EXPIRED'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What an order's state follows from, beside its payments. */
export interface Ordered {
  readonly total: bigint;
  /** Why nobody can begin to pay any more; null while anybody can. */
  readonly closed: 'CANCELED' | 'EXPIRED' | null;
}

/** A payment of the order, as its own facts say. */
export interface OrderPayment {
  readonly id: string;
  /** When it first was known to have succeeded; null where it has not. */
  readonly succeededAt: Date | null;
  readonly state: Pick<PaymentState, 'captured' | 'refunded' | 'flags' | 'resolved'> & {
    readonly status: PaymentStatus;
  };
}

export interface OrderState {
  readonly status: OrderStatus;
  /** Paid, less what went back. */
  readonly paid: bigint;
  /** Those payments that came when the order was paid already. */
  readonly duplicates: ReadonlySet<string>;
}

/** What a set of payments says of their order: a function of the set alone. */
export function foldOrder({ total, closed }: Ordered, payments: readonly OrderPayment[]): OrderState {
  const succeeded = payments
    .flatMap(payment => (payment.succeededAt ? [{ ...payment, succeededAt: payment.succeededAt }] : []))
    .sort((a, b) => a.succeededAt.getTime() - b.succeededAt.getTime() || (a.id < b.id ? -1 : 1));

  const duplicates = new Set<string>();
  let [gross, paid, covered] = [0n, 0n, false];
  for (const { id, state } of succeeded) {
    const accepted = BLOCKING_FLAGS.some(flag => state.resolved.get(flag) === true);
    if (covered) duplicates.add(id);
    if (!counts(state) || (covered && state.resolved.get('DUPLICATE_PAYMENT') !== true)) continue;
    gross += state.captured;
    paid += state.captured - state.refunded;
    // One that an admin accepted although the amount is another one pays the order.
    covered ||= gross >= total || accepted;
  }
  if (!covered) return { status: closed ?? 'OPEN', paid, duplicates };
  const status = paid === gross ? 'PAID' : paid > 0n ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
  return { status, paid, duplicates };
}

/** Whether it counts for its order: it succeeded, nothing blocks it, and no admin said that it does not. */
function counts({ flags, resolved }: OrderPayment['state']): boolean {
  const blocked = (flag: ReviewFlag) => flags.includes(flag) && flag !== 'DUPLICATE_PAYMENT';
  return !BLOCKING_FLAGS.some(blocked) && ![...resolved].some(([, accept]) => !accept);
}

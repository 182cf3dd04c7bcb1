import { randomBytes } from 'node:crypto';
import { lockCheckout } from './checkouts.ts';
import { readMisbehaviour } from './misbehaviour.ts';
import { announce } from './outbox.ts';
import type { Checkout, Refund, Sql } from './tables.ts';

export interface NewRefund {
  readonly checkoutId: string;
  /** The same key again is the same refund; null where the sandbox gives back by itself. */
  readonly key: string | null;
  readonly amount: bigint;
  readonly reason: string | null;
}

/** A refund with its checkout, or why there is none. */
export type RefundOutcome =
  | { readonly kind: 'MADE'; readonly refund: Refund; readonly checkout: Checkout }
  | { readonly kind: 'NO_CHECKOUT' | 'KEY_REUSED' | 'NOT_PAID' | 'TOO_MUCH' };

/** Gives back a part or all of what was paid, and never more: of several at once each sees the ones before it. */
export async function refund(db: Sql, wanted: NewRefund, now: Date): Promise<RefundOutcome> {
  const checkout = await lockCheckout(db, wanted.checkoutId);
  if (!checkout) return { kind: 'NO_CHECKOUT' };
  const before = wanted.key === null ? undefined : await refundOfKey(db, wanted.key);
  if (before) {
    const isSame = before.checkout_id === checkout.id && BigInt(before.amount) === wanted.amount;
    return isSame ? { kind: 'MADE', refund: before, checkout } : { kind: 'KEY_REUSED' };
  }
  if (checkout.paid_amount === null) return { kind: 'NOT_PAID' };
  const others = await db
    .selectFrom('sandbox_refunds')
    .select(({ fn }) => fn.sum<string | null>('amount').as('total'))
    .where('checkout_id', '=', checkout.id)
    .where('status', '<>', 'FAILED')
    .executeTakeFirstOrThrow();
  if (BigInt(others.total ?? 0) + wanted.amount > BigInt(checkout.paid_amount)) return { kind: 'TOO_MUCH' };

  const { refunds: manner, laterSeconds } = await readMisbehaviour(db);
  const later = new Date(now.getTime() + laterSeconds * 1000);
  const outcomes = {
    SUCCEED: { status: 'SUCCEEDED' },
    WAIT: { status: 'PENDING', settle_at: later, settle_as: 'SUCCEEDED' },
    FAIL: { status: 'FAILED', ...SENT_BACK },
    FAIL_LATER: { status: 'SUCCEEDED', settle_at: later, settle_as: 'FAILED' },
  } as const;
  const made = await db
    .insertInto('sandbox_refunds')
    .values({
      id: `sbr_${randomBytes(16).toString('hex')}`,
      checkout_id: checkout.id,
      idempotency_key: wanted.key,
      amount: wanted.amount,
      reason: wanted.reason,
      created_at: now,
      updated_at: now,
      ...outcomes[manner],
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await announce(db, checkout, EVENTS[made.status], now);
  return { kind: 'MADE', refund: made, checkout };
}

/** How a refund ends that has not, or that the bank sends back after all. False where there is none of this id. */
export async function settleRefund(
  db: Sql,
  refundId: string,
  status: 'SUCCEEDED' | 'FAILED',
  now: Date,
): Promise<boolean> {
  const found = await db
    .selectFrom('sandbox_refunds')
    .select('checkout_id')
    .where('id', '=', refundId)
    .executeTakeFirst();
  // The checkout first, as everywhere.
  const checkout = found && (await lockCheckout(db, found.checkout_id));
  if (!checkout) return false;
  const settled = await db
    .updateTable('sandbox_refunds')
    .set({
      status,
      settle_at: null,
      settle_as: null,
      updated_at: now,
      ...(status === 'FAILED' ? SENT_BACK : {}),
    })
    .where('id', '=', refundId)
    // What failed stays so: the money is in the merchant's hands again.
    .where('status', '<>', 'FAILED')
    .returning('id')
    .executeTakeFirst();
  if (settled) await announce(db, checkout, EVENTS[status], now);
  return true;
}

const SENT_BACK = {
  failure_code: 'account_closed',
  failure_message: 'The bank sent the refund back: the account is closed.',
} as const;

const EVENTS = { PENDING: 'refund.pending', SUCCEEDED: 'refund.succeeded', FAILED: 'refund.failed' } as const;

const refundOfKey = (db: Sql, key: string): Promise<Refund | undefined> =>
  db.selectFrom('sandbox_refunds').selectAll().where('idempotency_key', '=', key).executeTakeFirst();

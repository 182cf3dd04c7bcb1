import { randomBytes } from 'node:crypto';
import { become } from './payer.ts';
import { type Checkout, type Sql, timeOf } from './tables.ts';

export const DISPUTE_STATUSES = ['OPEN', 'WON', 'LOST'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

const EVENTS = { OPEN: 'dispute.opened', WON: 'dispute.won', LOST: 'dispute.lost' } as const;

/**
 * The payer's bank takes the payment back, or does not after all: WON and LOST are the merchant's. False where the checkout
 * is not paid, or there is nothing to win or lose.
 */
export async function dispute(db: Sql, checkout: Checkout, status: DisputeStatus, now: Date): Promise<boolean> {
  if (checkout.status !== 'PAID') return false;
  if (status !== 'OPEN' && checkout.dispute_id === null) return false;
  if (checkout.dispute_status === status) return true;
  const before = checkout.disputed_at === null ? 0 : timeOf(checkout.disputed_at).getTime();
  const change = {
    dispute_id: checkout.dispute_id ?? `sbd_${randomBytes(12).toString('hex')}`,
    dispute_status: status,
    // Whoever reads its history goes by the time: no two moments of one dispute are the same.
    disputed_at: new Date(Math.max(now.getTime(), before + 1)),
  };
  await become(db, checkout, change, EVENTS[status], now);
  return true;
}

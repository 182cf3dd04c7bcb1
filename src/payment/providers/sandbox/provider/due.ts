import { sql } from 'kysely';
import type { Clock } from '../../../../platform/clock.ts';
import type { Database } from '../../../../platform/database.ts';
import { lockCheckout } from './checkouts.ts';
import { charge, expire } from './payer.ts';
import { settleRefund } from './refunds.ts';
import { inTransaction, reading, timeOf } from './tables.ts';

const AT_ONCE = 50;

export interface DueOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Does what time brings: payments that were promised come through, refunds end, and what nobody paid expires. Each is looked
 * at again under its lock, so that any number of processes may do this.
 */
export async function settleDue({ database, clock, signal }: DueOptions): Promise<void> {
  const db = reading(database);
  const now = clock();
  const due = sql<string>`${now}`;
  const checkouts = await db
    .selectFrom('sandbox_checkouts')
    .select('id')
    .where(({ or, and, eb }) =>
      or([
        eb('settle_at', '<=', due),
        and([eb('expires_at', '<=', due), eb('status', 'in', ['OPEN', 'AWAITING_APPROVAL'])]),
      ]),
    )
    .limit(AT_ONCE)
    .execute();
  for (const { id } of checkouts) {
    signal.throwIfAborted();
    await inTransaction(database, async tx => {
      const checkout = await lockCheckout(tx, id);
      if (!checkout) return;
      if (checkout.settle_at !== null && timeOf(checkout.settle_at) <= now) await charge(tx, checkout, now);
      else if (timeOf(checkout.expires_at) <= now) await expire(tx, checkout, now);
    });
  }

  const refunds = await db
    .selectFrom('sandbox_refunds')
    .select(['id', 'settle_as'])
    .where('settle_at', '<=', due)
    .limit(AT_ONCE)
    .execute();
  for (const { id, settle_as: as } of refunds) {
    signal.throwIfAborted();
    if (as !== null) await inTransaction(database, tx => settleRefund(tx, id, as, now));
  }
}

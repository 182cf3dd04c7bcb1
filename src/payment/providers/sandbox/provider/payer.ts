import { sql, type UpdateObject } from 'kysely';
import { lockCheckout } from './checkouts.ts';
import { type Misbehaviour, readMisbehaviour } from './misbehaviour.ts';
import { announce, type EventType } from './outbox.ts';
import { type Checkout, type SandboxTables, type Sql, timeOf } from './tables.ts';

/** What a payer can do on the page. Leaving it does nothing. */
export const PAYER_ACTIONS = [
  'PAY',
  'AUTHORISE_IN_APP',
  'PAY_LATER',
  'INSUFFICIENT_FUNDS',
  'DECLINE',
  'CANCEL',
] as const;
export type PayerAction = (typeof PAYER_ACTIONS)[number];

type Change = UpdateObject<SandboxTables, 'sandbox_checkouts'>;

/** Whether anything the payer does still counts. */
export const isOpen = ({ status }: Pick<Checkout, 'status'>): boolean =>
  status === 'OPEN' || status === 'AWAITING_APPROVAL';

/**
 * Does what the payer decided, once: where the checkout is over, by another tab or by the time, it stays as it is. Answers
 * with what it is then; undefined where there is none.
 */
export async function decide(db: Sql, id: string, action: PayerAction, now: Date): Promise<Checkout | undefined> {
  const checkout = await lockCheckout(db, id);
  if (!checkout) return undefined;
  if (isOpen(checkout) && timeOf(checkout.expires_at) <= now) return expire(db, checkout, now);
  if (action === 'CANCEL') return cancel(db, checkout, now);
  if (!isOpen(checkout)) return checkout;
  switch (action) {
    case 'PAY':
      return charge(db, checkout, now);
    case 'AUTHORISE_IN_APP':
      if (checkout.status === 'AWAITING_APPROVAL') return checkout;
      return become(db, checkout, { status: 'AWAITING_APPROVAL', ...NO_FAILURE }, 'checkout.awaiting_approval', now);
    case 'PAY_LATER': {
      const settleAt = later(await readMisbehaviour(db), now);
      const change = { status: 'PROCESSING', settle_at: settleAt, ...NO_FAILURE } as const;
      return become(db, checkout, change, 'checkout.processing', now);
    }
    case 'INSUFFICIENT_FUNDS':
      // The payer may try again.
      return become(db, checkout, { status: 'OPEN', ...INSUFFICIENT_FUNDS }, 'checkout.failed', now);
    case 'DECLINE':
      return end(db, checkout, { status: 'FAILED', ...DECLINED }, 'checkout.failed', now);
  }
}

const NO_FAILURE = { failure_code: null, failure_message: null } as const;
const INSUFFICIENT_FUNDS = {
  failure_code: 'insufficient_funds',
  failure_message: 'There is not enough money in the account.',
} as const;
const DECLINED = { failure_code: 'declined', failure_message: 'The bank declined the payment.' } as const;

/**
 * Takes the money, whatever became of the checkout before: so a success can come late. Of one that is paid already nothing
 * is taken. `amount` where it is another one than was asked for.
 */
export async function charge(db: Sql, checkout: Checkout, now: Date, amount?: bigint): Promise<Checkout> {
  if (checkout.status === 'PAID') return checkout;
  const change: Change = {
    status: 'PAID',
    // Counted by the row itself: two who charge at once are seen.
    charges: sql<number>`charges + 1`,
    paid_amount: amount ?? BigInt(checkout.amount),
    paid_at: now,
    settle_at: null,
    ...NO_FAILURE,
  };
  return become(db, checkout, change, 'checkout.paid', now);
}

/** Nobody can pay it any more. One that is paid stays paid, and one that is over stays over. */
export async function cancel(db: Sql, checkout: Checkout, now: Date): Promise<Checkout> {
  if (!isOpen(checkout) && checkout.status !== 'PROCESSING') return checkout;
  return end(db, checkout, { status: 'CANCELED' }, 'checkout.canceled', now);
}

export async function expire(db: Sql, checkout: Checkout, now: Date): Promise<Checkout> {
  if (!isOpen(checkout)) return checkout;
  return end(db, checkout, { status: 'EXPIRED' }, 'checkout.expired', now);
}

/** The end, unless late successes are asked for. */
async function end(db: Sql, checkout: Checkout, change: Change, type: EventType, now: Date): Promise<Checkout> {
  const misbehaviour = await readMisbehaviour(db);
  const settleAt = misbehaviour.succeedLate ? later(misbehaviour, now) : null;
  return become(db, checkout, { ...change, settle_at: settleAt }, type, now);
}

const later = ({ laterSeconds }: Misbehaviour, now: Date): Date => new Date(now.getTime() + laterSeconds * 1000);

/** Changes the locked checkout, and tells the merchant. */
export async function become(db: Sql, { id }: Checkout, change: Change, type: EventType, now: Date): Promise<Checkout> {
  const changed = await db
    .updateTable('sandbox_checkouts')
    .set({ ...change, updated_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await announce(db, changed, type, now);
  return changed;
}

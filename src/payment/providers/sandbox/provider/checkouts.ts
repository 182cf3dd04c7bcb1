import { randomBytes } from 'node:crypto';
import type { Checkout, Sql } from './tables.ts';

export interface NewCheckout {
  /** The same key again is the same checkout. */
  readonly key: string;
  readonly reference: string;
  readonly description: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly method: Checkout['method'];
  readonly phone: string | null;
  readonly returnUrl: string;
  readonly expiresAt: Date;
}

/** Null where the key was used for another checkout. */
export async function createCheckout(db: Sql, wanted: NewCheckout, now: Date): Promise<Checkout | null> {
  const same = {
    reference: wanted.reference,
    amount: wanted.amount,
    currency: wanted.currency,
    method: wanted.method,
    masked_phone: wanted.phone === null ? null : masked(wanted.phone),
    return_url: wanted.returnUrl,
  };
  // The id alone opens the page.
  const id = `sbc_${randomBytes(24).toString('base64url')}`;
  const made = await db
    .insertInto('sandbox_checkouts')
    .values({
      ...same,
      id,
      idempotency_key: wanted.key,
      description: wanted.description,
      status: wanted.method === 'MOBILE_WALLET' ? 'AWAITING_APPROVAL' : 'OPEN',
      expires_at: wanted.expiresAt,
      created_at: now,
      updated_at: now,
    })
    .onConflict(conflict => conflict.column('idempotency_key').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made) return made;
  const found = await db
    .selectFrom('sandbox_checkouts')
    .selectAll()
    .where('idempotency_key', '=', wanted.key)
    .executeTakeFirstOrThrow();
  const isSame =
    found.reference === same.reference &&
    found.amount === String(same.amount) &&
    found.currency === same.currency &&
    found.method === same.method &&
    found.masked_phone === same.masked_phone &&
    found.return_url === same.return_url;
  return isSame ? found : null;
}

/** A number is kept as far as a person recognizes their own by it. */
const masked = (phone: string): string => `${'*'.repeat(Math.max(phone.length - 3, 0))}${phone.slice(-3)}`.slice(-20);

export const findCheckout = (db: Sql, id: string): Promise<Checkout | undefined> =>
  db.selectFrom('sandbox_checkouts').selectAll().where('id', '=', id).executeTakeFirst();

/** For whoever is going to change it: everybody else waits. */
export const lockCheckout = (db: Sql, id: string): Promise<Checkout | undefined> =>
  db.selectFrom('sandbox_checkouts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** The merchant's own reference finds the checkout whose creation was never answered. Newest first. */
export const checkoutsOfReference = (db: Sql, reference: string): Promise<Checkout[]> =>
  db
    .selectFrom('sandbox_checkouts')
    .selectAll()
    .where('reference', '=', reference)
    .orderBy('place', 'desc')
    .limit(100)
    .execute();

/** Newest first; `before` is the place of the last one of the page before. */
export async function listCheckouts(
  db: Sql,
  { before, limit }: { before: string | null; limit: number },
): Promise<{ checkouts: readonly Checkout[]; next: string | null }> {
  let query = db
    .selectFrom('sandbox_checkouts')
    .selectAll()
    .orderBy('place', 'desc')
    .limit(limit + 1);
  if (before !== null) query = query.where('place', '<', before);
  const found = await query.execute();
  const checkouts = found.slice(0, limit);
  return { checkouts, next: found.length > limit ? (checkouts.at(-1)?.place ?? null) : null };
}

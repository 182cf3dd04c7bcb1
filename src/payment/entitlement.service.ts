import { sql } from 'kysely';
import { type Plan, User } from '../identity/user.entity.ts';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { Order } from './order.entity.ts';

/** What a paid order gave, and has not been taken back. */
export interface Grant {
  readonly days: number;
  readonly grantedAt: Date;
}

const DAY_MS = 86_400_000;
/** However much is bought: later instants have no form that all clients read. */
const LAST_END_MS = Date.parse('9999-12-31T00:00:00Z');

/** When a plan ends that these gave, oldest first: each begins where the one before it ends, or when it was given. */
export const planEnd = (grants: readonly Grant[]): Date | null =>
  grants.reduce<Date | null>((end, { days, grantedAt }) => {
    const begin = end && end > grantedAt ? end : grantedAt;
    return new Date(Math.min(begin.getTime() + days * DAY_MS, LAST_END_MS));
  }, null);

/**
 * Gives what the order's products give, once, as soon as it is paid, and takes it back where all of the money went back.
 * Repeated, it changes nothing. The order has to be locked.
 */
export async function settleEntitlement(em: EntityManager, order: Order, now: Date): Promise<void> {
  const ownerId = order.owner?.id;
  if (!ownerId) return;
  const isEntitled = order.status === 'PAID' || order.status === 'PARTIALLY_REFUNDED';
  const db = sqlOf(em);
  const { rows: changed } = isEntitled
    ? await sql`
        insert into entitlements (order_id, owner_id, plan, days, granted_at)
        select ${order.id}, ${ownerId}, grants_plan, sum(grants_days * quantity), ${now}
        from order_lines join products on products.id = product_id
        where order_id = ${order.id} and grants_plan is not null group by grants_plan
        on conflict (order_id) do update set revoked_at = null where entitlements.revoked_at is not null
        returning 1
      `.execute(db)
    : await sql`
        update entitlements set revoked_at = ${now} where order_id = ${order.id} and revoked_at is null returning 1
      `.execute(db);
  if (changed.length > 0) await settlePlan(em, ownerId, now);
}

/** Writes the plan that follows from all that a person was given. One that was given for good stays. */
async function settlePlan(em: EntityManager, ownerId: string, now: Date): Promise<void> {
  // As an update locks it, and no stronger: rows that refer to the user, such as entitlements, hold it against a deletion
  // already, and two that did and then wanted all of it would wait for each other.
  await sql`select 1 from users where id = ${ownerId} for no key update`.execute(sqlOf(em));
  const user = await em.findOne(User, { id: ownerId }, { filters: { owner: false, live: false }, refresh: true });
  if (!user || (user.plan !== 'FREE' && !user.planExpiresAt)) return;
  // After the lock: two orders that are paid at one moment both count.
  const { rows } = await sql<{ plan: Plan; days: number; granted_at: string }>`
    select plan, days, granted_at from entitlements
    where owner_id = ${ownerId} and revoked_at is null order by granted_at, order_id
  `.execute(sqlOf(em));
  const end = planEnd(rows.map(row => ({ days: row.days, grantedAt: new Date(row.granted_at) })));
  const runs = end !== null && end > now;
  user.plan = runs ? 'PRO' : 'FREE';
  user.planExpiresAt = runs ? end : null;
}

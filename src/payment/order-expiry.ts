import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import { Order } from './order.entity.ts';

export const orderExpiry = defineJob({ name: 'order-expiry', data: NO_DATA, schedule: '* * * * *' });

/** Of one transaction, for which whoever begins to pay for one of them waits. */
const ORDERS_AT_ONCE = 100;

export interface OrderExpiryOptions {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * Closes every order that was not paid in time, unless an attempt to pay for it is under way: that one decides first. An
 * order that somebody is just changing is left for the next time. Any number of processes may do this at once. Answers
 * with how many were closed.
 */
export async function expireOrders({ transact, clock, signal }: OrderExpiryOptions): Promise<number> {
  for (let closed = 0; ; ) {
    signal?.throwIfAborted();
    const batch = await transact(null, em => expireBatch(em, clock()));
    closed += batch.closed;
    if (batch.locked < ORDERS_AT_ONCE) return closed;
  }
}

async function expireBatch(em: EntityManager, now: Date): Promise<{ locked: number; closed: number }> {
  const due = await lockDue(em, now);
  // Looked at once more under the lock: an attempt that was begun while the first statement ran is seen only now.
  const live = await withLiveAttempt(em, due);
  const orders = await em.find(
    Order,
    { id: { $in: due.filter(id => !live.has(id)) } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' }, filters: { owner: false } },
  );
  for (const order of orders) order.close('EXPIRED', now);
  return { locked: due.length, closed: orders.length };
}

/** As the index payments_live_key has it. */
const LIVE = sql`payments.status in ('CREATED', 'PENDING') and payments.superseded_at is null`;

async function lockDue(em: EntityManager, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select orders.id from orders
    where orders.status = 'OPEN' and orders.expires_at <= ${now}
      and not exists (select 1 from payments where payments.order_id = orders.id and ${LIVE})
    order by orders.expires_at limit ${ORDERS_AT_ONCE} for update skip locked
  `.execute(sqlOf(em));
  return rows.map(({ id }) => id);
}

async function withLiveAttempt(em: EntityManager, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select payments.order_id as id from payments where payments.order_id = any(${orderIds}::uuid[]) and ${LIVE}
  `.execute(sqlOf(em));
  return new Set(rows.map(({ id }) => id));
}

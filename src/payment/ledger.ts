import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { Order } from './order.entity.ts';
import { Payment } from './payment.entity.ts';
import { Refund } from './refund.entity.ts';
import { type Fact, type FactSource, factKey, type PaymentStatus } from './state/fact.ts';
import { factFromJson, factToJson } from './state/fact-record.ts';

/** Everybody's: whoever asks has looked at whose it is, or is the provider. */
const ANYBODY = { filters: { owner: false }, refresh: true } as const;

/** An order and what was done to pay for it, locked in one order, so that two who change it do so one after the other. */
export interface Ledger {
  readonly order: Order;
  /** All attempts, oldest first. */
  readonly payments: readonly Payment[];
  /** Of all attempts. */
  readonly refunds: readonly Refund[];
}

/** What whoever changes a ledger needs beside it. */
export interface Applying {
  readonly jobs: Jobs;
  readonly now: Date;
}

/** Locks until the commit. First in a transaction, before anything of it is read: what was read before may be old. */
export async function lockLedger(em: EntityManager, orderId: string): Promise<Ledger> {
  const order = await em.findOneOrFail(Order, { id: orderId }, { ...ANYBODY, lockMode: LockMode.PESSIMISTIC_WRITE });
  const payments = await em.find(
    Payment,
    { order: { id: orderId } },
    { ...ANYBODY, lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  const refunds = await em.find(
    Refund,
    { payment: { id: { $in: payments.map(({ id }) => id) } } },
    { ...ANYBODY, orderBy: { id: 'asc' } },
  );
  return { order, payments, refunds };
}

/** The order of a payment; null where there is no such payment. */
export async function orderIdOf(em: EntityManager, paymentId: string): Promise<string | null> {
  const { rows } = await sql<{ order_id: string }>`select order_id from payments where id = ${paymentId}`.execute(
    sqlOf(em),
  );
  return rows[0]?.order_id ?? null;
}

/** A fact as it is kept, with when it was learnt here. */
export interface KeptFact {
  readonly fact: Fact;
  readonly learntAt: Date;
}

/** Oldest first. */
export async function readFacts(
  em: EntityManager,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly KeptFact[]>> {
  const { rows } = await sql<{ payment_id: string; fact: unknown; at: string }>`
    select payment_id, fact, at from payment_facts where payment_id = any(${[...paymentIds]}::uuid[]) order by id
  `.execute(sqlOf(em));
  const kept = Map.groupBy(rows, row => row.payment_id);
  return new Map(
    paymentIds.map(id => [
      id,
      (kept.get(id) ?? []).map(({ fact, at }) => ({ fact: factFromJson(fact), learntAt: new Date(at) })),
    ]),
  );
}

/** `statuses`: what the payment's status is once each of them is known. */
export async function addFacts(
  em: EntityManager,
  paymentId: string,
  facts: readonly { readonly fact: Fact; readonly status: PaymentStatus }[],
  source: FactSource,
  at: Date,
): Promise<void> {
  for (const { fact, status } of facts)
    await sql`
      insert into payment_facts (payment_id, key, source, fact, status, at)
      values (${paymentId}, ${factKey(fact)}, ${source}, ${JSON.stringify(factToJson(fact))}::jsonb, ${status}, ${at})
    `.execute(sqlOf(em));
}

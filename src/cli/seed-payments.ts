import { forkFor } from '../change/transact.ts';
import type { Services } from '../graphql/context.ts';
import { Order } from '../payment/order.entity.ts';
import { Payment } from '../payment/payment.entity.ts';
import { preparePayment } from '../payment/payment.service.ts';
import { decide } from '../payment/providers/sandbox/provider/payer.ts';
import { inTransaction } from '../payment/providers/sandbox/provider/tables.ts';
import { prepareRefund } from '../payment/refund.service.ts';
import { toGlobalId } from '../platform/ids.ts';
import type { SeededPerson } from './seed-people.ts';

/** What becomes of an attempt to pay. */
export type Outcome = 'PAID' | 'DECLINED' | 'REFUNDED' | 'PARTLY_REFUNDED' | 'PENDING';

export interface SeedPayment {
  readonly owner: SeededPerson;
  /** Who gives money back. */
  readonly admin: SeededPerson;
  /** A UUID. */
  readonly orderId: string;
  readonly publicUrl: string;
}

/** The same for each: with them a repeat finds what is there. */
const KEY = 'seed';

/**
 * Goes the whole way to the outcome, or the rest of it where an earlier run was cut off; nothing where there is no sandbox.
 * The provider is asked afterwards, as its messages come only to a server that does jobs.
 */
export async function payBySandbox(services: Services, wanted: SeedPayment, outcome: Outcome): Promise<void> {
  const { database, clock, payments } = services;
  if (!payments.adapters.has('SANDBOX')) return;
  const id = await findOrStart(services, wanted);
  if (id === null) return;
  const payment = await readPayment(services, id);
  const { providerReference } = payment;
  if (payment.status === 'PENDING' && typeof providerReference === 'string' && outcome !== 'PENDING') {
    const action = outcome === 'DECLINED' ? 'DECLINE' : 'PAY';
    await inTransaction(database, db => decide(db, providerReference, action, clock()));
    await payments.calls.ask(id);
  }
  if (outcome === 'REFUNDED' || outcome === 'PARTLY_REFUNDED') await refund(services, wanted, id, outcome);
}

/** Null where it can be paid no more. */
async function findOrStart(services: Services, { owner, orderId, publicUrl }: SeedPayment): Promise<string | null> {
  const { database, transact, payments, jobs, clock } = services;
  const em = forkFor(database, owner.viewer.userId);
  const order = await em.findOneOrFail(Order, { id: orderId });
  const known = await em.findOne(Payment, { order: { id: orderId }, idempotencyKey: KEY });
  if (!known && order.status !== 'OPEN') return null;
  const request = {
    orderId: toGlobalId('order', orderId),
    provider: 'SANDBOX',
    method: 'HOSTED',
    returnUrl: `${publicUrl}/orders/${toGlobalId('order', orderId)}`,
    idempotencyKey: KEY,
  } as const;
  const rules = { adapters: payments.adapters, allowsOrigin: payments.allowsOrigin, jobs, now: clock() };
  const { id } = known ?? (await transact(owner.viewer.userId, one => preparePayment(one, request, rules)));
  await payments.calls.start(id);
  return id;
}

async function refund(services: Services, { admin }: SeedPayment, id: string, outcome: Outcome): Promise<void> {
  const { transact, payments, jobs, clock } = services;
  const payment = await readPayment(services, id);
  if (payment.status !== 'SUCCEEDED') return;
  const input = {
    paymentId: toGlobalId('payment', id),
    amount: outcome === 'PARTLY_REFUNDED' ? payment.amount / 3n : null,
    reason: outcome === 'PARTLY_REFUNDED' ? 'One of three came damaged' : 'Sent back',
    idempotencyKey: KEY,
  };
  const rules = { adapters: payments.adapters, jobs, now: clock() };
  const { id: refundId } = await transact(null, em => prepareRefund(em, admin.viewer, input, rules));
  await payments.calls.refund(refundId);
}

const readPayment = ({ database }: Services, id: string) =>
  forkFor(database, null).findOneOrFail(Payment, { id }, { filters: { owner: false } });

import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import { fromGlobalId } from '../platform/ids.ts';
import { type Ledger, lockLedger, orderIdOf } from './ledger.ts';
import type { Payment } from './payment.entity.ts';
import { noSuchPayment } from './payment.service.ts';
import type { Refund } from './refund.entity.ts';

interface LockedPayment {
  readonly ledger: Ledger;
  readonly payment: Payment;
}

/** Anybody's, locked with all of its order: for admins. Throws NOT_FOUND. */
export async function lockPayment(em: EntityManager, id: string, path: readonly string[]): Promise<LockedPayment> {
  const uuid = fromGlobalId('payment', id);
  const orderId = uuid && (await orderIdOf(em, uuid));
  const ledger = orderId ? await lockLedger(em, orderId) : null;
  const payment = ledger?.payments.find(one => one.id === uuid);
  if (!ledger || !payment) throw noSuchPayment(path);
  return { ledger, payment };
}

/** The same, by one of its refunds. */
export async function lockRefund(em: EntityManager, id: string): Promise<LockedPayment & { refund: Refund }> {
  const uuid = fromGlobalId('refund', id);
  const { rows } = await sql<{ payment_id: string }>`select payment_id from refunds where id = ${uuid}`.execute(
    sqlOf(em),
  );
  const orderId = rows[0] && (await orderIdOf(em, rows[0].payment_id));
  const ledger = orderId ? await lockLedger(em, orderId) : null;
  const refund = ledger?.refunds.find(one => one.id === uuid);
  const payment = ledger?.payments.find(one => one.id === refund?.payment.id);
  if (!ledger || !refund || !payment)
    throw new UserInputError('NOT_FOUND', ['input', 'refundId'], 'There is no such refund.');
  return { ledger, payment, refund };
}

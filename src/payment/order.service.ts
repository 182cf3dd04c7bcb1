import { LockMode } from '@mikro-orm/core';
import { User } from '../identity/user.entity.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { EntityManager } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import { fromGlobalId, newId } from '../platform/ids.ts';
import { paymentCancel } from './jobs/payment-jobs.ts';
import type { Applying } from './ledger.ts';
import { Order } from './order.entity.ts';
import { insertOrderLines } from './order-line.reads.ts';
import { freeOrderNumber } from './order-number.ts';
import { checkOrderLines, type OrderedLine, priceOrder } from './order-pricing.ts';
import { Payment } from './payment.entity.ts';
import { isSku } from './product.entity.ts';
import { readPrices, readProductsBySku } from './product.reads.ts';

const HOUR_MS = 3_600_000;

export interface NewOrder {
  readonly lines: readonly OrderedLine[];
  readonly currency: string;
}

export interface OrderSettings {
  /** So long an order waits for a payment. */
  readonly ttlHours: number;
}

/** Throws NOT_FOUND and INVALID, with every fault at once. */
export async function placeOrder(
  em: EntityManager,
  viewer: Viewer,
  { lines, currency }: NewOrder,
  { ttlHours, now }: OrderSettings & { now: Date },
): Promise<Order> {
  checkOrderLines(lines);
  const products = await readProductsBySku(em, lines.map(({ sku }) => sku).filter(isSku));
  const prices = await readPrices(
    em,
    products.map(({ id }) => id),
  );
  const priced = priceOrder(lines, currency, { products, prices });
  const order = em.create(Order, {
    id: newId(),
    number: await freeOrderNumber(em),
    owner: em.getReference(User, viewer.userId),
    currency,
    totalAmount: priced.total,
    expiresAt: new Date(now.getTime() + ttlHours * HOUR_MS),
  });
  em.persist(order);
  // Its lines are no entities: they are written once, and refer to it.
  await em.flush();
  await insertOrderLines(em, order.id, priced.lines);
  return order;
}

export const noSuchOrder = (path: readonly string[]) =>
  new UserInputError('NOT_FOUND', path, 'There is no such order.');

/** Closes the viewer's own order, and has its attempt under way canceled. */
export async function cancelOrder(em: EntityManager, id: string, { jobs, now }: Applying): Promise<Order> {
  const uuid = fromGlobalId('order', id);
  const order = uuid ? await em.findOne(Order, { id: uuid }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!order) throw noSuchOrder(['id']);
  if (order.closedAs === 'CANCELED') return order;
  if (order.status !== 'OPEN')
    throw new UserInputError(
      'NOT_ALLOWED',
      ['id'],
      `The order cannot be canceled: it is ${order.status.toLowerCase().replace('_', ' ')}.`,
    );
  order.close('CANCELED', now);
  const payments = await em.find(Payment, { order: { id: order.id } });
  for (const payment of payments.filter(one => one.isLive))
    await jobs.enqueue(em, paymentCancel, { paymentId: payment.id });
  return order;
}

import { User } from '../identity/user.entity.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { EntityManager } from '../platform/database.ts';
import { newId } from '../platform/ids.ts';
import { Order } from './order.entity.ts';
import { insertOrderLines } from './order-line.reads.ts';
import { freeOrderNumber } from './order-number.ts';
import { checkOrderLines, type OrderedLine, priceOrder } from './order-pricing.ts';
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

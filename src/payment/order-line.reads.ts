import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { runStatement, slot } from '../platform/statement.ts';

interface Tables {
  orders: { id: string; currency: string };
  order_lines: { order_id: string; place: number; product_id: string; quantity: number; unit_amount: string };
}

export interface OrderLineRow {
  readonly orderId: string;
  readonly productId: string;
  readonly quantity: number;
  /** A bigint's digits. */
  readonly unitAmount: string;
  /** The order's. */
  readonly currency: string;
}

/** The lines of these orders, each order's in the order in which they were given. */
export async function readOrderLines(em: EntityManager, orderIds: readonly string[]): Promise<OrderLineRow[]> {
  const db = sqlOf<Tables>(em);
  return runStatement(
    db,
    'lines by order',
    () =>
      db
        .selectFrom('order_lines')
        .innerJoin('orders', 'orders.id', 'order_lines.order_id')
        .select([
          'order_id as orderId',
          'product_id as productId',
          'quantity',
          'unit_amount as unitAmount',
          'orders.currency',
        ])
        .where('order_id', '=', sql<string>`any(${slot('orderIds')}::uuid[])`)
        .orderBy('order_id')
        .orderBy('place'),
    { orderIds },
  );
}

export interface NewOrderLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitAmount: bigint;
}

/** In the unit of work's own transaction, behind its order. Lines are never changed. */
export async function insertOrderLines(
  em: EntityManager,
  orderId: string,
  lines: readonly NewOrderLine[],
): Promise<void> {
  const db = sqlOf<Tables>(em);
  await db
    .insertInto('order_lines')
    .values(
      lines.map(({ productId, quantity, unitAmount }, place) => ({
        order_id: orderId,
        place,
        product_id: productId,
        quantity,
        unit_amount: unitAmount.toString(),
      })),
    )
    .execute();
}

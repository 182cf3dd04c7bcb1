import { manyByKey, oneByKey } from '../platform/batch.ts';
import type { EntityManager } from '../platform/database.ts';
import { ownedLists } from '../platform/owned-list.ts';
import { type ListedOrder, type OrderRow, readOrdersById } from './order.reads.ts';
import { type OrderLineRow, readOrderLines } from './order-line.reads.ts';

export type OrderLoaders = ReturnType<typeof createOrderLoaders>;

/** For one operation. What a loader finds is not yet what the viewer may see: the field that asks has to know. */
export const createOrderLoaders = (em: EntityManager) => ({
  byId: oneByKey(
    (ids: readonly string[]) => readOrdersById(em, ids),
    (order: OrderRow) => order.id,
  ),
  lines: manyByKey(
    (orderIds: readonly string[]) => readOrderLines(em, orderIds),
    (line: OrderLineRow) => line.orderId,
  ),
  /** By the owner's id. */
  ofOwner: ownedLists<ListedOrder>(em),
});

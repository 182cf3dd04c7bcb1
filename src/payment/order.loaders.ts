import { loaderFor, manyByKey, oneByKey } from '../platform/batch.ts';
import type { EntityManager } from '../platform/database.ts';
import type { PageRequest } from '../platform/page.ts';
import {
  countOrders,
  type OrderFilter,
  type OrderRow,
  ownersWithOrdersOutside,
  readOrderPages,
  readOrdersById,
} from './order.reads.ts';
import { type OrderLineRow, readOrderLines } from './order-line.reads.ts';

export type OrderLoaders = ReturnType<typeof createOrderLoaders>;

interface List {
  readonly filter: OrderFilter;
  readonly page: PageRequest;
}

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
  /** What several people are asked for alike is one query. The key is the person's id, here and below. */
  page: loaderFor(({ filter, page }: List) =>
    oneByKey((ownerIds: readonly string[]) => readOrderPages(em, ownerIds, filter, page), ownerIdOf),
  ),
  count: loaderFor((filter: OrderFilter) =>
    oneByKey((ownerIds: readonly string[]) => countOrders(em, ownerIds, filter), ownerIdOf),
  ),
  outside: loaderFor(({ filter, page, side }: List & { side: 'after' | 'before' }) =>
    oneByKey((ownerIds: readonly string[]) => ownersWithOrdersOutside(em, ownerIds, filter, page, side), ownerIdOf),
  ),
});

const ownerIdOf = ({ ownerId }: { ownerId: string }) => ownerId;

import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { type Condition, given } from '../platform/filter.ts';
import type { OwnedList } from '../platform/owned-list.ts';
import type { ConnectionSource, EdgeSource, SortOrder } from '../platform/page.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Order } from './order.entity.ts';
import type { OrderStatus } from './state/order-state.ts';

interface Tables {
  orders: { id: string };
}

const COLUMNS = {
  id: 'orders.id',
  number: 'orders.number',
  ownerId: 'orders.owner_id',
  currency: 'orders.currency',
  totalAmount: 'orders.total_amount',
  paidAmount: 'orders.paid_amount',
  status: 'orders.status',
  paidAt: 'orders.paid_at',
  expiresAt: 'orders.expires_at',
  createdAt: 'orders.created_at',
  updatedAt: 'orders.updated_at',
} as const;
type OrderProperty = keyof typeof COLUMNS;
const columns = selectProperties(COLUMNS, Object.keys(COLUMNS) as OrderProperty[]);

export type OrderRow = RowOf<Order, OrderProperty>;
/** An order as its resolvers find it: a row that was read, or the entity that a mutation wrote. */
export type OrderSource = OrderRow | Order;
export type ListedOrder = OrderRow & { sortKey: string };
export type OrderConnectionSource = ConnectionSource<ListedOrder>;
export type OrderEdgeSource = EdgeSource<ListedOrder>;

export interface OrderFilter {
  readonly statuses?: readonly OrderStatus[] | null | undefined;
}

/** The one order in which orders are listed; as the index orders_owner_idx has it. */
const NEWEST_ORDERS_FIRST: SortOrder = {
  name: 'CREATED_AT',
  direction: 'DESC',
  id: sql`orders.id`,
  ...timestampKey(sql`orders.created_at`),
};

function conditionsOf({ statuses }: OrderFilter): Condition[] {
  if (!given(statuses)) return [];
  return [
    {
      name: 'statuses',
      sql: sql<boolean>`orders.status = any(${slot('statuses')}::text[])`,
      values: { statuses: [...new Set(statuses)] },
    },
  ];
}

/** A person's orders. */
export const orderList = (filter: OrderFilter): OwnedList => ({
  name: 'orders',
  table: 'orders',
  owner: 'orders.owner_id',
  order: NEWEST_ORDERS_FIRST,
  shown: { name: '', select: rows => rows.select(columns) },
  conditions: () => conditionsOf(filter),
});

/** Orders by id, whosever they are: what shows one has to know that it may. */
export async function readOrdersById(em: EntityManager, ids: readonly string[]): Promise<OrderRow[]> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    'orders by id',
    () =>
      db
        .selectFrom('orders')
        .select(columns)
        .where('orders.id', '=', sql<string>`any(${slot('ids')}::uuid[])`),
    { ids },
  );
  return rows as OrderRow[];
}

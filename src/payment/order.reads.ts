import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { type Condition, filtered, given, shapeOf, valuesOf } from '../platform/filter.ts';
import {
  type ConnectionSource,
  type EdgeSource,
  notBeyond,
  type Page,
  type PageRequest,
  pageShape,
  pageValues,
  type SortOrder,
  selectPage,
  toPage,
} from '../platform/page.ts';
import { oneOfEach, pageOfEach, parentsWith } from '../platform/parents.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Order } from './order.entity.ts';
import type { OrderStatus } from './state/order-state.ts';

interface Tables {
  orders: { id: string; owner_id: string | null };
  parent: { id: string };
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
export type ListedOrder = OrderRow & { ownerId: string; sortKey: string };
export type OrderConnectionSource = ConnectionSource<ListedOrder>;
export type OrderEdgeSource = EdgeSource<ListedOrder>;

export interface OrderFilter {
  readonly statuses?: readonly OrderStatus[] | null | undefined;
}

/** The one order in which orders are listed; as the index orders_owner_idx has it. */
export const NEWEST_ORDERS_FIRST: SortOrder = {
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

/** The one way to start a list of orders: those of one person. Who may see them is the caller's to ask. */
const ordersOf = (db: Kysely<Tables>, owner: RawBuilder<string>) =>
  db.selectFrom('orders').where('orders.owner_id', '=', owner);
const PARENT = sql.ref<string>('parent.id');

/** The same page of each person's orders, in one query. Every person has an entry. */
export async function readOrderPages(
  em: EntityManager,
  ownerIds: readonly string[],
  filter: OrderFilter,
  page: PageRequest,
): Promise<{ ownerId: string; page: Page<ListedOrder> }[]> {
  const db = sqlOf<Tables>(em);
  const conditions = conditionsOf(filter);
  const pageOf = (owner: RawBuilder<string>) =>
    selectPage(filtered(ordersOf(db, owner).select(columns), conditions), NEWEST_ORDERS_FIRST, page);
  const [only, ...others] = ownerIds;
  const several = others.length > 0;
  const rows = (await runStatement<Tables, unknown>(
    db,
    `orders ${several ? 'of each' : 'of one'} ${shapeOf(conditions)} / ${pageShape(NEWEST_ORDERS_FIRST, page)}`,
    () => ({
      // Of one it is known how many they have: from the average's plan, a page of somebody's many would sort them all.
      compile: () => (several ? pageOfEach(pageOf(PARENT)).compile(db) : pageOf(slot('ownerId')).compile()),
    }),
    { parentIds: ownerIds, ownerId: only, ...valuesOf(conditions), ...pageValues(page) },
  )) as ListedOrder[];
  const byOwner = Map.groupBy(rows, row => row.ownerId);
  return ownerIds.map(ownerId => ({ ownerId, page: toPage(byOwner.get(ownerId) ?? [], page) }));
}

/** How many orders of each person the filter leaves. */
export async function countOrders(em: EntityManager, ownerIds: readonly string[], filter: OrderFilter) {
  const db = sqlOf<Tables>(em);
  const conditions = conditionsOf(filter);
  const count = filtered(ordersOf(db, PARENT).select(sql<string>`count(*)`.as('count')), conditions);
  const rows = await runStatement(
    db,
    `count orders ${shapeOf(conditions)}`,
    () => ({ compile: () => oneOfEach<{ count: string }>(count).compile(db) }),
    { parentIds: ownerIds, ...valuesOf(conditions) },
  );
  return rows.map(row => ({ ownerId: row.parentId, count: Number.parseInt(row.count, 10) }));
}

/** Which of the people have orders in the list beyond the page's `after` or `before`. */
export async function ownersWithOrdersOutside(
  em: EntityManager,
  ownerIds: readonly string[],
  filter: OrderFilter,
  page: PageRequest,
  side: 'after' | 'before',
) {
  const db = sqlOf<Tables>(em);
  const conditions = conditionsOf(filter);
  const outside = filtered(ordersOf(db, PARENT).select('orders.id'), conditions).where(
    notBeyond(NEWEST_ORDERS_FIRST, side),
  );
  const rows = await runStatement(
    db,
    `orders outside ${side} ${shapeOf(conditions)} / ${pageShape(NEWEST_ORDERS_FIRST, page)}`,
    () => ({ compile: () => parentsWith(outside).compile(db) }),
    { parentIds: ownerIds, ...valuesOf(conditions), ...pageValues(page) },
  );
  return rows.map(row => ({ ownerId: row.parentId }));
}

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

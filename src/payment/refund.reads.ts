import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { ConnectionSource, EdgeSource, SortOrder } from '../platform/page.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { WholeList } from '../platform/whole-list.ts';
import type { Refund } from './refund.entity.ts';

interface Tables {
  refunds: { id: string; payment_id: string };
}

const COLUMNS = {
  id: 'refunds.id',
  paymentId: 'refunds.payment_id',
  ownerId: 'refunds.owner_id',
  amount: 'refunds.amount',
  currency: 'refunds.currency',
  status: 'refunds.status',
  needsManual: 'refunds.needs_manual',
  providerReference: 'refunds.provider_reference',
  reason: 'refunds.reason',
  failureMessage: 'refunds.failure_message',
  createdAt: 'refunds.created_at',
} as const;
type RefundProperty = keyof typeof COLUMNS;
const columns = selectProperties(COLUMNS, Object.keys(COLUMNS) as RefundProperty[]);

export type RefundRow = RowOf<Refund, RefundProperty>;
/** A refund as its resolvers find it: a row that was read, or the entity that a mutation wrote. */
export type RefundSource = RefundRow | Refund;
export type ListedRefund = RefundRow & { sortKey: string };
export type RefundConnectionSource = ConnectionSource<ListedRefund>;
export type RefundEdgeSource = EdgeSource<ListedRefund>;

/** Oldest first, whosever they are: what shows one has to know that it may. */
export async function readRefunds(
  em: EntityManager,
  by: 'id' | 'payment_id',
  ids: readonly string[],
): Promise<RefundRow[]> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    `refunds by ${by}`,
    () =>
      db
        .selectFrom('refunds')
        .select(columns)
        .where(`refunds.${by}`, '=', sql<string>`any(${slot('ids')}::uuid[])`)
        .orderBy('refunds.id'),
    { ids },
  );
  return rows as RefundRow[];
}

/** As the index refunds_manual_idx has it. */
const LONGEST_WAITING_FIRST: SortOrder = {
  name: 'CREATED_AT',
  direction: 'ASC',
  id: sql`refunds.id`,
  ...timestampKey(sql`refunds.created_at`),
};

/** Refunds that an admin has to settle. */
export const MANUAL_REFUNDS: WholeList = {
  name: 'manual refunds',
  table: 'refunds',
  condition: { name: 'open', sql: sql`refunds.needs_manual and refunds.status in ('REQUESTED', 'PENDING')` },
  columns,
  order: LONGEST_WAITING_FIRST,
};

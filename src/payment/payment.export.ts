import { type RawBuilder, sql } from 'kysely';
import { rowsOf } from '../platform/cursor-rows.ts';
import type { EntityManager } from '../platform/database.ts';
import type { ExportSection } from '../platform/export/json-export.ts';
import { type IdPrefix, toGlobalId } from '../platform/ids.ts';
import { instantText } from '../platform/instant.ts';

/** What a person ordered, paid and got back, oldest first. Amounts are digits of the currency's smallest unit. */
export const paymentExport: readonly ExportSection[] = [
  { name: 'orders', many: readOrders },
  { name: 'payments', many: readPayments },
  { name: 'refunds', many: readRefunds },
];

function readOrders(em: EntityManager, ownerId: string) {
  return written(
    em,
    'exported_orders',
    { id: 'order' },
    sql`
      select id, number, status, currency, total_amount::text as "totalAmount", paid_amount::text as "paidAmount",
        (
          select json_agg(json_build_object('sku', sku, 'quantity', quantity, 'unitAmount', unit_amount::text) order by place)
          from order_lines join products on products.id = product_id where order_id = orders.id
        ) as lines,
        created_at as "createdAt", expires_at as "expiresAt", paid_at as "paidAt", closed_at as "closedAt"
      from orders where owner_id = ${ownerId} order by created_at, id`,
  );
}

function readPayments(em: EntityManager, ownerId: string) {
  return written(
    em,
    'exported_payments',
    { id: 'payment', orderId: 'order' },
    sql`
      select id, order_id as "orderId", provider, method, status, currency, amount::text as amount,
        refunded_amount::text as "refundedAmount", provider_reference as "providerReference", phone_number as "phoneNumber",
        failure_message as "failureMessage", created_at as "createdAt", succeeded_at as "succeededAt"
      from payments where owner_id = ${ownerId} order by created_at, id`,
  );
}

function readRefunds(em: EntityManager, ownerId: string) {
  return written(
    em,
    'exported_refunds',
    { id: 'refund', paymentId: 'payment' },
    sql`
      select id, payment_id as "paymentId", status, currency, amount::text as amount, reason,
        created_at as "createdAt", succeeded_at as "succeededAt"
      from refunds where owner_id = ${ownerId} order by created_at, id`,
  );
}

type Row = Record<string, unknown>;

/** Pages of rows, with ids and instants as the API shows them. */
async function* written(
  em: EntityManager,
  cursor: string,
  ids: Readonly<Record<string, IdPrefix>>,
  query: RawBuilder<unknown>,
): AsyncGenerator<readonly object[], void, void> {
  for await (const rows of rowsOf<Row>(em, cursor, query as RawBuilder<Row>))
    yield rows.map(row =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          const prefix = ids[name];
          if (prefix) return [name, toGlobalId(prefix, String(value))];
          return [name, name.endsWith('At') && value !== null ? instantText(String(value)) : value];
        }),
      ),
    );
}

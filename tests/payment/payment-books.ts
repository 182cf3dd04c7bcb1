import { planEnd } from '../../src/payment/entitlement.service.ts';
import type { TestDatabase } from '../support/database.ts';
import { until } from '../support/wait.ts';

export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly provider: string;
  readonly status: string;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly pending: bigint;
  readonly flags: readonly string[];
  readonly succeeded_at: Date | null;
}

export interface RefundRow {
  readonly id: string;
  readonly payment_id: string;
  readonly origin: string;
  readonly status: string;
  readonly amount: bigint;
  /** Mails about it that were enqueued, ever. */
  readonly mails: number;
}

/** All that is written of one order. */
export interface Book {
  readonly id: string;
  readonly status: string;
  readonly total: bigint;
  readonly paid: bigint;
  /** Mails about the payment that were enqueued, ever. */
  readonly mails: number;
  readonly isEntitled: boolean;
  readonly payments: readonly PaymentRow[];
  readonly refunds: readonly RefundRow[];
}

const MAILS = `(select count(*)::int from pgboss.job where name = 'payment-mail' and data->>'mail' = $1 and data->>'id' = own.id::text)`;
const mailsOf = (mail: string) => MAILS.replace('$1', `'${mail}'`);

/** Of all orders, by their ids. */
export async function readBooks({ query }: TestDatabase): Promise<ReadonlyMap<string, Book>> {
  const [orders, payments, refunds] = await Promise.all([
    query(`select id, status, total_amount as total, paid_amount as paid, ${mailsOf('PAID')} as mails,
      exists (select 1 from entitlements where order_id = id and revoked_at is null) as "isEntitled" from orders as own`),
    query(`select id, order_id, provider, status, captured_amount as captured, refunded_amount as refunded,
      refund_pending_amount as pending, review_flags as flags, succeeded_at from payments order by id`),
    query(`select own.id, payment_id, order_id, origin, own.status, own.amount, ${mailsOf('REFUNDED')} as mails
      from refunds as own join payments on payments.id = payment_id order by own.id`),
  ]);
  const whole = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => (AMOUNTS.has(name) ? [name, BigInt(value as string)] : [name, value])),
    );
  const ofOrder = (rows: readonly object[], id: string) =>
    rows.filter(row => (row as { order_id: string }).order_id === id).map(whole);
  return new Map(
    orders.map(order => [
      String(order.id),
      {
        ...whole(order),
        payments: ofOrder(payments, String(order.id)),
        refunds: ofOrder(refunds, String(order.id)),
      } as unknown as Book,
    ]),
  );
}

const AMOUNTS = new Set(['total', 'paid', 'captured', 'refunded', 'pending', 'amount']);

/** No message waits, nor a job that could be done by now. */
export const untilQuiet = ({ query }: TestDatabase) =>
  until(
    'all messages and jobs are done',
    async () => {
      const [row] = await query(`select
        (select count(*)::int from provider_messages where status in ('RECEIVED', 'FAILED')) as messages,
        (select count(*)::int from pgboss.job where state < 'completed' and (start_after <= now() or state = 'retry')) as jobs`);
      return row?.messages === 0 && row.jobs === 0;
    },
    120_000,
  );

/** Whatever a message that is told again must leave as it is: rows, mails, the feed, and plans. */
export const readEverything = async ({ query }: TestDatabase): Promise<unknown> =>
  Object.fromEntries(
    await Promise.all(
      [
        'select * from orders order by id',
        'select to_jsonb(payments) - $$asked_at$$ - $$next_inquiry_at$$ - $$inquiries$$ - $$updated_at$$ from payments order by id',
        'select * from refunds order by id',
        'select payment_id, key from payment_facts order by id',
        'select * from entitlements order by order_id',
        'select id, plan, plan_expires_at from users order by id',
        'select owner_id, seq, entity, entity_id from changes order by 1, 2',
        'select id, key, status, attempts from provider_messages order by id',
        `select name, data from pgboss.job where name in ('payment-mail', 'provider-message') order by id`,
      ].map(async statement => [statement, await query(statement)] as const),
    ),
  );

/** The plans of people that are not what follows from what their orders gave them. */
export async function wrongPlans({ query }: TestDatabase, now: Date): Promise<object[]> {
  const people = await query(`select users.id, plan, plan_expires_at as until,
    coalesce((select jsonb_agg(jsonb_build_object('days', days, 'at', granted_at) order by granted_at, order_id)
      from entitlements where owner_id = users.id and revoked_at is null), '[]') as grants from users`);
  return people.filter(({ plan, until: told, grants }) => {
    const end = planEnd(
      (grants as { days: number; at: string }[]).map(({ days, at }) => ({ days, grantedAt: new Date(at) })),
    );
    const runs = end !== null && end > now;
    return plan !== (runs ? 'PRO' : 'FREE') || (told as Date | null)?.getTime() !== (runs ? end.getTime() : undefined);
  });
}

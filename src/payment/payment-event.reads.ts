import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Money } from './money.ts';
import type { Fact, FactSource, PaymentStatus } from './state/fact.ts';
import { factFromJson } from './state/fact-record.ts';

export interface PaymentEventRow {
  readonly paymentId: string;
  readonly kind: Fact['kind'];
  readonly type: string;
  readonly status: PaymentStatus;
  readonly amount: Money | null;
  readonly source: FactSource;
  readonly at: string;
}

interface Row {
  readonly paymentId: string;
  readonly fact: unknown;
  readonly status: PaymentStatus;
  readonly source: FactSource;
  readonly at: string;
}

/** What was learnt of these payments, each one's in the order in which it was. */
export async function readPaymentEvents(em: EntityManager, paymentIds: readonly string[]): Promise<PaymentEventRow[]> {
  const db = sqlOf<object>(em);
  const rows = await runStatement(
    db,
    'payment events',
    () => ({
      compile: () =>
        sql<Row>`
          select payment_id as "paymentId", fact, status, source, at from payment_facts
          where payment_id = any(${slot('paymentIds')}::uuid[]) order by id
        `.compile(db),
    }),
    { paymentIds },
  );
  return rows.map(({ fact: json, ...row }) => {
    const fact = factFromJson(json);
    return { ...row, kind: fact.kind, type: fact.type, amount: 'money' in fact ? (fact.money ?? null) : null };
  });
}

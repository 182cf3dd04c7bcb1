import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { instantText } from '../platform/instant.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Attempt, ProviderName } from './providers/provider.ts';

export interface OpenAttempt {
  readonly provider: ProviderName;
  readonly attempt: Attempt;
}

interface Row extends Omit<Attempt, 'money' | 'createdAt' | 'expiresAt'> {
  readonly provider: ProviderName;
  readonly amount: string;
  readonly currency: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/**
 * Those of these payments on which their owner can still do something, as their providers know them: under way, not in the
 * past, and in the place of which no newer attempt came.
 */
export async function readOpenAttempts(
  em: EntityManager,
  ownerId: string,
  ids: readonly string[],
  now: Date,
): Promise<OpenAttempt[]> {
  const db = sqlOf<object>(em);
  const rows = await runStatement(
    db,
    'open attempts',
    () => ({
      compile: () =>
        sql<Row>`
          select payments.id, payments.provider, payments.method, payments.reference,
            payments.provider_reference as "providerReference", payments.second_reference as "secondReference",
            payments.order_id as "orderId", orders.number as "orderNumber", payments.amount, payments.currency,
            payments.phone_number as "phoneNumber", payments.details, payments.created_at as "createdAt",
            payments.expires_at as "expiresAt"
          from payments join orders on orders.id = payments.order_id
          where payments.id = any(${slot('ids')}::uuid[]) and payments.owner_id = ${slot('ownerId')}
            and payments.status in ('CREATED', 'PENDING') and payments.superseded_at is null
            and payments.expires_at > ${slot('now')}
        `.compile(db),
    }),
    { ids, ownerId, now },
  );
  return rows.map(({ provider, amount, currency, createdAt, expiresAt, ...attempt }) => ({
    provider,
    attempt: {
      ...attempt,
      money: { amount: BigInt(amount), currency },
      createdAt: new Date(instantText(createdAt)),
      expiresAt: new Date(instantText(expiresAt)),
    },
  }));
}

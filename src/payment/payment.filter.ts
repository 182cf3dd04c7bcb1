import { sql } from 'kysely';
import { type Condition, given } from '../platform/filter.ts';
import { slot } from '../platform/statement.ts';
import type { ProviderName } from './providers/provider.ts';
import type { PaymentStatus, ReviewFlag } from './state/fact.ts';

export interface PaymentFilter {
  readonly statuses?: readonly PaymentStatus[] | null | undefined;
  readonly provider?: ProviderName | null | undefined;
  readonly currency?: string | null | undefined;
  readonly orderNumber?: string | null | undefined;
  readonly reviewFlag?: ReviewFlag | null | undefined;
  readonly createdAfter?: Date | null | undefined;
  readonly createdBefore?: Date | null | undefined;
}

/** The review flags that nobody has settled; as the index payments_review_idx has it. */
export const FLAGGED: Condition = { name: 'flagged', sql: sql`payments.review_flags <> '{}'` };

/** Each condition of the filter that was given. */
export function conditionsOf(filter: PaymentFilter): Condition[] {
  const { statuses, provider, currency, orderNumber, reviewFlag, createdAfter, createdBefore } = filter;
  const conditions: Condition[] = [];
  if (given(statuses))
    conditions.push({
      name: 'statuses',
      sql: sql`payments.status = any(${slot('statuses')}::text[])`,
      values: { statuses: [...new Set(statuses)] },
    });
  if (given(provider))
    conditions.push({ name: 'provider', sql: sql`payments.provider = ${slot('provider')}`, values: { provider } });
  if (given(currency))
    conditions.push({ name: 'currency', sql: sql`payments.currency = ${slot('currency')}`, values: { currency } });
  if (given(orderNumber))
    conditions.push({
      name: 'order number',
      sql: sql`payments.order_id = (select orders.id from orders where orders.number = ${slot('orderNumber')})`,
      // As people read it out or copy it.
      values: { orderNumber: orderNumber.trim().toUpperCase() },
    });
  if (given(reviewFlag))
    conditions.push(FLAGGED, {
      name: 'flag',
      sql: sql`${slot('reviewFlag')} = any(payments.review_flags)`,
      values: { reviewFlag },
    });
  if (given(createdAfter))
    conditions.push({
      name: 'created after',
      sql: sql`payments.created_at >= ${slot('createdAfter')}`,
      values: { createdAfter },
    });
  if (given(createdBefore))
    conditions.push({
      name: 'created before',
      sql: sql`payments.created_at < ${slot('createdBefore')}`,
      values: { createdBefore },
    });
  return conditions;
}

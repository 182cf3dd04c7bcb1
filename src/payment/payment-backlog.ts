import { sql } from 'kysely';
import { Gauge } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { type Database, type EntityManager, sqlOf } from '../platform/database.ts';
import type { Measurement, Metrics } from '../platform/metrics.ts';
import { PAYMENT_PROVIDERS, type ProviderName } from './providers/provider.ts';

/** What waits: for the reconciling job, for a person, or for a payment to appear. */
const QUEUES = ['inquiry', 'review', 'refund', 'message'] as const;
type Queue = (typeof QUEUES)[number];

export interface Backlog {
  readonly queue: Queue;
  readonly provider: ProviderName;
  readonly count: number;
  /** How long the first of them has waited. */
  readonly seconds: number;
}

/** One look by the indexes of what is open; what is not there waits for nobody. */
export async function readBacklog(em: EntityManager, now: Date): Promise<Backlog[]> {
  const { rows } = await sql<Backlog>`
    select queue, provider, count(*)::int as count,
      greatest(0, extract(epoch from ${now}::timestamptz - min(since)))::float8 as seconds
    from (
      select 'inquiry' as queue, provider, next_inquiry_at as since from payments where next_inquiry_at <= ${now}
      union all
      select 'review', provider, updated_at from payments where review_flags <> '{}'
      union all
      select 'refund', payments.provider, refunds.created_at
      from refunds join payments on payments.id = refunds.payment_id
      where refunds.needs_manual and refunds.status in ('REQUESTED', 'PENDING')
      union all
      select 'message', provider, received_at from provider_messages where status in ('RECEIVED', 'UNMATCHED', 'FAILED')
    ) as open
    group by queue, provider
  `.execute(sqlOf(em));
  return rows;
}

/** Shows what waits in the whole database, whichever process is asked. */
export function measureBacklog(
  metrics: Metrics,
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  providers: Iterable<ProviderName>,
): void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['provider'], registers: [metrics.registry] });
  const gauges: Record<Queue, { readonly count: Gauge; readonly seconds: Gauge }> = {
    inquiry: {
      count: gauge('duely_payment_inquiries_due', 'Attempts of which the provider should have been asked by now.'),
      seconds: gauge('duely_payment_inquiry_lag_seconds', 'How long the first of those has been due; 0 where none is.'),
    },
    review: {
      count: gauge('duely_payment_reviews_open', 'Payments with a review flag that no admin has settled.'),
      seconds: gauge('duely_payment_review_age_seconds', 'How long ago anything happened to the oldest of those.'),
    },
    refund: {
      count: gauge('duely_payment_refunds_manual', 'Refunds that an admin has to settle.'),
      seconds: gauge('duely_payment_refund_manual_age_seconds', 'How long ago the first of those was asked for.'),
    },
    message: {
      count: gauge(
        'duely_payment_messages_open',
        'Messages of the provider that are not done: new, unmatched or failed.',
      ),
      seconds: gauge('duely_payment_message_age_seconds', 'How long ago the first of those came.'),
    },
  };
  const known = new Set(providers);
  const measurement: Measurement = {
    name: 'payments',
    gauges: Object.values(gauges).flatMap(({ count, seconds }) => [count, seconds]),
    async measure() {
      const backlog = await readBacklog(database.em.fork(), clock());
      for (const queue of QUEUES) {
        for (const provider of PAYMENT_PROVIDERS) {
          const open = backlog.find(one => one.queue === queue && one.provider === provider);
          // One that is no longer set up shows only as long as something of it waits.
          if (!open && !known.has(provider)) {
            gauges[queue].count.remove({ provider });
            gauges[queue].seconds.remove({ provider });
          } else {
            gauges[queue].count.set({ provider }, open?.count ?? 0);
            gauges[queue].seconds.set({ provider }, open?.seconds ?? 0);
          }
        }
      }
    },
  };
  metrics.measure(measurement);
}

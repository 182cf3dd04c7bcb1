import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import { removeRows } from '../platform/row-removal.ts';
import { KEPT_MS } from './idempotency.ts';

export const idempotencyRetention = defineJob({ name: 'idempotency-retention', data: NO_DATA, schedule: '40 * * * *' });

/**
 * Removes the keys whose outcomes are kept no longer, of people who did not come back: whoever uses a key removes their own.
 * One that is in use is left for the next time. Any number may do it at once. Answers with how many were removed.
 */
export function removeOldKeys(options: { database: Database; clock: Clock; signal?: AbortSignal }): Promise<number> {
  const before = new Date(options.clock().getTime() - KEPT_MS);
  return removeRows(options.database.em.fork(), {
    table: 'idempotency_keys',
    condition: sql`claimed_at < ${before}`,
    orderBy: 'claimed_at',
    signal: options.signal,
  });
}

import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { type Database, sqlOf } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import { KEPT_MS } from './idempotency.ts';

const KEYS_AT_ONCE = 1_000;

export const idempotencyRetention = defineJob({ name: 'idempotency-retention', data: NO_DATA, schedule: '40 * * * *' });

/**
 * Removes the keys whose outcomes are kept no longer, of people who did not come back: whoever uses a key removes their own.
 * One that is in use is left for the next time. Any number may do it at once. Answers with how many were removed.
 */
export async function removeOldKeys(options: {
  database: Database;
  clock: Clock;
  signal?: AbortSignal;
}): Promise<number> {
  const db = sqlOf(options.database.em.fork());
  const before = new Date(options.clock().getTime() - KEPT_MS);
  for (let removed = 0; ; ) {
    options.signal?.throwIfAborted();
    const { rows } = await sql`
      delete from idempotency_keys where ctid = any (array(
        select ctid from idempotency_keys where claimed_at < ${before}
        order by claimed_at limit ${KEYS_AT_ONCE} for update skip locked
      ))
      returning 1
    `.execute(db);
    removed += rows.length;
    if (rows.length < KEYS_AT_ONCE) return removed;
  }
}

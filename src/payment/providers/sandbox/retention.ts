import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database.ts';
import { defineJob, NO_DATA } from '../../../platform/jobs/job.ts';
import { removeRows } from '../../../platform/row-removal.ts';

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Also where the sandbox was switched off: what is left of it goes. */
export const sandboxRetention = defineJob({ name: 'sandbox-retention', data: NO_DATA, schedule: '50 4 * * *' });

/**
 * Removes the make-believe provider's checkouts of which nothing happened for 30 days, with their refunds and messages. Any
 * number may do it at once. Answers with how many were removed.
 */
export function removeOldCheckouts(options: {
  database: Database;
  clock: Clock;
  signal?: AbortSignal;
}): Promise<number> {
  const before = new Date(options.clock().getTime() - KEPT_DAYS * DAY_MS);
  return removeRows(options.database.em.fork(), {
    table: 'sandbox_checkouts',
    condition: sql`updated_at < ${before}`,
    signal: options.signal,
  });
}

import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import { type Database, sqlOf } from '../database.ts';
import { defineJob, NO_DATA } from '../jobs/job.ts';

export const rateLimitRetention = defineJob({ name: 'rate-limit-retention', data: NO_DATA, schedule: '50 * * * *' });

/** Removes the counts whose windows are over: they count for nothing. Answers with how many were removed. */
export async function removeOldCounts({ database, clock }: { database: Database; clock: Clock }): Promise<number> {
  const { rows } = await sql`
    with removed as (
      delete from rate_limits where key = any (array(
        select key from rate_limits where expire <= ${clock().getTime()} for update skip locked
      ))
      returning 1
    )
    select count(*)::int as count from removed
  `.execute(sqlOf(database.em.fork()));
  const [row] = rows as { count: number }[];
  return row?.count ?? 0;
}

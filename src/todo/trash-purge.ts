import { sql } from 'kysely';
import { forkFor } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, sqlOf } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';

const DAY_MS = 86_400_000;
const TODOS_AT_ONCE = 1_000;

export const trashPurge = defineJob({ name: 'trash-purge', data: NO_DATA, schedule: '30 4 * * *' });

export interface TrashPurgeOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** What was thrown away is kept for so long. */
  readonly trashDays: number;
  readonly signal?: AbortSignal;
}

/**
 * Removes for good what has been in the trash for so long. The feed has told already that it was DELETED, when it was
 * thrown away, and tells nothing more. A todo that is just being restored is left alone. Any number may do this at once.
 * Answers with how many were removed.
 */
export async function purgeTrash({ database, clock, trashDays, signal }: TrashPurgeOptions): Promise<number> {
  const db = sqlOf(forkFor(database, null));
  const before = new Date(clock().getTime() - trashDays * DAY_MS);
  for (let removed = 0; ; ) {
    signal?.throwIfAborted();
    const { rows } = await sql`
      delete from todos where ctid = any (array(
        select ctid from todos where deleted_at < ${before}
        order by deleted_at limit ${TODOS_AT_ONCE} for update skip locked
      ))
      returning 1
    `.execute(db);
    removed += rows.length;
    if (rows.length < TODOS_AT_ONCE) return removed;
  }
}

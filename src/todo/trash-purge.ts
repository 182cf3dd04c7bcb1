import { sql } from 'kysely';
import { forkFor } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import { removeRows } from '../platform/row-removal.ts';

const DAY_MS = 86_400_000;

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
export function purgeTrash({ database, clock, trashDays, signal }: TrashPurgeOptions): Promise<number> {
  const before = new Date(clock().getTime() - trashDays * DAY_MS);
  return removeRows(forkFor(database, null), {
    table: 'todos',
    condition: sql`deleted_at < ${before}`,
    orderBy: 'deleted_at',
    signal,
  });
}

import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { forkFor } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import { removeRows } from '../platform/row-removal.ts';
import { User } from './user.entity.ts';

/** A closed account can be restored for so long; then it is removed for good. */
export const CLOSED_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

export const accountPurge = defineJob({ name: 'account-purge', data: NO_DATA, schedule: '10 4 * * *' });

/** The rows of a table that are an account's own. */
export interface OwnedRows {
  readonly table: string;
  /** The column that holds the account's id. */
  readonly owner: string;
}

export interface PurgeOptions {
  readonly database: Database;
  readonly clock: Clock;
  /**
   * What an account may have so much of that it is removed in pieces: each feature names its own tables, `app.ts` gathers
   * them. Everything else goes or stays as its foreign key says: `on delete cascade` for what is the person's alone,
   * `on delete set null` for what has to be kept without the person, such as payments and security events. A key that does
   * neither would keep accounts from being purged.
   */
  readonly owned: readonly OwnedRows[];
  readonly signal?: AbortSignal;
}

/**
 * Removes the accounts that were closed 30 days ago or earlier, one transaction for each: an account is gone with all that
 * is its own, or not touched. One that somebody works on is left for the next time, so any number may do this at once, and
 * an account that is just being restored stays. Links of mails that are as old go too. Answers with how many accounts.
 */
export async function purgeAccounts({ database, clock, owned, signal }: PurgeOptions): Promise<number> {
  const before = new Date(clock().getTime() - CLOSED_KEPT_DAYS * DAY_MS);
  await removeRows(forkFor(database, null), { table: 'email_links', condition: sql`expires_at < ${before}`, signal });
  for (let purged = 0; ; purged += 1) {
    signal?.throwIfAborted();
    const found = await forkFor(database, null).transactional(em => purgeOne(em, before, owned));
    if (!found) return purged;
  }
}

async function purgeOne(em: EntityManager, before: Date, owned: readonly OwnedRows[]): Promise<boolean> {
  // Closed accounts of whoever.
  const user = await em.findOne(
    User,
    { deletedAt: { $lt: before } },
    {
      filters: { live: false, owner: false },
      orderBy: { deletedAt: 'asc' },
      lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
    },
  );
  if (!user) return false;
  for (const { table, owner } of owned) await removeRows(em, { table, condition: sql`${sql.ref(owner)} = ${user.id}` });
  await removeRows(em, { table: 'users', condition: sql`id = ${user.id}` });
  return true;
}

import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { type Database, type EntityManager, sqlOf } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import { forkFor } from './transact.ts';

/** A reader who comes back within so many days goes on where it stopped. */
export const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Of one statement, whose feeds wait with their next change until it is done: 5,000 changes at the most. */
const FEEDS_AT_ONCE = 100;
const CHANGES_OF_A_FEED = 50;

export const feedRetention = defineJob({ name: 'feed-retention', data: NO_DATA, schedule: '20 3 * * *' });

interface Batch {
  readonly feeds: number;
  readonly changes: number;
}

/**
 * Removes the changes of all feeds that are older than 30 days, an owner's oldest first and up to the first one that is
 * younger, so that what is left is the end of the feed without a hole, whenever it is interrupted and whatever clocks did.
 * One older change is kept before the younger ones: it is the anchor of a reader who has lost nothing. So the newest one
 * always stays. Any number may do it at once. Answers with how many were removed.
 */
export async function removeOldChanges(options: {
  database: Database;
  clock: Clock;
  signal?: AbortSignal;
}): Promise<number> {
  const em = forkFor(options.database, null);
  const now = options.clock();
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  let removed = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const { feeds, changes } = await removeBatch(em, before, now);
    if (feeds === 0) return removed;
    removed += changes;
  }
}

/**
 * The rows of the feeds are locked without waiting: one that is being written to is left for the next time. Of each, the
 * first changes are looked at. Where none of them is young enough to stay and more may follow, the feed comes again;
 * otherwise `kept_since` says when to look next: for a feed without younger changes not before 30 days from now, since
 * nothing of it can be removed before something newer has grown old.
 */
async function removeBatch(em: EntityManager, before: Date, now: Date): Promise<Batch> {
  const { rows } = await sql<Batch>`
    with due as (
      select owner_id from feeds
      where kept_since < ${before}
      order by kept_since
      limit ${FEEDS_AT_ONCE}
      for no key update skip locked
    ),
    oldest as (
      select due.owner_id, change.seq, change.at, change.place
      from due left join lateral (
        select ctid as place, seq, at from changes
        where changes.owner_id = due.owner_id
        order by seq
        limit ${CHANGES_OF_A_FEED + 1}
      ) as change on true
    ),
    cut as (
      select owner_id, case when young is null then last else greatest(young - 1, first) end as anchor, young, seen from (
        select owner_id, min(seq) as first, max(seq) as last, count(seq) as seen,
          min(seq) filter (where at >= ${before}) as young
        from oldest group by owner_id
      ) as bounds
    ),
    removed as (
      -- By their places, so that however many there are no plan reads the table.
      delete from changes where ctid = any (array(
        select place from oldest join cut using (owner_id) where seq < anchor
      ))
      returning 1
    ),
    moved as (
      update feeds
      set kept_since = coalesce((select at from oldest where owner_id = feeds.owner_id and seq = cut.young), ${now})
      from cut
      where feeds.owner_id = cut.owner_id and (young is not null or seen <= ${CHANGES_OF_A_FEED})
    )
    select (select count(*)::int from due) as feeds, (select count(*)::int from removed) as changes
  `.execute(sqlOf(em));
  return rows[0] ?? { feeds: 0, changes: 0 };
}

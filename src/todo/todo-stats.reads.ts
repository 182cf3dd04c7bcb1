import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { runStatement, slot } from '../platform/statement.ts';

export interface TodoStats {
  readonly total: number;
  readonly open: number;
  readonly completed: number;
  readonly overdue: number;
  /** Of the open ones, most used first. */
  readonly tags: { readonly tag: string; readonly count: number }[];
}

/** How many todos the owner has, those in the trash aside: one query, so that all numbers are of one moment. */
export async function readTodoStats(em: EntityManager, ownerId: string, now: Date): Promise<TodoStats> {
  const db = sqlOf<object>(em);
  const [stats] = await runStatement(
    db,
    'todo stats',
    () => ({
      compile: () =>
        sql<TodoStats>`
          with own as (
            select completed_at, due_at, tags from todos where owner_id = ${slot('ownerId')} and deleted_at is null
          ),
          used as (
            select tag, count(*) as count from own cross join unnest(tags) as tag
            where completed_at is null group by tag
          )
          select
            count(*)::int as total,
            count(*) filter (where completed_at is null)::int as open,
            count(*) filter (where completed_at is not null)::int as completed,
            count(*) filter (where completed_at is null and due_at < ${slot('now')})::int as overdue,
            (select coalesce(jsonb_agg(jsonb_build_object('tag', tag, 'count', count) order by count desc, tag), '[]') from used) as tags
          from own
        `.compile(db),
    }),
    { ownerId, now },
  );
  if (!stats) throw new Error('Counting gave no row.');
  return stats;
}

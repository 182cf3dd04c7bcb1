import { type Expression, type RawBuilder, sql } from 'kysely';
import { slot } from './statement.ts';

/** The parent's id, in a query of what belongs to it. */
export const PARENT_ID = sql.ref<string>('parent.id');

/** A query of what belongs to one parent, whose id it takes from the row `parent`. */
type OfParent = Expression<unknown>;

const PARENTS = sql`unnest(${slot('parentIds')}::uuid[]) with ordinality as parent (id, place)`;

/**
 * The same page of each parent's rows in one query: an index scan for each parent, instead of one scan of everybody's
 * rows. The slot `parentIds` has to be filled. Rows come parent by parent, each parent's in the order of `page`.
 */
export const pageOfEach = <Row>(page: OfParent): RawBuilder<Row & { parentId: string }> => sql<
  Row & { parentId: string }
>`
  select parent.id as "parentId", page.* from ${PARENTS}
  cross join lateral (select *, row_number() over () as nth from (${page}) as page) as page
  order by place, nth`;

/** What an aggregate gives for each parent: its one row, under the parent's id. */
export const oneOfEach = <Row>(aggregate: OfParent): RawBuilder<Row & { parentId: string }> =>
  sql<
    Row & { parentId: string }
  >`select parent.id as "parentId", found.* from ${PARENTS} cross join lateral (${aggregate}) as found`;

/** Those parents for which the query finds anything. */
export const parentsWith = (rows: OfParent): RawBuilder<{ parentId: string }> =>
  sql<{
    parentId: string;
  }>`select parent.id as "parentId" from ${PARENTS} where exists (${rows})`;

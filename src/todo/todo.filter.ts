import { sql } from 'kysely';
import { type Condition, given } from '../platform/filter.ts';
import { ownedQuery, searchQuery } from '../platform/full-text.ts';
import type { OwnerId } from '../platform/owned-list.ts';
import { slot } from '../platform/statement.ts';
import type { Priority } from './todo.entity.ts';

export interface TodoFilter {
  readonly completed?: boolean | null | undefined;
  readonly search?: string | null | undefined;
  readonly priorities?: readonly Priority[] | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly dueAfter?: Date | null | undefined;
  readonly dueBefore?: Date | null | undefined;
  readonly overdue?: boolean | null | undefined;
  readonly deleted?: boolean | null | undefined;
}

/** Outside of the trash or in it, and each condition of the filter that was given. */
export function conditionsOf(filter: TodoFilter, now: Date, owner: OwnerId): Condition[] {
  const { completed, search, priorities, tags, dueAfter, dueBefore, overdue, deleted } = filter;
  const isOverdue = sql<boolean>`(todos.completed_at is null and todos.due_at is not null and todos.due_at < ${slot('now')})`;
  const conditions: Condition[] = [
    deleted
      ? { name: 'trash', sql: sql`todos.deleted_at is not null` }
      : { name: 'live', sql: sql`todos.deleted_at is null` },
  ];
  if (given(completed))
    conditions.push({
      name: `completed ${completed}`,
      sql: completed ? sql`todos.completed_at is not null` : sql`todos.completed_at is null`,
    });
  if (isSearch(search)) conditions.push(searchCondition(search, owner));
  if (given(priorities))
    conditions.push({
      name: 'priorities',
      sql: sql`todos.priority = any(${slot('priorities')}::todo_priority[])`,
      values: { priorities },
    });
  if (given(tags))
    conditions.push({ name: 'tags', sql: sql`todos.tags @> ${slot('tags')}::varchar[]`, values: { tags } });
  if (given(dueAfter))
    conditions.push({ name: 'dueAfter', sql: sql`todos.due_at >= ${slot('dueAfter')}`, values: { dueAfter } });
  if (given(dueBefore))
    conditions.push({ name: 'dueBefore', sql: sql`todos.due_at < ${slot('dueBefore')}`, values: { dueBefore } });
  if (given(overdue))
    conditions.push({ name: `overdue ${overdue}`, sql: overdue ? isOverdue : sql`not ${isOverdue}`, values: { now } });
  return conditions;
}

/** Nothing but spaces is no search: it leaves everything. */
export const isSearch = (search: string | null | undefined): search is string => given(search) && search.trim() !== '';

function searchCondition(search: string, owner: OwnerId): Condition {
  const query = searchQuery(search);
  // Such as punctuation alone: no todo has it as a word.
  if (query === null) return { name: 'no words', sql: sql`false`, values: { search: '' } };
  return {
    name: 'search',
    sql: sql`todos.search @@ ${ownedQuery(sql<string>`${owner}::text`, sql`${slot('search')}::text`)}`,
    values: { search: query },
  };
}

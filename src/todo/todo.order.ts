import { sql } from 'kysely';
import type { Direction, SortOrder } from '../platform/page.ts';
import { isTimestamp, type SortKey, timestampKey } from '../platform/sort-key.ts';
import { slot } from '../platform/statement.ts';
import { PRIORITIES } from './todo.entity.ts';
import { isSearch, type TodoFilter } from './todo.filter.ts';

export const TODO_ORDER_FIELDS = ['POSITION', 'CREATED_AT', 'UPDATED_AT', 'DUE_AT', 'PRIORITY', 'TITLE'] as const;
export type TodoOrderField = (typeof TODO_ORDER_FIELDS)[number];

const isTimestampOrInfinity = (text: string) => /^-?infinity$/.test(text) || isTimestamp(text);
const isText = (text: string) => !text.includes('\0');

/** Each has an index: see the migration of todos. */
const KEYS: Record<TodoOrderField, (direction: Direction) => SortKey> = {
  POSITION: () => ({ key: sql`todos.position`, type: sql`text collate "C"`, isKey: isText }),
  CREATED_AT: () => timestampKey(sql`todos.created_at`),
  UPDATED_AT: () => timestampKey(sql`todos.updated_at`),
  // What has no due date comes last in either direction.
  DUE_AT: direction => ({
    key: direction === 'ASC' ? sql`coalesce(todos.due_at, 'infinity')` : sql`coalesce(todos.due_at, '-infinity')`,
    type: sql`timestamptz`,
    isKey: isTimestampOrInfinity,
  }),
  PRIORITY: () => ({
    key: sql`todos.priority`,
    type: sql`todo_priority`,
    isKey: text => PRIORITIES.some(priority => priority === text),
  }),
  TITLE: () => ({ key: sql`todos.title collate "und-x-icu"`, type: sql`text collate "und-x-icu"`, isKey: isText }),
};

/** Best first: words of the title count for more than those of the description. By the search of the filter. */
const RELEVANCE: SortOrder = {
  name: 'RELEVANCE',
  direction: 'DESC',
  id: sql`todos.id`,
  key: sql`ts_rank(todos.search, ${slot('search')}::text::tsquery)`,
  type: sql`real`,
  isKey: text => /^\d(\.\d+)?(e-\d+)?$/.test(text),
};

/** Unless told, in the owner's own order, or the best first where something is searched for. */
export function todoOrder(
  order: { field: TodoOrderField; direction: Direction } | null | undefined,
  { search }: TodoFilter,
): SortOrder {
  if (!order && isSearch(search)) return RELEVANCE;
  const { field, direction } = order ?? { field: 'POSITION', direction: 'ASC' };
  return { name: field, direction, id: sql`todos.id`, ...KEYS[field](direction) };
}

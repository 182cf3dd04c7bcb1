import { type RawBuilder, sql } from 'kysely';
import type { Direction, SortOrder } from '../platform/page.ts';
import { PRIORITIES } from './todo.entity.ts';

export const TODO_ORDER_FIELDS = ['POSITION', 'CREATED_AT', 'UPDATED_AT', 'DUE_AT', 'PRIORITY', 'TITLE'] as const;
export type TodoOrderField = (typeof TODO_ORDER_FIELDS)[number];

/** As PostgreSQL writes a timestamptz in UTC. */
const TIMESTAMP_PATTERN = /^(?!0000)(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?\+00$/;
function isTimestamp(text: string): boolean {
  const [, day, time] = TIMESTAMP_PATTERN.exec(text) ?? [];
  const instant = Date.parse(`${day}T${time}Z`);
  // Date.parse takes the 30th of February for the 2nd of March; PostgreSQL refuses it.
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(`${day}T${time}`);
}
const isTimestampOrInfinity = (text: string) => /^-?infinity$/.test(text) || isTimestamp(text);
const isText = (text: string) => !text.includes('\0');

type Key = Pick<SortOrder, 'key' | 'type' | 'isKey'>;
const timestamp = (key: RawBuilder<unknown>): Key => ({ key, type: sql`timestamptz`, isKey: isTimestamp });

/** Each has an index: see the migration of todos. */
const KEYS: Record<TodoOrderField, (direction: Direction) => Key> = {
  POSITION: () => ({ key: sql`todos.position`, type: sql`text collate "C"`, isKey: isText }),
  CREATED_AT: () => timestamp(sql`todos.created_at`),
  UPDATED_AT: () => timestamp(sql`todos.updated_at`),
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

/** In the owner's own order unless told. */
export function todoOrder(order?: { field: TodoOrderField; direction: Direction } | null): SortOrder {
  const { field, direction } = order ?? { field: 'POSITION', direction: 'ASC' };
  return { name: field, direction, id: sql`todos.id`, ...KEYS[field](direction) };
}

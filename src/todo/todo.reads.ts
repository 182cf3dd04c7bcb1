import { sql } from 'kysely';
import type { UserRow } from '../identity/identity.reads.ts';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { ConnectionSource, EdgeSource } from '../platform/page.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Todo } from './todo.entity.ts';

interface TodoTables {
  todos: { id: string; owner_id: string };
}

export const TODO_COLUMNS = {
  id: 'todos.id',
  ownerId: 'todos.owner_id',
  title: 'todos.title',
  description: 'todos.description',
  completedAt: 'todos.completed_at',
  dueAt: 'todos.due_at',
  priority: 'todos.priority',
  tags: 'todos.tags',
  position: 'todos.position',
  recurrence: 'todos.recurrence',
  remindAt: 'todos.remind_at',
  remindMinutesBefore: 'todos.remind_minutes_before',
  version: 'todos.version',
  createdAt: 'todos.created_at',
  updatedAt: 'todos.updated_at',
  deletedAt: 'todos.deleted_at',
} as const;
export type TodoProperty = keyof typeof TODO_COLUMNS;
/** `ownerRow` is there where the owner was read along with it. */
export type TodoRow = RowOf<Todo, TodoProperty> & { ownerRow?: UserRow };
/** A todo as its resolvers find it: a row that was read, or the entity that a mutation wrote. */
export type TodoSource = TodoRow | Todo;
export const TODO_PROPERTIES = new Set(Object.keys(TODO_COLUMNS) as TodoProperty[]);

const FIELD_PROPERTIES: Readonly<Record<string, TodoProperty>> = { completed: 'completedAt', owner: 'ownerId' };

/** The properties that these fields of the API's Todo are made of; the id and the owner always. */
export function propertiesFor(fields: ReadonlySet<string>): ReadonlySet<TodoProperty> {
  const properties = new Set<TodoProperty>(['id', 'ownerId']);
  for (const field of fields) {
    const property = FIELD_PROPERTIES[field] ?? field;
    if (property in TODO_COLUMNS) properties.add(property as TodoProperty);
  }
  return properties;
}

export type ListedTodo = TodoRow & { sortKey: string };
export type TodoConnectionSource = ConnectionSource<ListedTodo>;
export type TodoEdgeSource = EdgeSource<ListedTodo>;

/** Todos of one owner by id, those in the trash included. */
export async function readTodosById(
  em: EntityManager,
  ownerId: string,
  ids: readonly string[],
  properties: ReadonlySet<TodoProperty>,
): Promise<TodoRow[]> {
  const db = sqlOf<TodoTables>(em);
  const rows = await runStatement(
    db,
    `todos by id ${[...properties].sort()}`,
    () =>
      db
        .selectFrom('todos')
        .select(selectProperties(TODO_COLUMNS, properties))
        .where('owner_id', '=', slot<string>('ownerId'))
        .where('id', '=', sql<string>`any(${slot('ids')}::uuid[])`),
    { ownerId, ids },
  );
  return rows as TodoRow[];
}

import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { joinedUser, type UserProperty, type UserRow, userColumns } from '../identity/identity.reads.ts';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { filtered, valuesOf } from '../platform/filter.ts';
import {
  type ConnectionSource,
  type EdgeSource,
  notBeyond,
  type Page,
  type PageRequest,
  pageShape,
  pageValues,
  type SortOrder,
  selectPage,
  toPage,
} from '../platform/page.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Todo } from './todo.entity.ts';
import { conditionsOf, filterShape, type OwnerOf, type TodoFilter } from './todo.filter.ts';

interface TodoTables {
  todos: { id: string; owner_id: string; deleted_at: string | null };
  users: { id: string };
  /** The owners of whom a page each is read. */
  parent: { owner_id: string };
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

export interface TodoList {
  readonly filter: TodoFilter;
  readonly order: SortOrder;
  readonly page: PageRequest;
  readonly properties: ReadonlySet<TodoProperty>;
  /** What of each todo's owner is read along with it; none where it is left out. */
  readonly ownerProperties?: ReadonlySet<UserProperty>;
  readonly now: Date;
}

export type ListedTodo = TodoRow & { sortKey: string };
export type TodoConnectionSource = ConnectionSource<ListedTodo>;
export type TodoEdgeSource = EdgeSource<ListedTodo>;

/**
 * The one way to start a read of todos: those of one owner, outside of the trash or in it. `owner` is a bound value, or
 * the owner of the parent row.
 */
function todosOf<Tables extends TodoTables>(db: Kysely<Tables>, owner: OwnerOf, { deleted }: TodoFilter) {
  const from = db as unknown as Kysely<TodoTables>;
  return from
    .selectFrom('todos')
    .where('todos.owner_id', '=', owner === 'one' ? slot<string>('ownerId') : sql.ref<string>('parent.owner_id'))
    .where('todos.deleted_at', deleted ? 'is not' : 'is', null);
}

/** The same page of each owner's todos, in one query. Every owner has an entry. */
export async function readTodoPages(
  em: EntityManager,
  ownerIds: readonly string[],
  list: TodoList,
): Promise<Map<string, Page<ListedTodo>>> {
  const db = sqlOf<TodoTables>(em);
  const { filter, order, page, properties, ownerProperties } = list;
  const several = ownerIds.length > 1;
  const conditions = conditionsOf(filter, list.now, several ? 'parent' : 'one');
  const pageOf = (owner: OwnerOf) => {
    const todos = todosOf(db, owner, filter).select(selectProperties(TODO_COLUMNS, properties));
    return selectPage(filtered(ownerProperties ? withOwner(todos, ownerProperties) : todos, conditions), order, page);
  };
  const build = () =>
    several
      ? // A page for each parent by its own index scan, instead of one scan of everybody's rows.
        sql<ListedTodo>`
          select page.* from unnest(${slot('ownerIds')}::uuid[]) with ordinality as parent (owner_id, place)
          cross join lateral (select *, row_number() over () as nth from (${pageOf('parent')}) as page) as page
          order by place, nth`
      : pageOf('one');
  const shape = [
    `todos ${several ? 'of each' : 'of one'} ${[...properties].sort()}`,
    ownerProperties ? `owner ${[...ownerProperties].sort()}` : '',
    filterShape(filter, conditions),
    pageShape(order, page),
  ].join(' / ');
  const values = { ownerIds, ownerId: ownerIds[0], ...valuesOf(conditions), ...pageValues(page) };
  const rows = (await runStatement(
    db,
    shape,
    () => ({ compile: () => compileOn(db, build()) }),
    values,
  )) as ListedTodo[];
  if (ownerProperties) attachOwners(rows, ownerProperties);
  const byOwner = Map.groupBy(rows, row => row.ownerId);
  return new Map(ownerIds.map(ownerId => [ownerId, toPage(byOwner.get(ownerId) ?? [], page)]));
}

/** Their owner's columns beside them. */
const withOwner = <Row>(todos: SelectQueryBuilder<TodoTables, 'todos', Row>, properties: ReadonlySet<UserProperty>) =>
  todos
    .innerJoin('users', 'users.id', 'todos.owner_id')
    .select(userColumns(properties)) as unknown as SelectQueryBuilder<TodoTables, 'todos', Row>;

/** All rows of one owner share one object. */
function attachOwners(rows: readonly ListedTodo[], properties: ReadonlySet<UserProperty>): void {
  const owners = new Map<string, UserRow>();
  for (const row of rows) {
    const owner = owners.get(row.ownerId) ?? joinedUser(row, properties);
    owners.set(row.ownerId, owner);
    row.ownerRow = owner;
  }
}

const compileOn = (
  db: Kysely<TodoTables>,
  query: { compile: (db: never) => ReturnType<ReturnType<typeof sql>['compile']> },
) => query.compile(db as never);

/** How many todos of each owner the filter leaves. */
export async function countTodos(
  em: EntityManager,
  ownerIds: readonly string[],
  filter: TodoFilter,
  now: Date,
): Promise<{ ownerId: string; count: number }[]> {
  const db = sqlOf<TodoTables>(em);
  const conditions = conditionsOf(filter, now, 'parent');
  const rows = await runStatement(
    db,
    `count todos ${filterShape(filter, conditions)}`,
    () => ({
      compile: () =>
        sql<{ owner_id: string; count: string }>`
          select parent.owner_id, todos.count from unnest(${slot('ownerIds')}::uuid[]) as parent (owner_id)
          cross join lateral (${filtered(todosOf(db, 'parent', filter).select(sql<string>`count(*)`.as('count')), conditions)}) as todos
        `.compile(db),
    }),
    { ownerIds, ...valuesOf(conditions) },
  );
  return rows.map(row => ({ ownerId: row.owner_id, count: Number(row.count) }));
}

/** Which of the owners have todos in the list beyond the page's `after` or `before`. */
export async function ownersWithOutside(
  em: EntityManager,
  ownerIds: readonly string[],
  list: TodoList,
  side: 'after' | 'before',
): Promise<{ ownerId: string }[]> {
  const db = sqlOf<TodoTables>(em);
  const { filter, order, page } = list;
  const conditions = conditionsOf(filter, list.now, 'parent');
  const rows = await runStatement(
    db,
    `todos outside ${side} ${filterShape(filter, conditions)} ${pageShape(order, page)}`,
    () => ({
      compile: () =>
        sql<{ owner_id: string }>`
          select parent.owner_id from unnest(${slot('ownerIds')}::uuid[]) as parent (owner_id)
          where exists (${filtered(todosOf(db, 'parent', filter).select(sql`1`.as('found')), conditions).where(notBeyond(order, side))})
        `.compile(db),
    }),
    { ownerIds, ...valuesOf(conditions), ...pageValues(page) },
  );
  return rows.map(row => ({ ownerId: row.owner_id }));
}

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

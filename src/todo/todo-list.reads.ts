import { sql } from 'kysely';
import { joinedUser, type UserProperty, userColumns } from '../identity/identity.reads.ts';
import type { OwnedList, OwnedRows } from '../platform/owned-list.ts';
import type { SortOrder } from '../platform/page.ts';
import { selectProperties } from '../platform/row.ts';
import { conditionsOf, type TodoFilter } from './todo.filter.ts';
import { type ListedTodo, TODO_COLUMNS, type TodoProperty } from './todo.reads.ts';

export interface TodoListRequest {
  readonly filter: TodoFilter;
  readonly order: SortOrder;
  readonly properties: ReadonlySet<TodoProperty>;
  /** What of each todo's owner is read along with it; none where it is left out. */
  readonly ownerProperties?: ReadonlySet<UserProperty> | undefined;
}

/** A person's todos, outside of the trash or in it. */
export const todoList = ({ filter, order, properties, ownerProperties }: TodoListRequest, now: Date): OwnedList => ({
  name: 'todos',
  table: 'todos',
  owner: 'todos.owner_id',
  order,
  shown: {
    name: `${[...properties].sort()} / ${ownerProperties ? `owner ${[...ownerProperties].sort()}` : ''} /`,
    select: rows => {
      const todos = rows.select(selectProperties(TODO_COLUMNS, properties));
      return ownerProperties ? withOwner(todos, ownerProperties) : todos;
    },
  },
  conditions: owner => conditionsOf(filter, now, owner),
});

/** Their owner's columns beside them. */
const withOwner = (todos: OwnedRows, properties: ReadonlySet<UserProperty>): OwnedRows =>
  todos.innerJoin('users', join => join.on(sql<boolean>`users.id = todos.owner_id`)).select(userColumns(properties));

/** Gives each of one owner's todos the owner that was read along with it: all of them one object. */
export function attachOwner(todos: readonly ListedTodo[], properties: ReadonlySet<UserProperty>): void {
  const [first] = todos;
  if (!first) return;
  const owner = joinedUser(first, properties);
  for (const todo of todos) todo.ownerRow = owner;
}

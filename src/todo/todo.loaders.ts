import { rowsById } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database.ts';
import { ownedLists } from '../platform/owned-list.ts';
import type { PageArgs } from '../platform/page.ts';
import { type ListedTodo, readTodosById, type TodoProperty, type TodoRow } from './todo.reads.ts';
import { attachOwner, type TodoListRequest, todoList } from './todo-list.reads.ts';

export type TodoLoaders = ReturnType<typeof createTodoLoaders>;

/** For one operation. What a loader finds is not yet what the viewer may see: the field that asks has to know. */
export function createTodoLoaders(em: EntityManager, clock: Clock, viewerId: string | null) {
  // Everything in one operation is overdue, or is not, at one instant.
  const now = clock();
  const lists = ownedLists<ListedTodo>(em);
  return {
    /** Of the viewer's own. */
    byId: rowsById<TodoProperty, TodoRow>(async (ids, properties) =>
      viewerId ? readTodosById(em, viewerId, ids, properties) : [],
    ),
    /** By the owner's id. Throws BAD_REQUEST for the page's arguments. */
    ofOwner: async (ownerId: string, request: TodoListRequest, args: PageArgs) => {
      const connection = await lists(ownerId, todoList(request, now), args);
      if (request.ownerProperties) attachOwner(connection.rows, request.ownerProperties);
      return connection;
    },
  };
}

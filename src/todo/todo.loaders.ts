import { loaderFor, oneByKey, rowsById } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database.ts';
import {
  countTodos,
  ownersWithOutside,
  readTodoPages,
  readTodosById,
  type TodoFilter,
  type TodoList,
  type TodoProperty,
  type TodoRow,
} from './todo.reads.ts';

export type TodoLoaders = ReturnType<typeof createTodoLoaders>;

/** For one operation: what several owners are asked for alike is one query. The key is the owner's id. */
export function createTodoLoaders(em: EntityManager, clock: Clock, viewerId: string | null) {
  // Everything in one operation is overdue, or is not, at one instant.
  const now = clock();
  type Args = Omit<TodoList, 'now' | 'properties'> & { properties: readonly TodoProperty[] };
  const listOf = ({ properties, ...list }: Args): TodoList => ({ ...list, properties: new Set(properties), now });
  return {
    /** Of the viewer's own. */
    byId: rowsById<TodoProperty, TodoRow>(async (ids, properties) =>
      viewerId ? readTodosById(em, viewerId, ids, properties) : [],
    ),
    page: loaderFor((args: Args) =>
      oneByKey(
        async (ownerIds: readonly string[]) =>
          [...(await readTodoPages(em, ownerIds, listOf(args)))].map(([ownerId, page]) => ({ ownerId, page })),
        row => row.ownerId,
      ),
    ),
    count: loaderFor((filter: TodoFilter) =>
      oneByKey(
        (ownerIds: readonly string[]) => countTodos(em, ownerIds, filter, now),
        row => row.ownerId,
      ),
    ),
    outside: loaderFor(({ side, ...args }: Args & { side: 'after' | 'before' }) =>
      oneByKey(
        (ownerIds: readonly string[]) => ownersWithOutside(em, ownerIds, listOf(args), side),
        row => row.ownerId,
      ),
    ),
  };
}

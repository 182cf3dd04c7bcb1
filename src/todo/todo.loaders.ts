import { loaderFor, oneByKey, rowsById } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database.ts';
import type { TodoFilter } from './todo.filter.ts';
import {
  countTodos,
  ownersWithOutside,
  readTodoPages,
  readTodosById,
  type TodoList,
  type TodoProperty,
  type TodoRow,
} from './todo.reads.ts';

export type TodoLoaders = ReturnType<typeof createTodoLoaders>;

/** For one operation: what several owners are asked for alike is one query. The key is the owner's id. */
export function createTodoLoaders(em: EntityManager, clock: Clock, viewerId: string | null) {
  // Everything in one operation is overdue, or is not, at one instant.
  const now = clock();
  return {
    /** Of the viewer's own. */
    byId: rowsById<TodoProperty, TodoRow>(async (ids, properties) =>
      viewerId ? readTodosById(em, viewerId, ids, properties) : [],
    ),
    page: loaderFor(
      (list: ListArgs) =>
        oneByKey(
          async (ownerIds: readonly string[]) =>
            [...(await readTodoPages(em, ownerIds, { ...list, now }))].map(([ownerId, page]) => ({ ownerId, page })),
          row => row.ownerId,
        ),
      keyOfList,
    ),
    count: loaderFor((filter: TodoFilter) =>
      oneByKey(
        (ownerIds: readonly string[]) => countTodos(em, ownerIds, filter, now),
        row => row.ownerId,
      ),
    ),
    outside: loaderFor(
      ({ side, ...list }: ListArgs & { side: 'after' | 'before' }) =>
        oneByKey(
          (ownerIds: readonly string[]) => ownersWithOutside(em, ownerIds, { ...list, now }, side),
          row => row.ownerId,
        ),
      list => `${list.side} ${keyOfList(list)}`,
    ),
  };
}

type ListArgs = Omit<TodoList, 'now'>;

const keyOfList = ({ filter, order, page, properties, ownerProperties }: ListArgs): string =>
  JSON.stringify([filter, order.name, order.direction, page, [...properties], [...(ownerProperties ?? [])]]);

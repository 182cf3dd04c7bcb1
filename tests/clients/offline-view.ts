import { besideWhatIsThere, type Change, type Fields, type Todo } from './offline-merge.ts';

/** A todo as this device shows it. */
export interface LocalTodo extends Fields {
  readonly id: string;
  readonly deleted: boolean;
  /** Null where a change that is still to be sent decides it. */
  readonly position: string | null;
}

/** All todos in their order, those in the trash included: what the server had last, with what was done here since. */
export function withChanges(todos: Iterable<Todo>, outbox: readonly Change[]): LocalTodo[] {
  const known = [...todos].sort(byPosition);
  const local = new Map<string, LocalTodo>(
    known.map(({ version, deletedAt, ...todo }) => [todo.id, { ...todo, deleted: deletedAt !== null }]),
  );
  const order = known.map(({ id }) => id);
  for (const change of outbox) {
    const todo = local.get(change.id);
    if (change.kind === 'create') {
      // It may be there already, where the answer to its creation was lost.
      if (!todo) order.push(change.id);
      if (!todo) local.set(change.id, { id: change.id, ...change.fields, deleted: false, position: null });
    } else if (todo) local.set(change.id, applied(change, todo));
    if (change.kind === 'move' && todo && !todo.deleted) reorder(order, change, local);
  }
  return order.flatMap(id => local.get(id) ?? []);
}

function applied(change: Exclude<Change, { kind: 'create' }>, todo: LocalTodo): LocalTodo {
  switch (change.kind) {
    case 'edit':
      // As the merge will have it: an edit is stronger than a deletion elsewhere.
      return { ...todo, ...change.fields, deleted: false };
    case 'move':
      return todo.deleted ? todo : { ...todo, position: null };
    case 'delete':
      return { ...todo, deleted: true };
    case 'restore':
      return { ...todo, deleted: false };
  }
}

function reorder(
  order: string[],
  change: Extract<Change, { kind: 'move' }>,
  local: ReadonlyMap<string, LocalTodo>,
): void {
  const { afterId, beforeId } = besideWhatIsThere(change, id => local.get(id)?.deleted === false);
  order.splice(order.indexOf(change.id), 1);
  if (afterId) order.splice(order.indexOf(afterId) + 1, 0, change.id);
  else if (beforeId) order.splice(order.indexOf(beforeId), 0, change.id);
  else order.push(change.id);
}

const byPosition = (one: Todo, other: Todo): number => {
  if (one.position !== other.position) return one.position < other.position ? -1 : 1;
  return one.id < other.id ? -1 : 1;
};

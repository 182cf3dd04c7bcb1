import { LockMode } from '@mikro-orm/core';
import { readTimeZoneOf } from '../identity/identity.reads.ts';
import type { EntityManager } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { fromGlobalId } from '../platform/ids.ts';
import { Todo } from './todo.entity.ts';
import { checkTodo } from './todo.validation.ts';
import { applyEdit, opening, type TodoEdit, type TodoRules } from './todo-edit.ts';
import { reminderFaults } from './todo-reminder.ts';
import { changesSeries, seriesFaults } from './todo-series.ts';
import { isExpected, versionConflict } from './todo-version.ts';

export const BULK_MAX = 100;

/** All of them or, where some cannot be changed, none: each error's path names the place of an id in the list. */
export async function updateTodos(
  em: EntityManager,
  ids: readonly string[],
  edit: TodoEdit,
  rules: TodoRules,
): Promise<Todo[]> {
  if (ids.length < 1 || ids.length > BULK_MAX)
    throw new UserInputError('INVALID', ['ids'], `Give 1 to ${BULK_MAX} ids, not ${ids.length}.`);
  checkTodo(edit);
  const uuids = ids.map(id => fromGlobalId('todo', id));
  // In one order, so that two such mutations never wait for each other.
  const found = await em.find(
    Todo,
    { id: { $in: uuids.filter(uuid => uuid !== null) } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  const byId = new Map(found.map(todo => [todo.id, todo]));

  const notRepeating = await faultsInSeries(em, found, edit);
  const faults = ids.flatMap((id, index): UserErrorDetail[] => {
    const path = ['ids', String(index)];
    const todo = byId.get(uuids[index] ?? '');
    if (!todo) return [{ code: 'NOT_FOUND', path, message: `There is no todo ${id}.` }];
    if (!isExpected(todo, edit.expectedVersion)) return [versionConflict(todo, path)];
    const inSeries = notRepeating.get(todo);
    return [...reminderFaults(todo, edit, path), ...(inSeries ? [{ ...inSeries, path }] : [])];
  });
  if (faults.length > 0) throw new UserInputError(faults);
  await opening(em, found, rules, () => {
    for (const todo of found) applyEdit(todo, edit, rules.now);
  });
  return uuids.flatMap(uuid => byId.get(uuid ?? '') ?? []);
}

async function faultsInSeries(em: EntityManager, todos: readonly Todo[], edit: TodoEdit) {
  const repeating = todos.filter(todo => changesSeries(todo, edit));
  const [first] = repeating;
  return seriesFaults(repeating, edit, first ? await readTimeZoneOf(em, first.ownerId) : 'UTC');
}

/** Answers with those that it threw away. */
export async function deleteCompletedTodos(em: EntityManager, now: Date): Promise<Pick<Todo, 'id'>[]> {
  const completed = await em.find(
    Todo,
    { completedAt: { $ne: null } },
    {
      // There may be tens of thousands, with long descriptions that nobody reads here.
      fields: ['id', 'owner', 'version', 'deletedAt'],
      lockMode: LockMode.PESSIMISTIC_WRITE,
      orderBy: { id: 'asc' },
    },
  );
  for (const todo of completed) todo.throwAway(now);
  return completed;
}

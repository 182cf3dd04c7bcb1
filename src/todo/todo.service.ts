import { LockMode } from '@mikro-orm/core';
import { generateKeyBetween } from 'fractional-indexing';
import { readTimeZoneOf } from '../identity/identity.reads.ts';
import { User } from '../identity/user.entity.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { EntityManager } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { searchVector } from '../platform/full-text.ts';
import { fromGlobalId, isUuidV7, newId } from '../platform/ids.ts';
import { type Priority, Todo } from './todo.entity.ts';
import { checkTodo, distinct } from './todo.validation.ts';
import { checkRoom, hasRoom, lockTodoList, type TodoLimits } from './todo-list.ts';
import { editReminder, reminderFaults } from './todo-reminder.ts';
import { followSeries } from './todo-series.service.ts';
import { canonicalRecurrence, changesSeries, checkSeries, seriesFaults } from './todo-series.ts';
import { checkVersion, type Expected, isExpected, versionConflict } from './todo-version.ts';

export interface NewTodo {
  id?: string | null | undefined;
  title: string;
  description?: string | null | undefined;
  dueAt?: Date | null | undefined;
  priority: Priority;
  tags: readonly string[];
  recurrence?: string | null | undefined;
  remindAt?: Date | null | undefined;
  remindMinutesBefore?: number | null | undefined;
}

/** What is undefined stays as it is. */
export interface TodoEdit extends Expected {
  title?: string | null | undefined;
  description?: string | null | undefined;
  completed?: boolean | null | undefined;
  dueAt?: Date | null | undefined;
  priority?: Priority | null | undefined;
  tags?: readonly string[] | null | undefined;
  recurrence?: string | null | undefined;
  remindAt?: Date | null | undefined;
  remindMinutesBefore?: number | null | undefined;
}

export const BULK_MAX = 100;

const notFound = (path: readonly string[] = ['id']) => new UserInputError('NOT_FOUND', path, 'There is no such todo.');

/** What a person is told where the database refuses a value as taken, by the name of its index. */
export const TODO_CONSTRAINTS: Readonly<Record<string, UserErrorDetail>> = {
  todos_pkey: { code: 'TAKEN', path: ['input', 'id'], message: 'There is a todo with this id already.' },
};

/** What the rules of todos depend on. */
export interface TodoRules {
  readonly limits: TodoLimits;
  readonly now: Date;
}

/** Puts it at the end of the owner's own order. */
export async function createTodo(
  em: EntityManager,
  { userId: ownerId }: Viewer,
  input: NewTodo,
  { limits, now }: TodoRules,
): Promise<Todo> {
  checkTodo(input);
  const id = readClientId(input.id);
  const list = await lockTodoList(em, ownerId, now);
  // The repeat of what filled the list is told that it is done, and not that there is no room.
  if (input.id && !hasRoom(list, limits, 1) && (await em.count(Todo, { id }, { filters: { live: false } })) > 0)
    throw new UserInputError(Object.values(TODO_CONSTRAINTS));
  checkRoom(list, limits, 1);
  checkSeries({ dueAt: null, recurrence: null }, input, list.timeZone);
  const todo = em.create(Todo, {
    id,
    owner: em.getReference(User, ownerId),
    title: input.title,
    description: input.description ?? null,
    dueAt: input.dueAt ?? null,
    priority: input.priority,
    tags: distinct(input.tags),
    position: generateKeyBetween(list.lastPosition, null),
    recurrence: canonicalRecurrence(input.recurrence),
    search: searchVector(ownerId, { title: input.title, body: input.description ?? '' }),
  });
  editReminder(todo, input);
  em.persist(todo);
  return todo;
}

/** An id of the client's own choice, so that the same request made twice creates once. */
function readClientId(id: string | null | undefined): string {
  if (id === null || id === undefined) return newId();
  const uuid = fromGlobalId('todo', id);
  if (!uuid || !isUuidV7(uuid))
    throw new UserInputError('INVALID', ['input', 'id'], 'An id of your own is todo_ and a UUIDv7 in TypeID form.');
  return uuid;
}

export async function updateTodo(em: EntityManager, id: string, edit: TodoEdit, rules: TodoRules): Promise<Todo> {
  checkTodo(edit);
  const todo = await findTodo(em, id);
  checkVersion(todo, edit.expectedVersion, ['input', 'expectedVersion']);
  if (changesSeries(todo, edit)) checkSeries(todo, edit, await readTimeZoneOf(em, todo.ownerId));
  await opening(em, [todo], rules, () => applyEdit(todo, edit, rules.now));
  return todo;
}

/** Makes changes that may complete or open todos, with what follows in series, and sees that the plan has room. */
async function opening(
  em: EntityManager,
  todos: readonly Todo[],
  { limits, now }: TodoRules,
  change: () => void,
): Promise<void> {
  const countOpen = () => todos.filter(todo => todo.isOpen).length;
  const before = countOpen();
  const wereCompleted = new Set(todos.filter(todo => todo.completedAt));
  change();
  const more = countOpen() - before + (await followSeries(em, todos, wereCompleted, now));
  const [first] = todos;
  if (more > 0 && first) checkRoom(await lockTodoList(em, first.ownerId, now), limits, more);
}

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

  const repeating = found.find(todo => changesSeries(todo, edit));
  const timeZone = repeating ? await readTimeZoneOf(em, repeating.ownerId) : 'UTC';
  const faults = ids.flatMap((id, index): UserErrorDetail[] => {
    const path = ['ids', String(index)];
    const todo = byId.get(uuids[index] ?? '');
    if (!todo) return [{ code: 'NOT_FOUND', path, message: `There is no todo ${id}.` }];
    if (!isExpected(todo, edit.expectedVersion)) return [versionConflict(todo, path)];
    return [...reminderFaults(todo, edit, path), ...seriesFaults(todo, edit, timeZone, path)];
  });
  if (faults.length > 0) throw new UserInputError(faults);
  await opening(em, found, rules, () => {
    for (const todo of found) applyEdit(todo, edit, rules.now);
  });
  return uuids.flatMap(uuid => byId.get(uuid ?? '') ?? []);
}

function applyEdit(todo: Todo, edit: TodoEdit, now: Date): void {
  todo.write({ ...(typeof edit.title === 'string' ? { title: edit.title } : {}), description: edit.description });
  if (edit.dueAt !== undefined) todo.dueOn(edit.dueAt);
  if (edit.recurrence !== undefined) todo.recurrence = canonicalRecurrence(edit.recurrence);
  editReminder(todo, edit);
  if (edit.priority !== undefined) todo.priority = edit.priority ?? 'NONE';
  if (edit.tags !== undefined) todo.tags = distinct(edit.tags ?? []);
  if (edit.completed === true) todo.complete(now);
  if (edit.completed === false) todo.reopen();
}

export async function toggleTodo(
  em: EntityManager,
  id: string,
  { expectedVersion }: Expected,
  rules: TodoRules,
): Promise<Todo> {
  const todo = await findTodo(em, id);
  checkVersion(todo, expectedVersion, ['expectedVersion']);
  await opening(em, [todo], rules, () => {
    if (todo.completedAt) todo.reopen();
    else todo.complete(rules.now);
  });
  return todo;
}

export async function deleteTodo(
  em: EntityManager,
  id: string,
  { expectedVersion }: Expected,
  now: Date,
): Promise<Todo> {
  const todo = await findTodo(em, id);
  checkVersion(todo, expectedVersion, ['expectedVersion']);
  todo.throwAway(now);
  return todo;
}

/** Repeated, it changes nothing: what is not in the trash stays where it is. */
export async function restoreTodo(
  em: EntityManager,
  id: string,
  { expectedVersion }: Expected,
  rules: TodoRules,
): Promise<Todo> {
  const todo = await findTodo(em, id, { inTrash: true });
  checkVersion(todo, expectedVersion, ['expectedVersion']);
  await opening(em, [todo], rules, () => todo.restore());
  return todo;
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

/** For a change: locked until the commit, so that two changes at once happen one after the other. */
async function findTodo(em: EntityManager, id: string, { inTrash = false } = {}): Promise<Todo> {
  const uuid = fromGlobalId('todo', id);
  const todo = uuid
    ? await em.findOne(
        Todo,
        { id: uuid },
        { lockMode: LockMode.PESSIMISTIC_WRITE, filters: inTrash ? { live: false } : {} },
      )
    : null;
  // Another user's todo and no todo look the same from outside.
  if (!todo) throw notFound();
  return todo;
}

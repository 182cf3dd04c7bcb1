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
import { applyEdit, opening, type TodoEdit, type TodoRules } from './todo-edit.ts';
import { checkRoom, hasRoom, lockTodoList } from './todo-list.ts';
import { editReminder } from './todo-reminder.ts';
import { canonicalRecurrence, changesSeries, checkSeries } from './todo-series.ts';
import { checkVersion, type Expected } from './todo-version.ts';

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

const notFound = (path: readonly string[] = ['id']) => new UserInputError('NOT_FOUND', path, 'There is no such todo.');

/** What a person is told where the database refuses a value as taken, by the name of its index. */
export const TODO_CONSTRAINTS: Readonly<Record<string, UserErrorDetail>> = {
  todos_pkey: { code: 'TAKEN', path: ['input', 'id'], message: 'There is a todo with this id already.' },
};

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

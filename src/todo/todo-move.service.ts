import { type FilterQuery, LockMode } from '@mikro-orm/core';
import { generateNKeysBetween } from 'fractional-indexing';
import type { Viewer } from '../identity/viewer.ts';
import type { EntityManager } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { fromGlobalId } from '../platform/ids.ts';
import { Todo } from './todo.entity.ts';
import { lockTodoList } from './todo-list.ts';
import { checkVersion, type Expected } from './todo-version.ts';

export interface Place extends Expected {
  /** The todo that is to stand ahead of it. */
  afterId?: string | null | undefined;
  /** The todo that is to stand behind it. */
  beforeId?: string | null | undefined;
}

/** Keys grow where todos are moved to one spot again and again. Beyond this the todos around get new ones. */
const KEY_MAX_LENGTH = 40;
const NEIGHBOURS = 20;

/**
 * Gives the todo a key between those of its neighbours: directly behind `afterId`, else directly ahead of `beforeId`, else
 * at the end. Where it stands there already nothing changes. Moves of one list happen one after the other.
 */
export async function moveTodo(
  em: EntityManager,
  { userId: ownerId }: Viewer,
  id: string,
  place: Place,
  now: Date,
): Promise<Todo> {
  const { todo, after, before } = await findAll(em, id, place);
  checkVersion(todo, place.expectedVersion, ['input', 'expectedVersion']);
  // Behind the locks of todos, as every other change of a todo takes it.
  await lockTodoList(em, ownerId, now);
  if (after && before && !stands(after, before))
    throw new UserInputError(
      'CONFLICT',
      ['input'],
      'These two do not stand in this order any more: read the list again, then repeat.',
    );

  const ahead = after ?? (before ? await neighbour(em, before, 'ahead', todo) : await lastOne(em, todo));
  const behind = after ? await neighbour(em, after, 'behind', todo) : before;
  if ((!ahead || stands(ahead, todo)) && (!behind || stands(todo, behind))) return todo;
  await putBetween(em, todo, ahead, behind);
  return todo;
}

async function findAll(em: EntityManager, id: string, { afterId, beforeId }: Place) {
  const asked = [
    { id, path: ['id'] },
    { id: afterId, path: ['input', 'afterId'] },
    { id: beforeId, path: ['input', 'beforeId'] },
  ].filter(one => typeof one.id === 'string');
  if (new Set(asked.map(one => one.id)).size < asked.length)
    throw new UserInputError(
      'INVALID',
      ['input'],
      'Name the todos beside which it is to stand: others than itself, each once.',
    );
  const uuidOf = (global: string | null | undefined) => (global ? fromGlobalId('todo', global) : null);
  // In one order, so that two moves never wait for each other.
  const found = await em.find(
    Todo,
    { id: { $in: asked.flatMap(one => uuidOf(one.id) ?? []) } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  const byId = new Map(found.map(todo => [todo.id, todo]));
  const faults = asked
    .filter(one => !byId.has(uuidOf(one.id) ?? ''))
    .map(({ path }): UserErrorDetail => ({ code: 'NOT_FOUND', path, message: 'There is no such todo.' }));
  const todo = byId.get(uuidOf(id) ?? '');
  if (!todo || faults.length > 0) throw new UserInputError(faults);
  return { todo, after: byId.get(uuidOf(afterId) ?? ''), before: byId.get(uuidOf(beforeId) ?? '') };
}

/** Whether the one stands ahead of the other. Keys are compared byte by byte, and hold ASCII alone. */
const stands = (one: Todo, other: Todo): boolean =>
  one.position < other.position || (one.position === other.position && one.id < other.id);

const beyond = ({ id, position }: Todo, side: 'ahead' | 'behind'): FilterQuery<Todo> => {
  const operator = side === 'ahead' ? '$lt' : '$gt';
  return { $or: [{ position: { [operator]: position } }, { position, id: { [operator]: id } }] };
};
const orderOf = (side: 'ahead' | 'behind') => {
  const direction = side === 'ahead' ? ('desc' as const) : ('asc' as const);
  return { position: direction, id: direction };
};

/** The next one on that side, nearest first, the todo that moves aside. */
const neighbours = (em: EntityManager, of: Todo, side: 'ahead' | 'behind', moved: Todo, limit: number) =>
  em.find(Todo, { $and: [{ id: { $ne: moved.id } }, beyond(of, side)] }, { orderBy: orderOf(side), limit });

const neighbour = async (em: EntityManager, of: Todo, side: 'ahead' | 'behind', moved: Todo) =>
  (await neighbours(em, of, side, moved, 1))[0];

const lastOne = async (em: EntityManager, moved: Todo) =>
  (await em.find(Todo, { id: { $ne: moved.id } }, { orderBy: orderOf('ahead'), limit: 1 }))[0];

async function putBetween(
  em: EntityManager,
  todo: Todo,
  ahead: Todo | undefined,
  behind: Todo | undefined,
): Promise<void> {
  const [key] = keysBetween(ahead?.position, behind?.position, 1) ?? [];
  if (key !== undefined && key.length <= KEY_MAX_LENGTH) {
    todo.position = key;
    return;
  }
  // Too long, or there is none because two have the same: ever more of the todos around it get new keys.
  for (let count = NEIGHBOURS; ; count *= 4) {
    const left = ahead ? [...(await neighbours(em, ahead, 'ahead', todo, count)).reverse(), ahead] : [];
    const right = behind ? [behind, ...(await neighbours(em, behind, 'behind', todo, count))] : [];
    // The outermost ones stay: the others are spread between them.
    const first = left.length > count ? left.shift() : undefined;
    const last = right.length > count ? right.pop() : undefined;
    const spread = [...left, todo, ...right];
    const keys = keysBetween(first?.position, last?.position, spread.length);
    const isShort = keys?.every(one => one.length <= KEY_MAX_LENGTH) ?? false;
    if (!isShort && (first || last)) continue;
    if (!keys) throw new Error('A list without bounds has keys for any number of todos.');
    spread.forEach((one, index) => {
      one.position = keys[index] ?? one.position;
    });
    return;
  }
}

/** Null where the bounds are alike, so that there is nothing between them. */
function keysBetween(lower: string | undefined, upper: string | undefined, count: number): string[] | null {
  if (lower !== undefined && upper !== undefined && lower >= upper) return null;
  return generateNKeysBetween(lower ?? null, upper ?? null, count);
}

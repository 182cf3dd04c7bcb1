import { setImmediate as nextTurn } from 'node:timers/promises';
import { LockMode } from '@mikro-orm/core';
import { readTimeZoneOf } from '../identity/identity.reads.ts';
import { User } from '../identity/user.entity.ts';
import type { EntityManager } from '../platform/database.ts';
import { searchVector } from '../platform/full-text.ts';
import { newId } from '../platform/ids.ts';
import { nextInSeries } from './recurrence.ts';
import { formatRecurrence, parseRecurrence } from './recurrence-rule.ts';
import { Todo } from './todo.entity.ts';

/** The version of a todo that nobody has changed since it was made. */
const UNTOUCHED = 1;

/**
 * What follows in series from todos that were completed or opened: whoever is completed and repeats gets the next one,
 * once for good; whoever is opened again takes the next one back, unless somebody touched it. The todos have to be locked,
 * and the plan's list not yet. Answers how many others are open now, less those that are no more.
 */
export async function followSeries(
  em: EntityManager,
  todos: readonly Todo[],
  wereCompleted: ReadonlySet<Todo>,
  now: Date,
): Promise<number> {
  const completed = todos.filter(
    todo => todo.completedAt && !wereCompleted.has(todo) && todo.recurrence && !todo.nextId,
  );
  const opened = todos.filter(todo => !todo.completedAt && wereCompleted.has(todo) && todo.nextId);
  const taken = opened.length > 0 ? await takeBack(em, opened, todos) : 0;
  const [first] = completed;
  if (!first) return -taken;
  const timeZone = await readTimeZoneOf(em, first.ownerId);
  let made = 0;
  for (const todo of completed) {
    if (makeNext(em, todo, timeZone, now)) made += 1;
    // Searches of hostile rules add up: others have their turn in between.
    if (completed.length > 1) await nextTurn();
  }
  return made - taken;
}

/**
 * Answers whether there is a next one. It stands at the same position as the one that it follows: in the list directly
 * behind it, for its id is younger.
 */
function makeNext(em: EntityManager, todo: Todo, timeZone: string, now: Date): boolean {
  if (!todo.recurrence || !todo.dueAt) return false;
  const found = nextInSeries({ rule: parseRecurrence(todo.recurrence), dueAt: todo.dueAt, timeZone }, now);
  if (!found) return false;
  const { title, description, priority, tags, position } = todo;
  const next = em.create(Todo, {
    id: newId(),
    owner: em.getReference(User, todo.ownerId),
    title,
    description,
    priority,
    tags: [...tags],
    position,
    dueAt: found.dueAt,
    recurrence: formatRecurrence(found.rule),
    search: searchVector(todo.ownerId, { title, body: description ?? '' }),
  });
  if (typeof todo.remindMinutesBefore === 'number') next.remindBefore(todo.remindMinutesBefore);
  em.persist(next);
  todo.nextId = next.id;
  return true;
}

/** Removes them for good: nobody threw them away, so they have no business in the trash. Answers how many. */
async function takeBack(em: EntityManager, opened: readonly Todo[], changed: readonly Todo[]): Promise<number> {
  const followed = new Map(opened.map(todo => [todo.nextId, todo]));
  const found = await em.find(
    Todo,
    { id: { $in: [...followed.keys()].filter(id => typeof id === 'string') } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  const untouched = found.filter(next => next.version === UNTOUCHED && !next.completedAt && !changed.includes(next));
  for (const next of untouched) {
    const todo = followed.get(next.id);
    if (todo) todo.nextId = null;
    em.remove(next);
  }
  return untouched.length;
}

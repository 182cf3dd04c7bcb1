import type { EntityManager } from '../platform/database.ts';
import type { Priority, Todo } from './todo.entity.ts';
import { distinct } from './todo.validation.ts';
import { checkRoom, lockTodoList, type TodoLimits } from './todo-list.ts';
import { editReminder } from './todo-reminder.ts';
import { followSeries } from './todo-series.service.ts';
import { canonicalRecurrence } from './todo-series.ts';
import type { Expected } from './todo-version.ts';

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

/** What the rules of todos depend on. */
export interface TodoRules {
  readonly limits: TodoLimits;
  readonly now: Date;
}

/** Writes what was checked. */
export function applyEdit(todo: Todo, edit: TodoEdit, now: Date): void {
  todo.write({ ...(typeof edit.title === 'string' ? { title: edit.title } : {}), description: edit.description });
  if (edit.dueAt !== undefined) todo.dueOn(edit.dueAt);
  if (edit.recurrence !== undefined) todo.recurrence = canonicalRecurrence(edit.recurrence);
  editReminder(todo, edit);
  if (edit.priority !== undefined) todo.priority = edit.priority ?? 'NONE';
  if (edit.tags !== undefined) todo.tags = distinct(edit.tags ?? []);
  if (edit.completed === true) todo.complete(now);
  if (edit.completed === false) todo.reopen();
}

/** Makes changes that may complete or open todos, with what follows in series, and sees that the plan has room. */
export async function opening(
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

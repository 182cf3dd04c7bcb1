import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import type { Todo } from './todo.entity.ts';

export interface ReminderEdit {
  dueAt?: Date | null | undefined;
  remindAt?: Date | null | undefined;
  remindMinutesBefore?: number | null | undefined;
}

/**
 * What is undefined stays as it is. Null for `remindAt` clears a reminder of either kind; for the minutes alone, one by
 * minutes: whoever sends a whole form gives one of both, and null for the other. The due date has to be written before.
 */
export function editReminder(todo: Todo, { remindAt, remindMinutesBefore: minutes }: ReminderEdit): void {
  if (typeof minutes === 'number') {
    if (!todo.dueAt)
      throw new UserInputError(
        'INVALID',
        ['input', 'remindMinutesBefore'],
        'Minutes are counted back from when the todo is due, which it is at no time: give dueAt too, or remindAt instead.',
      );
    todo.remindBefore(minutes);
  } else if (remindAt !== undefined) {
    todo.remindOn(remindAt);
  } else if (minutes === null && typeof todo.remindMinutesBefore === 'number') {
    todo.remindBefore(null);
  }
}

/** Of an edit of several todos: what is wrong with it for this one; none where it can be made. */
export function reminderFaults(todo: Todo, edit: ReminderEdit, path: readonly string[]): UserErrorDetail[] {
  const dueAt = edit.dueAt === undefined ? todo.dueAt : edit.dueAt;
  if (typeof edit.remindMinutesBefore !== 'number' || dueAt) return [];
  const message = `The todo ${toGlobalId('todo', todo.id)} is due at no time that minutes could be counted back from.`;
  return [{ code: 'INVALID', path, message }];
}

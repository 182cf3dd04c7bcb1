import { setImmediate as nextTurn } from 'node:timers/promises';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { seriesFault } from './recurrence.ts';
import { RecurrenceFault } from './recurrence-parts.ts';
import { formatRecurrence, parseRecurrence } from './recurrence-rule.ts';
import type { Todo } from './todo.entity.ts';

/** What is undefined stays as it is. The recurrence is an RRULE that was found well formed. */
export interface SeriesEdit {
  dueAt?: Date | null | undefined;
  recurrence?: string | null | undefined;
}

type Repeating = Pick<Todo, 'dueAt' | 'recurrence'>;

/** Why a text is no recurrence, as a sentence to show to a person; null where it is one, or there is none. */
export function recurrenceFault(text: string | null | undefined): string | null {
  if (typeof text !== 'string') return null;
  try {
    parseRecurrence(text);
    return null;
  } catch (error) {
    if (error instanceof RecurrenceFault) return error.message;
    throw error;
  }
}

/** As it is kept: in one way for all that mean the same. */
export const canonicalRecurrence = (text: string | null | undefined): string | null =>
  typeof text === 'string' ? formatRecurrence(parseRecurrence(text)) : null;

/** Whether the todo will repeat in another way than before, so that the zone of its owner has to be known. */
export const changesSeries = (todo: Repeating, { dueAt, recurrence }: SeriesEdit): boolean =>
  typeof recurrence === 'string' ||
  (recurrence === undefined && dueAt !== undefined && typeof todo.recurrence === 'string');

/** Throws INVALID where the todo cannot repeat as the edit leaves it. */
export function checkSeries(todo: Repeating, edit: SeriesEdit, timeZone: string): void {
  const fault = faultOf(todo, edit, timeZone);
  if (fault) throw new UserInputError('INVALID', ['input', fault.field], fault.message);
}

/** Why todos cannot repeat as an edit of all of them leaves them; those that can have no entry. */
export async function seriesFaults<Each extends Repeating & Pick<Todo, 'id'>>(
  todos: readonly Each[],
  edit: SeriesEdit,
  timeZone: string,
): Promise<ReadonlyMap<Each, Pick<UserErrorDetail, 'code' | 'message'>>> {
  const faults = new Map<Each, Pick<UserErrorDetail, 'code' | 'message'>>();
  for (const todo of todos) {
    const fault = faultOf(todo, edit, timeZone);
    if (fault)
      faults.set(todo, { code: 'INVALID', message: `The todo ${toGlobalId('todo', todo.id)}: ${fault.message}` });
    // Searches of hostile rules add up: others have their turn in between.
    await nextTurn();
  }
  return faults;
}

function faultOf(todo: Repeating, edit: SeriesEdit, timeZone: string) {
  if (!changesSeries(todo, edit)) return null;
  const dueAt = edit.dueAt === undefined ? todo.dueAt : edit.dueAt;
  const recurrence = edit.recurrence === undefined ? todo.recurrence : edit.recurrence;
  if (typeof recurrence !== 'string') return null;
  const field = edit.recurrence === undefined ? 'dueAt' : 'recurrence';
  if (!dueAt) {
    const message =
      field === 'dueAt'
        ? 'What repeats has to be due at some time: clear recurrence too, or give another dueAt.'
        : 'What repeats has to be due at some time: give dueAt too, where the series begins.';
    return { field, message };
  }
  const message = seriesFault({ rule: parseRecurrence(recurrence), dueAt, timeZone });
  return message === null ? null : { field, message };
}

import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { isText, lengthOf, NOT_TEXT } from '../platform/text.ts';
import {
  DESCRIPTION_MAX_LENGTH,
  REMIND_MINUTES_MAX,
  TAG_MAX_LENGTH,
  TAGS_MAX_COUNT,
  TITLE_MAX_LENGTH,
} from './todo.entity.ts';
import { recurrenceFault } from './todo-series.ts';

interface TodoText {
  title?: string | null | undefined;
  description?: string | null | undefined;
  completed?: boolean | null | undefined;
  tags?: readonly string[] | null | undefined;
  recurrence?: string | null | undefined;
  remindAt?: Date | null | undefined;
  remindMinutesBefore?: number | null | undefined;
}

/** Throws with every fault at once. What is undefined was not given and is not looked at. */
export function checkTodo({
  title,
  description,
  completed,
  tags,
  recurrence,
  remindAt,
  remindMinutesBefore: minutes,
}: TodoText): void {
  const faults: UserErrorDetail[] = [];
  const fault = (field: string, message: string) => faults.push({ code: 'INVALID', path: ['input', field], message });

  // The API lets no such text in; what comes by another way has to be told before the database fails of it.
  for (const [field, texts] of Object.entries({ title: [title], description: [description], tags: tags ?? [] }))
    if (texts.some(text => typeof text === 'string' && !isText(text))) fault(field, NOT_TEXT);
  if (title !== undefined && (title === null || title.trim() === '' || lengthOf(title) > TITLE_MAX_LENGTH)) {
    fault('title', `A title has 1 to ${TITLE_MAX_LENGTH} characters.`);
  }
  if (description && lengthOf(description) > DESCRIPTION_MAX_LENGTH) {
    fault('description', `A description has at most ${DESCRIPTION_MAX_LENGTH.toLocaleString('en')} characters.`);
  }
  if (completed === null) fault('completed', 'Say true or false.');
  if (tags && distinct(tags).length > TAGS_MAX_COUNT) fault('tags', `A todo has at most ${TAGS_MAX_COUNT} tags.`);
  if (tags?.some(tag => tag.trim() === '' || lengthOf(tag) > TAG_MAX_LENGTH))
    fault('tags', `A tag has 1 to ${TAG_MAX_LENGTH} characters.`);
  if (typeof minutes === 'number' && (minutes < 0 || minutes > REMIND_MINUTES_MAX)) {
    fault(
      'remindMinutesBefore',
      `A reminder comes 0 to ${REMIND_MINUTES_MAX.toLocaleString('en')} minutes before the todo is due.`,
    );
  }
  if (typeof minutes === 'number' && remindAt)
    fault('remindMinutesBefore', 'Give remindAt or remindMinutesBefore, not both.');
  const notRecurring = recurrenceFault(recurrence);
  if (notRecurring) fault('recurrence', notRecurring);
  if (faults.length > 0) throw new UserInputError(faults);
}

/** Each tag once, in the order in which they came. */
export const distinct = (tags: readonly string[]): string[] => [...new Set(tags)];

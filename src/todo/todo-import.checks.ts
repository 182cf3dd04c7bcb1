import { setImmediate } from 'node:timers/promises';
import { UserInputError } from '../platform/errors.ts';
import { instantText } from '../platform/instant.ts';
import { seriesFault } from './recurrence.ts';
import { RecurrenceFault } from './recurrence-parts.ts';
import { formatRecurrence, parseRecurrence } from './recurrence-rule.ts';
import { checkTodo } from './todo.validation.ts';
import type { PlacedRecord, RecordFault, TodoRecord } from './todo-import.records.ts';

/** A record, and what the rules of todos have against it. */
export interface CheckedRecord {
  readonly place: string;
  /** Null where it cannot even be read. */
  readonly record: TodoRecord | null;
  readonly faults: readonly RecordFault[];
}

/** Clocks of other devices may be ahead by so much. */
const CLOCK_LEEWAY_MS = 86_400_000;
/** Looking for the next of a series takes no time, unless its rule was made to: then no more of the server's than this. */
const SEARCHES_MAX_MS = 3_000;
/** So many are checked before others get a turn. */
const AT_ONCE = 200;

export interface CheckOptions {
  readonly now: Date;
  /** The owner's, for what repeats. */
  readonly timeZone: string;
}

/** Asks each record for what createTodo asks for. Takes some time, and belongs outside of any transaction. */
export async function checkRecords(placed: readonly PlacedRecord[], options: CheckOptions): Promise<CheckedRecord[]> {
  const checked: CheckedRecord[] = [];
  const budget = { leftMs: SEARCHES_MAX_MS };
  for (const [index, one] of placed.entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    if ('faults' in one) {
      checked.push({ place: one.place, record: null, faults: one.faults });
      continue;
    }
    const begun = performance.now();
    const recurrence = readRecurrence(one.record, options, budget);
    if (one.record.recurrence !== null) {
      budget.leftMs -= performance.now() - begun;
      await setImmediate();
    }
    const record = 'fault' in recurrence ? one.record : { ...one.record, recurrence: recurrence.text };
    const faults = [...faultsOf(one.record, options.now), ...('fault' in recurrence ? [recurrence.fault] : [])];
    checked.push({ place: one.place, record, faults });
  }
  return checked;
}

const invalid = (property: string, message: string): RecordFault => ({ code: 'INVALID', path: [property], message });

function faultsOf(record: TodoRecord, now: Date): RecordFault[] {
  const faults: RecordFault[] = [];
  try {
    // What recurs is looked at by itself: see readRecurrence.
    checkTodo({ ...record, recurrence: undefined });
  } catch (error) {
    if (!(error instanceof UserInputError)) throw error;
    faults.push(...error.details.map(detail => ({ ...detail, path: detail.path.slice(1) })));
  }
  if (record.remindMinutesBefore !== null && !record.dueAt)
    faults.push(invalid('remindMinutesBefore', 'It is due at no time that minutes could be counted back from.'));
  for (const property of ['createdAt', 'completedAt', 'deletedAt'] as const) {
    const time = record[property];
    if (time && time.getTime() > now.getTime() + CLOCK_LEEWAY_MS)
      faults.push(invalid(property, `${instantText(time)} is in the future.`));
  }
  return faults;
}

function readRecurrence(
  { recurrence, dueAt, completedAt, deletedAt }: TodoRecord,
  { timeZone }: CheckOptions,
  budget: { readonly leftMs: number },
): { text: string | null } | { fault: RecordFault } {
  if (recurrence === null) return { text: null };
  const fault = (message: string) => ({ fault: invalid('recurrence', message) });
  if (!dueAt) return fault('What repeats has to be due at some time.');
  try {
    const rule = parseRecurrence(recurrence);
    // What is done has nothing to come that one would have to look for.
    if (!completedAt && !deletedAt) {
      if (budget.leftMs <= 0) return fault('The recurrences of this file take too long to check: import it in parts.');
      const reason = seriesFault({ rule, dueAt, timeZone });
      if (reason) return fault(reason);
    }
    return { text: formatRecurrence(rule) };
  } catch (error) {
    if (error instanceof RecurrenceFault) return fault(error.message);
    throw error;
  }
}

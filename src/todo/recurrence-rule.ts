import { lengthOf } from '../platform/text.ts';
import {
  type Frequency,
  NUMBER_PART_NAMES,
  type NumberPart,
  partsOf,
  RecurrenceFault,
  readCount,
  readDays,
  readFrequency,
  readNumbers,
  readUntil,
  readWeekStart,
  type Weekday,
} from './recurrence-parts.ts';
import { RECURRENCE_MAX_LENGTH } from './todo.entity.ts';

const COUNT_MAX = 10_000;
const INTERVAL_MAX = 10_000;

/** An RRULE (RFC 5545, 3.3.10). Lists are sorted and without repetition. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  /** How many there are, the first included; null where no number ends it. */
  readonly count: number | null;
  /** As it is written, as a day or an instant in UTC; null where no date ends it. */
  readonly until: string | null;
  /** The parts that it has. */
  readonly numbers: { readonly [Part in NumberPart]?: readonly number[] };
  /** Weekdays, with an ordinal ahead where only the nth of a month or a year is meant. */
  readonly days: readonly string[];
  readonly weekStart: Weekday;
}

/** With or without `RRULE:` ahead, in any case. Throws RecurrenceFault, which names the part that is wrong. */
export function parseRecurrence(text: string): RecurrenceRule {
  if (lengthOf(text) > RECURRENCE_MAX_LENGTH)
    throw new RecurrenceFault(`A recurrence has at most ${RECURRENCE_MAX_LENGTH} characters.`);
  const parts = partsOf(text.trim().toUpperCase());
  const rule: RecurrenceRule = {
    frequency: readFrequency(parts.get('FREQ')),
    interval: readCount('INTERVAL', parts.get('INTERVAL'), INTERVAL_MAX) ?? 1,
    count: readCount('COUNT', parts.get('COUNT'), COUNT_MAX),
    until: readUntil(parts.get('UNTIL')),
    numbers: Object.fromEntries(
      NUMBER_PART_NAMES.flatMap(name => {
        const value = parts.get(name);
        return value === undefined ? [] : [[name, readNumbers(name, value)]];
      }),
    ),
    days: readDays(parts.get('BYDAY')),
    weekStart: readWeekStart(parts.get('WKST')),
  };
  checkParts(rule);
  return rule;
}

/** In one way for all that mean the same: without `RRULE:`, without defaults, parts and values in order. */
export function formatRecurrence({
  frequency,
  interval,
  count,
  until,
  numbers,
  days,
  weekStart,
}: RecurrenceRule): string {
  const lists = NUMBER_PART_NAMES.flatMap(name => {
    const values = numbers[name];
    return values ? [`${name}=${values.join(',')}`] : [];
  });
  return [
    `FREQ=${frequency}`,
    ...(interval === 1 ? [] : [`INTERVAL=${interval}`]),
    ...(count === null ? [] : [`COUNT=${count}`]),
    ...(until === null ? [] : [`UNTIL=${until}`]),
    ...(days.length === 0 ? [] : [`BYDAY=${days.join(',')}`]),
    ...lists,
    ...(weekStart === 'MO' ? [] : [`WKST=${weekStart}`]),
  ].join(';');
}

/**
 * What the parts mean together: the notes beneath the table of RFC 5545, 3.3.10; and what libraries read in different
 * ways, ours included, which nobody means either.
 */
function checkParts({ frequency, count, until, numbers, days }: RecurrenceRule): void {
  const not = (name: string) => new RecurrenceFault(`${name} cannot be with FREQ=${frequency}.`);
  const notBeside = (name: string, other: string) =>
    new RecurrenceFault(`${name} cannot be beside ${other}: give one.`);
  const numbered = days.filter(day => day.length > 2);
  if (count !== null && until !== null) throw notBeside('COUNT', 'UNTIL');
  if (numbered.length > 0) {
    if (frequency !== 'MONTHLY' && frequency !== 'YEARLY') throw not('BYDAY with a number');
    if (numbered.length < days.length) throw notBeside('A weekday with a number', 'one without');
    for (const other of ['BYWEEKNO', 'BYMONTHDAY'] as const)
      if (numbers[other]) throw notBeside('BYDAY with a number', other);
  }
  if (numbers.BYWEEKNO && frequency !== 'YEARLY') throw not('BYWEEKNO');
  if (numbers.BYWEEKNO && days.length === 0)
    throw new RecurrenceFault('BYWEEKNO needs BYDAY, for the days of the week.');
  if (numbers.BYYEARDAY && frequency !== 'YEARLY' && frequency !== 'HOURLY') throw not('BYYEARDAY');
  if (numbers.BYMONTHDAY && frequency === 'WEEKLY') throw not('BYMONTHDAY');
  if (numbers.BYYEARDAY && days.length > 0) throw notBeside('BYYEARDAY', 'BYDAY');
  for (const other of ['BYWEEKNO', 'BYYEARDAY'] as const)
    if (numbers[other] && numbers.BYMONTHDAY) throw notBeside(other, 'BYMONTHDAY');
  for (const name of ['BYMINUTE', 'BYSECOND'] as const)
    if ((numbers[name]?.length ?? 0) > 1)
      throw new RecurrenceFault(`${name} can have one number: a todo comes once an hour at the most.`);
  if (numbers.BYSETPOS && days.length === 0 && Object.keys(numbers).length === 1)
    throw new RecurrenceFault('BYSETPOS needs another part that begins with BY, out of which it chooses.');
}

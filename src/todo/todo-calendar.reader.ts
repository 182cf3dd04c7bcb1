import { setImmediate as nextTurn } from 'node:timers/promises';
import ICAL from 'ical.js';
import { type CalendarComponent, CalendarError, ownLines, readComponents } from '../platform/icalendar/components.ts';
import { type Property, readProperties } from '../platform/icalendar/properties.ts';
import { toInstant } from '../platform/icalendar/times.ts';
import { readZones, type Zones } from '../platform/icalendar/zones.ts';
import { isInRange } from '../platform/instant.ts';
import type { Priority } from './todo.entity.ts';
import { REMIND_AT, REMIND_MINUTES } from './todo-calendar.ts';
import {
  checkCount,
  ImportFileError,
  type PlacedRecord,
  type RecordFault,
  type TodoRecord,
} from './todo-import.records.ts';

/** What an import takes of a VTODO. Other lines, such as alarms and what apps have added, are not even looked at. */
const WANTED =
  /^(UID|RECURRENCE-ID|SUMMARY|DESCRIPTION|DTSTART|DUE|DURATION|PRIORITY|CATEGORIES|STATUS|COMPLETED|CREATED|LAST-MODIFIED|X-DUELY-[A-Z-]+)[;:]/i;

/** So many characters are read before others get a turn. */
const LENGTH_AT_ONCE = 50_000;

export interface CalendarReading {
  /** Of times that name no zone, and of days. */
  readonly timeZone: string;
  readonly now: Date;
}

/**
 * The to-dos (VTODO) of an iCalendar file (RFC 5545), in its order. What is due on a day is due at its last minute. What is
 * cancelled goes into the trash. Entries of other kinds are left out; throws an ImportFileError where there are only such.
 */
export async function readCalendarTodos(text: string, { timeZone, now }: CalendarReading): Promise<PlacedRecord[]> {
  const components = await componentsOf(text);
  const todos = components.filter(({ name }) => name === 'VTODO');
  const others = components.filter(({ name }) => name !== 'VTODO' && name !== 'VTIMEZONE');
  if (todos.length === 0 && others.length > 0)
    throw new ImportFileError(`This calendar has no to-dos (VTODO), only ${others.length} entries of other kinds.`);
  const zones = await readZones(
    components.filter(({ name }) => name === 'VTIMEZONE'),
    timeZone,
  );
  const read: PlacedRecord[] = [];
  let length = 0;
  for (const [index, todo] of todos.entries()) {
    length += todo.lines.reduce((sum, line) => sum + line.length, 0);
    if (length > LENGTH_AT_ONCE) {
      await nextTurn();
      length = 0;
    }
    read.push({ place: `VTODO ${index + 1} (line ${todo.line})`, ...readTodo(todo, zones, now) });
  }
  return read;
}

async function componentsOf(text: string): Promise<CalendarComponent[]> {
  try {
    const components: CalendarComponent[] = [];
    for await (const component of readComponents(text)) checkCount(components.push(component));
    return components;
  } catch (error) {
    throw error instanceof CalendarError ? new ImportFileError(error.message, { cause: error }) : error;
  }
}

function readTodo(
  component: CalendarComponent,
  zones: Zones,
  now: Date,
): { record: TodoRecord } | { faults: RecordFault[] } {
  const faults: RecordFault[] = [];
  const fault = (property: string, message: string) => {
    faults.push({ code: 'INVALID', path: [property], message });
    return null;
  };
  const properties = readProperties(wantedLines(component));
  if (typeof properties === 'string') return { faults: [{ code: 'INVALID', path: [], message: properties }] };

  const textOf = (name: string) => {
    const value = properties.get(name)?.[0]?.values[0];
    return value === undefined ? null : String(value);
  };
  const instantOf = (name: string, property: string): Date | null => {
    const found = properties.get(name)?.[0];
    if (!found) return null;
    const instant = toInstant(found, zones);
    return typeof instant === 'string' ? fault(property, `${name.toUpperCase()} ${instant}`) : instant;
  };

  // Some apps write the year 0 or 1900 where they do not know.
  const knownInstant = (name: string): Date | null => {
    const found = properties.get(name)?.[0];
    const instant = found ? toInstant(found, zones) : null;
    return instant instanceof Date ? instant : null;
  };

  const recurrence = recurrenceOf(component);
  const dueAt =
    instantOf('due', 'dueAt') ??
    endOfDuration(properties, instantOf) ??
    // What recurs does so from its start on.
    (recurrence === null ? null : instantOf('dtstart', 'dueAt'));
  const modified = knownInstant('last-modified');
  const status = textOf('status')?.toUpperCase() ?? null;
  const completed = instantOf('completed', 'completedAt');
  const isCompleted = status === null ? completed !== null : status === 'COMPLETED';
  const minutes = Number(textOf(REMIND_MINUTES) ?? Number.NaN);
  const record: TodoRecord = {
    uid: uidOf(textOf('uid'), textOf('recurrence-id')) ?? component.lines.join('\n'),
    title: textOf('summary') ?? '',
    description: textOf('description'),
    completedAt: isCompleted ? (completed ?? modified ?? now) : null,
    dueAt,
    priority: priorityOf(Number(textOf('priority') ?? 0)),
    tags: (properties.get('categories') ?? []).flatMap(({ values }) => values.map(String)).filter(tag => tag.trim()),
    // One occurrence of a series does not come again.
    recurrence: properties.has('recurrence-id') ? null : recurrence,
    remindAt: Number.isInteger(minutes) ? null : instantOf(REMIND_AT, 'remindAt'),
    remindMinutesBefore: Number.isInteger(minutes) ? minutes : null,
    createdAt: knownInstant('created'),
    deletedAt: status === 'CANCELLED' ? now : null,
  };
  return faults.length > 0 ? { faults } : { record };
}

/** As it stands there: ical.js would refuse the whole to-do, without a reason to show, where it is wrong. */
const recurrenceOf = (component: CalendarComponent): string | null =>
  ownLines(component)
    .flatMap(line => /^RRULE[^:]*:(.*)$/i.exec(line)?.[1]?.trim() ?? [])
    .at(0) ?? null;

const wantedLines = (component: CalendarComponent): string[] =>
  ownLines(component)
    .filter(line => WANTED.test(line))
    // Ours are instants, in the form of DUE.
    .map(line => line.replace(/^X-DUELY-REMIND-AT:/i, 'X-DUELY-REMIND-AT;VALUE=DATE-TIME:'));

/** The id of a todo of ours, wherever it comes from; one occurrence of a series is a todo of its own. */
function uidOf(uid: string | null, recurrenceId: string | null): string | null {
  if (uid === null || uid.trim() === '') return null;
  const [, own] = /^(todo_[0-9a-z]{26})@/.exec(uid) ?? [];
  return recurrenceId === null ? (own ?? uid) : `${own ?? uid} ${recurrenceId}`;
}

/** 1 is the most urgent; apps that know three kinds write 1, 5 and 9. */
function priorityOf(number: number): Priority {
  if (number === 1) return 'URGENT';
  if (number >= 2 && number <= 4) return 'HIGH';
  if (number === 5) return 'MEDIUM';
  return number >= 6 && number <= 9 ? 'LOW' : 'NONE';
}

/** What has a start and a length instead of a due date. */
function endOfDuration(
  properties: Map<string, Property[]>,
  instantOf: (name: string, property: string) => Date | null,
): Date | null {
  const length = properties.get('duration')?.[0]?.values[0];
  const start = length === undefined ? null : instantOf('dtstart', 'dueAt');
  if (!start) return null;
  const end = start.getTime() + secondsOf(String(length)) * 1_000;
  return isInRange(end) ? new Date(end) : start;
}

function secondsOf(duration: string): number {
  try {
    return ICAL.Duration.fromString(duration).toSeconds();
  } catch {
    return 0;
  }
}

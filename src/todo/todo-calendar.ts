import ICAL from 'ical.js';
import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { basicTime, zoneDefinition } from '../platform/icalendar/zone-definition.ts';
import { toGlobalId } from '../platform/ids.ts';
import { instantText } from '../platform/instant.ts';
import { untilInstant } from './recurrence-parts.ts';
import { formatRecurrence, parseRecurrence } from './recurrence-rule.ts';
import type { Priority } from './todo.entity.ts';
import type { TodoRow } from './todo.reads.ts';
import { readAllTodos } from './todo-export.reads.ts';

/** Apps show 1 as the most urgent and 9 as the least; 0 is none (RFC 5545, section 3.8.1.9). */
export const CALENDAR_PRIORITIES: Readonly<Record<Priority, number>> = {
  NONE: 0,
  LOW: 9,
  MEDIUM: 5,
  HIGH: 3,
  URGENT: 1,
};

/** Of a line, 75 at the most (section 3.1): ical.js does not count the blank that a folded line begins with. */
const FOLDED_OCTETS = 74;

/** Ours alone, for what the standard has no words for. */
export const REMIND_AT = 'x-duely-remind-at';
export const REMIND_MINUTES = 'x-duely-remind-minutes-before';

export interface CalendarOptions {
  /** Where the todos are from: behind the @ of each UID. */
  readonly host: string;
  readonly version: string;
}

/**
 * An owner's todos in their own order as VTODOs of one calendar (RFC 5545), for other apps: without what is in the trash,
 * and to the second. `em` has to be in a snapshot.
 */
export async function* writeCalendar(
  em: EntityManager,
  ownerId: string,
  { host, version }: CalendarOptions,
): AsyncGenerator<string, void, void> {
  ICAL.foldLength = FOLDED_OCTETS;
  yield `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Duely//Duely ${version}//EN\r\n`;
  const zone = await readZone(em, ownerId);
  if (zone.recursFrom && zone.name !== 'UTC') yield zoneDefinition(zone.name, zone.recursFrom);
  let place = 0;
  for await (const rows of readAllTodos(em, ownerId, { trash: false })) {
    let text = '';
    for (const row of rows) {
      place += 1;
      text += `${ICAL.stringify.component(['vtodo', propertiesOf(row, { host, place, timeZone: zone.name }), []], ICAL.design.icalendar)}\r\n`;
    }
    yield text;
  }
  yield 'END:VCALENDAR\r\n';
}

/** The owner's zone, and since when they have open todos that recur in it. */
async function readZone(em: EntityManager, ownerId: string) {
  const { rows } = await sql<{ name: string; first: string | null }>`
    select time_zone as name, (
      select min(due_at) from todos
      where owner_id = users.id and recurrence is not null and completed_at is null and deleted_at is null
    ) as first
    from users where id = ${ownerId}`.execute(sqlOf<object>(em));
  const [row] = rows;
  if (!row) throw new Error(`The account ${ownerId} is gone.`);
  return { name: row.name, recursFrom: row.first === null ? null : Temporal.Instant.from(instantText(row.first)) };
}

/** As jCal has it (RFC 7265): name, parameters, type, values. */
type Property = [name: string, parameters: object, type: string, ...values: unknown[]];

interface Setting {
  readonly host: string;
  readonly place: number;
  readonly timeZone: string;
}

function propertiesOf(todo: TodoRow, { host, place, timeZone }: Setting): Property[] {
  const { title, description, priority, tags, completedAt, dueAt, recurrence, remindAt, remindMinutesBefore } = todo;
  const properties: Property[] = [
    ['uid', {}, 'text', `${toGlobalId('todo', todo.id)}@${host}`],
    // Where a calendar is no message, both are the time of the last change (section 3.8.7.2).
    ['dtstamp', {}, 'date-time', utc(todo.updatedAt)],
    ['last-modified', {}, 'date-time', utc(todo.updatedAt)],
    ['created', {}, 'date-time', utc(todo.createdAt)],
    ['summary', {}, 'text', calendarText(title)],
  ];
  if (typeof description === 'string') properties.push(['description', {}, 'text', calendarText(description)]);
  // The next one of what is completed is a todo of its own: two would go on.
  if (recurrence && dueAt && !completedAt) properties.push(...recurring(recurrence, dueAt, timeZone));
  else if (dueAt) properties.push(['due', {}, 'date-time', utc(dueAt)]);
  const urgency: Priority = priority;
  properties.push(['priority', {}, 'integer', CALENDAR_PRIORITIES[urgency]]);
  for (const together of categories(tags)) properties.push(['categories', {}, 'text', ...together]);
  properties.push(['status', {}, 'text', completedAt ? 'COMPLETED' : 'NEEDS-ACTION']);
  if (completedAt) properties.push(['completed', {}, 'date-time', utc(completedAt)]);
  if (typeof remindMinutesBefore === 'number')
    properties.push([REMIND_MINUTES, {}, 'unknown', String(remindMinutesBefore)]);
  else if (remindAt) properties.push([REMIND_AT, {}, 'unknown', utc(remindAt).replace(/[-:]/g, '')]);
  // Nextcloud, Tasks.org and Apple's apps sort by it.
  properties.push(['x-apple-sort-order', {}, 'unknown', String(place)]);
  return properties;
}

/** By the wall clock of the zone, which the rule goes by. It begins when it is due, as Apple's apps write it too. */
function recurring(recurrence: string, dueAt: unknown, timeZone: string): Property[] {
  const due = Temporal.Instant.from(instantText(dueAt)).toZonedDateTimeISO(timeZone).toPlainDateTime();
  const isUtc = timeZone === 'UTC';
  const parameters = isUtc ? {} : { tzid: timeZone };
  const text = `${due.toString({ smallestUnit: 'second' })}${isUtc ? 'Z' : ''}`;
  const rule = parseRecurrence(recurrence);
  // It has to be an instant where the start is one.
  const last = rule.until === null ? null : untilInstant(rule.until, timeZone);
  const until = last ? `${basicTime(last.toZonedDateTimeISO('UTC').toPlainDateTime())}Z` : null;
  return [
    ['dtstart', parameters, 'date-time', text],
    ['due', parameters, 'date-time', text],
    ['rrule', {}, 'recur', ICAL.Recur.fromString(formatRecurrence({ ...rule, until })).toJSON()],
  ];
}

/** In UTC, to the second. */
const utc = (time: unknown): string => `${instantText(time).slice(0, 19)}Z`;

/** Text may have no control characters but tabs and ends of lines, which are LF alone (section 3.3.11). */
const calendarText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/**
 * All tags on one line, as every app reads them; one that ends in a backslash on a line of its own, because ical.js and
 * others take the comma behind it for escaped.
 */
function categories(tags: readonly string[]): string[][] {
  const texts = tags.map(calendarText);
  const together = texts.filter(tag => !tag.endsWith('\\'));
  return [...(together.length > 0 ? [together] : []), ...texts.filter(tag => tag.endsWith('\\')).map(tag => [tag])];
}

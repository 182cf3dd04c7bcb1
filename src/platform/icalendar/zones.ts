import { setImmediate as nextTurn } from 'node:timers/promises';
import ICAL from 'ical.js';
import { readTimeZone } from '../time-zone.ts';
import type { CalendarComponent } from './components.ts';

/** Tells the instant of a time on the wall in the zone of this TZID; null: in no zone. Null where there is no such zone. */
export type Zones = (tzid: string | null, wall: Temporal.PlainDateTime) => Temporal.Instant | null;

/**
 * Rules of one day of the year, as all that there are, and few of them: the library lists every change from the first one
 * to the last year that it is asked for, and others could keep the server busy for as long as they like.
 */
const YEARLY =
  /^FREQ=YEARLY(?=.*;BYMONTH=)(?=.*;(BYDAY=[+-]?\d|BYMONTHDAY=))(;(BYMONTH=\d+|BYMONTHDAY=[\d,+-]{1,30}|BYDAY=[+-]?\d?[A-Z]{2}|UNTIL=[\dTZ]+|WKST=[A-Z]+|INTERVAL=1))*$/i;
/** Of all definitions together. */
const RULES_MAX = 40;
/** More zones than there are rules for; and each spelt out for hundreds of years. */
const DEFINITIONS_MAX = 100;
const DEFINITION_MAX_LENGTH = 50_000;
/** Beyond these the clocks of those years are meant. */
const YEARS = { min: 1900, max: 2060 };
const FIRST_YEAR = /^DTSTART[^:]*:(\d{4})/i;
const FIRST_YEAR_MIN = 1600;
/** Mozilla and Evolution put something of their own ahead of IANA's name. */
const IANA_AT_END = /[A-Za-z_]+(\/[A-Za-z0-9_+-]+){1,2}$/;

/**
 * The zones of a calendar. A TZID that is a name of IANA's means that zone; any other one what the calendar's VTIMEZONE
 * says. A time in no zone is one in the person's own. A time that the clocks leave out is as much later, and of one that
 * comes twice the first is meant (RFC 5545, section 3.3.5).
 */
export async function readZones(definitions: readonly CalendarComponent[], ownZone: string): Promise<Zones> {
  const defined = new Map<string, ICAL.Timezone>();
  let rules = 0;
  for (const component of definitions.slice(0, DEFINITIONS_MAX)) {
    // Reading one takes some milliseconds: others have their turn in between.
    await nextTurn();
    rules += component.lines.filter(line => /^RRULE/i.test(line)).length;
    if (rules > RULES_MAX) break;
    const zone = readDefinition(component);
    if (zone) defined.set(zone.tzid, zone);
  }
  return (tzid, wall) => {
    const definition = tzid === null ? undefined : defined.get(tzid);
    const name = tzid === null ? ownZone : (readTimeZone(tzid) ?? (definition ? null : ianaNameIn(tzid)));
    if (name) return wall.toZonedDateTime(name).toInstant();
    return definition ? byDefinition(definition, wall) : null;
  };
}

const ianaNameIn = (tzid: string): string | null => readTimeZone(IANA_AT_END.exec(tzid)?.[0] ?? '');

/** Null where it cannot be used: what names it is refused then. */
function readDefinition({ lines }: CalendarComponent): ICAL.Timezone | null {
  if (lines.reduce((length, line) => length + line.length, 0) > DEFINITION_MAX_LENGTH) return null;
  const rules = lines.flatMap(line => /^RRULE[^:]*:(.*)$/i.exec(line)?.[1]?.trim() ?? []);
  if (!rules.every(rule => YEARLY.test(rule))) return null;
  if (lines.some(line => Number(FIRST_YEAR.exec(line)?.[1] ?? FIRST_YEAR_MIN) < FIRST_YEAR_MIN)) return null;
  try {
    const component = ICAL.Component.fromString(['BEGIN:VTIMEZONE', ...lines, 'END:VTIMEZONE'].join('\r\n'));
    const tzid = component.getFirstPropertyValue('tzid');
    if (typeof tzid !== 'string' || component.getAllSubcomponents().length === 0) return null;
    const zone = new ICAL.Timezone({ component, tzid });
    // The latest first: what it lists for one year it lists anew for each later one.
    byDefinition(zone, new Temporal.PlainDateTime(YEARS.max, 1, 1));
    return zone;
  } catch {
    return null;
  }
}

function byDefinition(zone: ICAL.Timezone, wall: Temporal.PlainDateTime): Temporal.Instant {
  const { month, day, hour, minute, second } = wall;
  const year = Math.min(Math.max(wall.year, YEARS.min), YEARS.max);
  const offset = zone.utcOffset(new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, zone));
  return wall.toZonedDateTime('UTC').toInstant().subtract({ seconds: offset });
}

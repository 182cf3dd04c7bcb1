/** So far ahead the zone's rules are spelt out; whoever knows the name of the zone needs none of them. */
const YEARS_AHEAD = 20;
const OBSERVANCES_MAX = 200;

/**
 * The zone as a VTIMEZONE (RFC 5545, section 3.6.5), which everything that names a zone needs: each change of its offset
 * from the instant on, one by one.
 */
export function zoneDefinition(timeZone: string, from: Temporal.Instant): string {
  const start = from.toZonedDateTimeISO(timeZone).with({ month: 1, day: 1 }).startOfDay();
  const observances = [observance(start.toPlainDateTime(), start.offsetNanoseconds, start.offsetNanoseconds)];
  const end = start.add({ years: YEARS_AHEAD });
  let before = start;
  while (observances.length < OBSERVANCES_MAX) {
    const change = before.getTimeZoneTransition('next');
    if (!change || Temporal.ZonedDateTime.compare(change, end) > 0) break;
    // On the clock as it was until then.
    const wall = change
      .toPlainDateTime()
      .subtract({ nanoseconds: change.offsetNanoseconds - before.offsetNanoseconds });
    observances.push(observance(wall, before.offsetNanoseconds, change.offsetNanoseconds));
    before = change;
  }
  return ['BEGIN:VTIMEZONE', `TZID:${timeZone}`, ...observances, 'END:VTIMEZONE', ''].join('\r\n');
}

function observance(wall: Temporal.PlainDateTime, fromNs: number, toNs: number): string {
  const kind = toNs > fromNs ? 'DAYLIGHT' : 'STANDARD';
  return [
    `BEGIN:${kind}`,
    `DTSTART:${basicTime(wall)}`,
    `TZOFFSETFROM:${offsetText(fromNs)}`,
    `TZOFFSETTO:${offsetText(toNs)}`,
    `END:${kind}`,
  ].join('\r\n');
}

/** As iCalendar writes times. */
export const basicTime = (wall: Temporal.PlainDateTime): string =>
  wall.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');

function offsetText(nanoseconds: number): string {
  const seconds = Math.abs(nanoseconds) / 1e9;
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  // Local mean times, of before there were zones.
  if (seconds % 60 !== 0) parts.push(seconds % 60);
  return `${nanoseconds < 0 ? '-' : '+'}${parts.map(part => String(part).padStart(2, '0')).join('')}`;
}

import { isInRange } from '../instant.ts';
import type { Property } from './properties.ts';
import type { Zones } from './zones.ts';

const LAST_MINUTE = Temporal.PlainTime.from('23:59');

/** The instant of a time, or of the last minute of a day; what is wrong with it, where it cannot be read. */
export function toInstant({ tzid, type, values: [value] }: Property, zones: Zones): Date | string {
  const text = String(value);
  const wall = wallOf(text, type);
  if (!wall) return `is no ${type === 'date' ? 'day' : 'time'}.`;
  const instant = text.endsWith('Z') ? wall.toZonedDateTime('UTC').toInstant() : zones(tzid, wall);
  if (!instant) return `is in the zone ${tzid}, which neither the calendar nor this server knows.`;
  return isInRange(instant.epochMilliseconds) ? new Date(instant.epochMilliseconds) : 'is out of range.';
}

function wallOf(text: string, type: string): Temporal.PlainDateTime | null {
  try {
    // Without `reject`, the 31st of February would be its 28th.
    return type === 'date'
      ? Temporal.PlainDate.from(text, { overflow: 'reject' }).toPlainDateTime(LAST_MINUTE)
      : Temporal.PlainDateTime.from(text.replace(/Z$/, ''), { overflow: 'reject' });
  } catch {
    return null;
  }
}

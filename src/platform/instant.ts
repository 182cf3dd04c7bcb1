/** RFC 3339, section 5.6. */
const RFC_3339_PATTERN = /^(\d{4})-(\d\d)-(\d\d)[Tt](?:[01]\d|2[0-3]):\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
/** What both PostgreSQL and the format can hold. */
const RANGE = { min: Date.parse('0001-01-01T00:00:00.000Z'), max: Date.parse('9999-12-31T23:59:59.999Z') };

/** Whether the instant is one that the API and the database can hold: of the years 1 to 9999. */
export const isInRange = (time: number): boolean => time >= RANGE.min && time <= RANGE.max;

/** An instant by RFC 3339, such as 2026-11-20T09:30:00.000Z; null where the value is anything else. */
export function readInstant(value: unknown): Date | null {
  const match = typeof value === 'string' ? RFC_3339_PATTERN.exec(value) : null;
  const [text, year, month, day] = match ?? [];
  const time = text ? Date.parse(text.toUpperCase()) : Number.NaN;
  const dayExists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return dayExists && isInRange(time) ? new Date(time) : null;
}

const POSTGRES_UTC_PATTERN = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/;

/** The same as text, to the millisecond and in UTC. Rows carry PostgreSQL's own text, entities a Date. */
export function instantText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  if (!POSTGRES_UTC_PATTERN.test(text)) return new Date(text).toISOString();
  const milliseconds = text.length > 22 ? text.slice(20, -3).padEnd(3, '0') : '000';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

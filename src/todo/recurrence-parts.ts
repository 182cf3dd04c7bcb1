/** SECONDLY and MINUTELY are refused: nothing that has to be done comes more often than once an hour. */
const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The parts that are lists of numbers, in the order in which they are written, with the bounds of each. */
const NUMBER_PARTS = {
  BYMONTH: { min: 1, max: 12 },
  BYWEEKNO: { max: 53 },
  BYYEARDAY: { max: 366 },
  BYMONTHDAY: { max: 31 },
  BYHOUR: { min: 0, max: 23 },
  BYMINUTE: { min: 0, max: 59 },
  BYSECOND: { min: 0, max: 59 },
  BYSETPOS: { max: 366 },
} as const;
export type NumberPart = keyof typeof NUMBER_PARTS;
export const NUMBER_PART_NAMES = Object.keys(NUMBER_PARTS) as NumberPart[];
const OTHER_PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST'];

/** Why a text is no recurrence, as a sentence to show to a person. */
export class RecurrenceFault extends Error {
  override readonly name = 'RecurrenceFault';
}

/** What a message repeats of what was sent. */
const cut = (text: string) => (text.length > 30 ? `${text.slice(0, 30)}…` : text);

/** What each part of a rule says, by its name. Throws RecurrenceFault, as do all who read a part. */
export function partsOf(line: string): ReadonlyMap<string, string> {
  if (/[\r\n]/.test(line) || /^(DTSTART|DTEND|DUE|RDATE|EXDATE|EXRULE)\b/.test(line)) {
    throw new RecurrenceFault(
      'Give one RRULE and nothing else: it starts at dueAt, and single dates can be neither added nor left out.',
    );
  }
  const parts = new Map<string, string>();
  for (const part of line.replace(/^RRULE:/, '').split(';')) {
    const [name = '', value = '', ...rest] = part.split('=');
    if (name === '' || value === '' || rest.length > 0)
      throw new RecurrenceFault(`"${cut(part)}" is no part of an RRULE: write it as in FREQ=WEEKLY;BYDAY=MO,TH.`);
    if (!OTHER_PARTS.includes(name) && !(name in NUMBER_PARTS))
      throw new RecurrenceFault(`${cut(name)} is no part of an RRULE that todos can have.`);
    if (parts.has(name)) throw new RecurrenceFault(`${name} can be given once only.`);
    parts.set(name, value);
  }
  return parts;
}

export function readFrequency(value: string | undefined): Frequency {
  const frequency = FREQUENCIES.find(one => one === value);
  if (frequency) return frequency;
  if (value === 'SECONDLY' || value === 'MINUTELY')
    throw new RecurrenceFault(`FREQ=${value} is too often: a todo comes once an hour at the most.`);
  throw new RecurrenceFault(`FREQ has to be one of ${FREQUENCIES.join(', ')}.`);
}

/** A whole number from 1 to `max`; null where the part is not given. */
export function readCount(name: string, value: string | undefined, max: number): number | null {
  if (value === undefined) return null;
  const count = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > max)
    throw new RecurrenceFault(`${name} is a number from 1 to ${max.toLocaleString('en')}, not ${cut(value)}.`);
  return count;
}

/** As it is written; null where the part is not given. */
export function readUntil(value: string | undefined): string | null {
  if (value === undefined) return null;
  if (/^\d{8}(T\d{6}Z)?$/.test(value) && untilInstant(value, 'UTC') !== null) return value;
  throw new RecurrenceFault(
    `UNTIL is a day such as 20271231, or an instant in UTC such as 20271231T090000Z, not ${cut(value)}.`,
  );
}

/** The last instant that UNTIL still allows: where it is a day, the end of that day in the zone. Null where there is no such day or time. */
export function untilInstant(until: string, timeZone: string): Temporal.Instant | null {
  try {
    if (until.endsWith('Z')) return Temporal.Instant.from(until);
    const nextDay = Temporal.PlainDate.from(until).add({ days: 1 });
    return nextDay.toZonedDateTime(timeZone).toInstant().subtract({ milliseconds: 1 });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Sorted and without repetition, as is readDays. */
export function readNumbers(name: NumberPart, value: string): number[] {
  const bounds: { min?: number; max: number } = NUMBER_PARTS[name];
  const values = value.split(',').map(one => {
    const number = /^[+-]?\d{1,3}$/.test(one) ? Number(one) : Number.NaN;
    const isWithin =
      bounds.min === undefined
        ? number !== 0 && Math.abs(number) <= bounds.max
        : number >= bounds.min && number <= bounds.max;
    if (isWithin) return number;
    const range =
      bounds.min === undefined ? `1 to ${bounds.max} or -1 to -${bounds.max}` : `${bounds.min} to ${bounds.max}`;
    throw new RecurrenceFault(`${name} is a list of numbers from ${range}, not ${cut(one) || 'nothing'}.`);
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

export function readDays(value: string | undefined): string[] {
  if (value === undefined) return [];
  const days = value.split(',').map(one => {
    const [, sign = '', digits = '', weekday = ''] = /^([+-]?)(\d{0,2})(MO|TU|WE|TH|FR|SA|SU)$/.exec(one) ?? [];
    const ordinal = Number(digits);
    if (weekday === '' || (digits === '' && sign !== '') || (digits !== '' && (ordinal < 1 || ordinal > 53)))
      throw new RecurrenceFault(
        `BYDAY is a list of weekdays such as MO or, for the last Friday, -1FR; not ${cut(one) || 'nothing'}.`,
      );
    return { weekday, ordinal: sign === '-' ? -ordinal : ordinal };
  });
  const inOrder = days.sort((a, b) => a.ordinal - b.ordinal || placeOf(a.weekday) - placeOf(b.weekday));
  return [...new Set(inOrder.map(({ weekday, ordinal }) => `${ordinal === 0 ? '' : ordinal}${weekday}`))];
}

const WEEK: readonly string[] = WEEKDAYS;
const placeOf = (weekday: string) => WEEK.indexOf(weekday);

export function readWeekStart(value = 'MO'): Weekday {
  const weekday = WEEKDAYS.find(one => one === value);
  if (!weekday) throw new RecurrenceFault(`WKST is one of ${WEEKDAYS.join(', ')}, not ${cut(value)}.`);
  return weekday;
}

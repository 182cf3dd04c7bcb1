import { RRuleTemporal } from 'rrule-temporal';
import { untilInstant } from './recurrence-parts.ts';
import type { RecurrenceRule } from './recurrence-rule.ts';

/** A todo's due date as the first of a series, whose others come by the wall clock of a zone. */
export interface Series {
  readonly rule: RecurrenceRule;
  readonly dueAt: Date;
  /** By its IANA name. */
  readonly timeZone: string;
}

export interface NextInSeries {
  readonly dueAt: Date;
  /** The rest of the series: with COUNT it has fewer to come. */
  readonly rule: RecurrenceRule;
}

/** What does not come again within so many years never does. */
const YEARS_MAX = 100;
/**
 * Bound what a search can cost where a rule is made to find nothing: some 50 milliseconds. Periods are days for 40 years,
 * and hours for more than a COUNT has. Candidates are what periods with several times each are made of.
 */
const PERIODS_MAX = 15_000;
const CANDIDATES_MAX = 5_000;
/** What was missed of a COUNT is counted one by one: one that nobody did for longer, or for CANDIDATES_MAX times, is over. */
const COUNTED_YEARS_MAX = 10;
/** The API has no later instants. */
const LAST_INSTANT = Temporal.Instant.from('9999-12-31T23:59:59.999Z');

/**
 * The first of the series behind its due date that `now` has not passed: what was missed is left out, but counts. Null
 * where the series is over. A local time that daylight saving skips is left out, as RFC 5545, 3.3.10 has it; of one that
 * comes twice the first is meant.
 */
export function nextInSeries({ rule, dueAt, timeZone }: Series, now: Date): NextInSeries | null {
  const start = zoned(dueAt, timeZone);
  const after = zoned(new Date(Math.max(dueAt.getTime(), now.getTime())), timeZone);
  const last = rule.until === null ? LAST_INSTANT : (untilInstant(rule.until, timeZone) ?? LAST_INSTANT);
  if (rule.count === null) {
    const next = firstBehind(rule, start, after);
    return next && Temporal.Instant.compare(next, last) <= 0 ? { dueAt: toDate(next), rule } : null;
  }
  const found = countedBehind(rule, rule.count, start, after);
  return found && { dueAt: toDate(found.next), rule: { ...rule, count: found.left } };
}

/** Why a todo that is due then cannot repeat so, as a sentence to show to a person; null where it can. */
export function seriesFault({ rule, dueAt, timeZone }: Series): string | null {
  const start = zoned(dueAt, timeZone);
  const last = rule.until === null ? null : untilInstant(rule.until, timeZone);
  if (last && Temporal.Instant.compare(last, start.toInstant()) < 0)
    return 'UNTIL is before dueAt: end it later, or leave UNTIL out.';
  if (!firstBehind(rule, start, start))
    return `It never comes again, or not within ${YEARS_MAX} years: look at the days, months and the interval together.`;
  return null;
}

const zoned = (date: Date, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(timeZone);
const toDate = (instant: Temporal.Instant) => new Date(instant.epochMilliseconds);

/** Without regard to COUNT and UNTIL. */
function firstBehind(
  rule: RecurrenceRule,
  start: Temporal.ZonedDateTime,
  after: Temporal.ZonedDateTime,
): Temporal.Instant | null {
  return searching(() => occurrences(rule, start, after).next(after)?.toInstant() ?? null);
}

/** The todo itself is the first of COUNT, whether or not the rule would have it. */
function countedBehind(
  rule: RecurrenceRule,
  count: number,
  start: Temporal.ZonedDateTime,
  after: Temporal.ZonedDateTime,
): { next: Temporal.Instant; left: number } | null {
  if (Temporal.ZonedDateTime.compare(start.add({ years: COUNTED_YEARS_MAX }), after) < 0) return null;
  let left = count;
  let next: Temporal.Instant | null = null;
  searching(() => {
    occurrences(rule, start, after).all(occurrence => {
      if (Temporal.ZonedDateTime.compare(occurrence, start) <= 0) return true;
      left -= 1;
      if (left < 1) return false;
      if (Temporal.ZonedDateTime.compare(occurrence, after) <= 0) return true;
      next = occurrence.toInstant();
      return false;
    });
    return null;
  });
  return next && { next, left };
}

function occurrences(rule: RecurrenceRule, start: Temporal.ZonedDateTime, after: Temporal.ZonedDateTime) {
  const { numbers, days } = rule;
  const horizon = after.add({ years: YEARS_MAX }).toInstant();
  const until = Temporal.Instant.compare(horizon, LAST_INSTANT) < 0 ? horizon : LAST_INSTANT;
  return new RRuleTemporal({
    freq: rule.frequency,
    interval: rule.interval,
    until: until.toZonedDateTimeISO(start.timeZoneId),
    wkst: rule.weekStart,
    ...(days.length > 0 ? { byDay: [...days] } : {}),
    ...listed('byMonth', numbers.BYMONTH),
    ...listed('byWeekNo', numbers.BYWEEKNO),
    ...listed('byYearDay', numbers.BYYEARDAY),
    ...listed('byMonthDay', numbers.BYMONTHDAY),
    ...listed('byHour', numbers.BYHOUR),
    ...listed('byMinute', numbers.BYMINUTE),
    ...listed('bySecond', numbers.BYSECOND),
    ...listed('bySetPos', numbers.BYSETPOS),
    dtstart: start,
    temporal: Temporal,
    cache: false,
    maxIterations: PERIODS_MAX,
    maxCandidateEvaluations: CANDIDATES_MAX,
  });
}

const listed = <Name extends string>(name: Name, numbers: readonly number[] | undefined) =>
  (numbers ? { [name]: [...numbers] } : {}) as { [Key in Name]?: number[] };

/** The library throws a plain Error where it has reached one of its bounds: there is nothing near enough to be found. */
function searching<Result>(search: () => Result | null): Result | null {
  try {
    return search();
  } catch (error) {
    if (error instanceof Error && /^Maximum (iterations|candidate evaluations) /.test(error.message)) return null;
    throw error;
  }
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { nextInSeries } from '../../src/todo/recurrence.ts';
import { parseRecurrence } from '../../src/todo/recurrence-rule.ts';
import { type RandomSeries, randomSeries } from '../support/recurrence-rules.ts';

/** How many occurrences of each series are compared. */
const COUNT = 5;
const DATEUTIL_MISSING = 'There is no python3 with dateutil here. Debian: apt-get install -y python3-dateutil.';
const DATEUTIL = new URL('../support/dateutil-dates.py', import.meta.url).pathname;

/** As a todo goes through them: each time the next one of a series that begins at the last one. */
function ours({ rule: text, start }: RandomSeries, count = COUNT): string[] {
  const rule = parseRecurrence(text);
  const dates: string[] = [];
  let dueAt = new Date(start);
  while (dates.length < count) {
    const next = nextInSeries({ rule, dueAt, timeZone: 'UTC' }, dueAt);
    if (!next) break;
    dueAt = next.dueAt;
    dates.push(dueAt.toISOString());
  }
  return dates;
}

/** Ours and theirs where they are not the same. */
const differences = (all: readonly (RandomSeries & { mine: string[]; theirs: string[] })[]) =>
  all.filter(({ mine, theirs }) => JSON.stringify(mine) !== JSON.stringify(theirs));

/**
 * Where ical.js 2.2.1 is known to be wrong, or never to end: it takes BYSETPOS, BYHOUR and BYMINUTE into account in some
 * places only; MONTHLY with BYMONTH goes by the months of the list and not by INTERVAL; a BYMONTHDAY of a year without
 * months is the start's month's; BYWEEKNO goes on with the weeks behind it; days of the month beside weekdays, in DAILY and HOURLY, and those that a month does not
 * have lose the count of months or search for ever.
 */
const ICAL_IS_WRONG =
  /HOURLY|BYSETPOS|BYHOUR|BYMINUTE|DAILY.*BYMONTHDAY|MONTHLY.*BYMONTH=|BYDAY.*BYMONTHDAY|BYWEEKNO|YEARLY.*BYMONTHDAY|BYYEARDAY/;

function icalDates({ rule, start }: RandomSeries): string[] {
  const dates: string[] = [];
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(start.slice(0, 19)));
  while (dates.length < COUNT) {
    const next = iterator.next();
    if (!next) break;
    const date = `${next.toString()}.000Z`;
    if (date > start) dates.push(date);
  }
  return dates;
}

test('thousands of series have the dates that ical.js finds', { timeout: 120_000 }, () => {
  const compared = randomSeries(7, 9_000)
    .filter(({ rule }) => !ICAL_IS_WRONG.test(rule))
    // It takes a start that is none of the series for one that is: so it is given the first that is.
    .flatMap(series => ours(series, 1).map(start => ({ ...series, start })))
    // It makes 1 March of 29 February.
    .filter(({ start }) => !start.includes('-02-29'))
    .map(series => ({ ...series, mine: ours(series) }))
    .filter(({ mine }) => mine.length === COUNT)
    .map(series => ({ ...series, theirs: icalDates(series) }));

  expect(compared.length).toBeGreaterThan(2_000);
  expect(differences(compared)).toEqual([]);
});

const hasDateutil = async () =>
  promisify(execFile)('python3', ['-c', 'import dateutil.rrule']).then(
    () => true,
    () => false,
  );

async function dateutilDates(all: readonly RandomSeries[]): Promise<(string[] | null)[]> {
  const running = promisify(execFile)('python3', [DATEUTIL], { maxBuffer: 2 ** 26 });
  running.child.stdin?.end(all.map(series => JSON.stringify({ ...series, count: COUNT })).join('\n'));
  const { stdout } = await running;
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as string[] | null);
}

/** Its first week begins at the start and not at WKST, so that BYSETPOS counts in a part of a week. */
const isFirstWeek = ({ rule }: RandomSeries) => /WEEKLY.*BYSETPOS/.test(rule);

test('thousands of series of every kind have the dates that python-dateutil finds', { timeout: 300_000 }, async ({
  skip,
}) => {
  if (!(await hasDateutil())) skip(DATEUTIL_MISSING);
  const all = randomSeries(11, 4_000)
    .filter(series => !isFirstWeek(series))
    .map(series => ({ ...series, mine: ours(series) }))
    // Where we find nothing dateutil searches for seconds, to the year 9999: that nothing is right is shown by others.
    .filter(({ mine }) => mine.length === COUNT);

  const answers = await dateutilDates(all);

  const compared = all.flatMap((series, index) => {
    const theirs = answers[index];
    return theirs ? [{ ...series, theirs }] : [];
  });
  expect(compared.length).toBeGreaterThan(2_000);
  expect(compared.length / all.length).toBeGreaterThan(0.98);
  expect(differences(compared)).toEqual([]);
});

import { expect, test } from 'vitest';
import { nextInSeries, seriesFault } from '../../src/todo/recurrence.ts';
import { formatRecurrence, parseRecurrence } from '../../src/todo/recurrence-rule.ts';
import { startApp } from '../support/app.ts';

const START = '2027-01-01T09:00:00.000Z';
const HOURS = Array.from({ length: 24 }, (_, hour) => hour).join(',');
const DAYS = Array.from({ length: 31 }, (_, day) => day + 1).join(',');
const WEEK = 'MO,TU,WE,TH,FR,SA,SU';

test.each([
  ['FREQ=DAILY', 'FREQ=DAILY'],
  [' rrule:freq=daily ', 'FREQ=DAILY'],
  ['INTERVAL=1;FREQ=WEEKLY;WKST=MO;BYDAY=SU,MO,SU', 'FREQ=WEEKLY;BYDAY=MO,SU'],
  ['COUNT=010;FREQ=MONTHLY;BYMONTHDAY=31,-1,+15', 'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=-1,15,31'],
  ['FREQ=MONTHLY;BYDAY=+1MO,-1FR', 'FREQ=MONTHLY;BYDAY=-1FR,1MO'],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU', 'FREQ=YEARLY;BYDAY=MO;BYWEEKNO=20;WKST=SU'],
  ['FREQ=HOURLY;BYMINUTE=30;UNTIL=20280229T235959Z', 'FREQ=HOURLY;UNTIL=20280229T235959Z;BYMINUTE=30'],
])('the recurrence %j is kept as %j', (given, kept) => {
  const written = formatRecurrence(parseRecurrence(given));

  expect(written).toBe(kept);
  expect(formatRecurrence(parseRecurrence(written))).toBe(kept);
});

const REFUSED = [
  ['', 'FREQ=WEEKLY'],
  ['daily', 'FREQ=WEEKLY'],
  ['FREQ=DAILY;', 'FREQ=WEEKLY'],
  ['INTERVAL=2', 'FREQ has to be one of'],
  ['FREQ=FORTNIGHTLY', 'FREQ has to be one of'],
  ['FREQ=SECONDLY', 'FREQ=SECONDLY is too often'],
  ['FREQ=MINUTELY;INTERVAL=90', 'FREQ=MINUTELY is too often'],
  ['FREQ=HOURLY;BYMINUTE=0,30', 'BYMINUTE'],
  ['FREQ=DAILY;BYSECOND=0,30', 'BYSECOND'],
  ['FREQ=DAILY;FREQ=DAILY', 'FREQ can be given once'],
  ['FREQ=DAILY;INTERVAL=0', 'INTERVAL'],
  ['FREQ=DAILY;INTERVAL=-1', 'INTERVAL'],
  ['FREQ=DAILY;INTERVAL=1.5', 'INTERVAL'],
  ['FREQ=DAILY;INTERVAL=99999999999999999999', 'INTERVAL'],
  ['FREQ=DAILY;COUNT=0', 'COUNT'],
  ['FREQ=DAILY;COUNT=10001', '10,000'],
  ['FREQ=DAILY;COUNT=2;UNTIL=20280101', 'COUNT cannot be beside UNTIL'],
  ['FREQ=DAILY;UNTIL=20261231', 'UNTIL is before dueAt'],
  ['FREQ=DAILY;UNTIL=20270101T085959Z', 'UNTIL is before dueAt'],
  ['FREQ=DAILY;UNTIL=20280230', 'UNTIL is a day'],
  ['FREQ=DAILY;UNTIL=20280101T090000', 'UNTIL is a day'],
  ['FREQ=DAILY;UNTIL=tomorrow', 'UNTIL is a day'],
  ['FREQ=DAILY;BYHOUR=24', 'BYHOUR'],
  ['FREQ=DAILY;BYSECOND=60', 'BYSECOND'],
  ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY'],
  ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY'],
  ['FREQ=MONTHLY;BYMONTHDAY=1,,2', 'BYMONTHDAY'],
  ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH'],
  ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY with a number'],
  ['FREQ=MONTHLY;BYDAY=0MO', 'BYDAY'],
  ['FREQ=MONTHLY;BYDAY=MO,2TU', 'A weekday with a number'],
  ['FREQ=YEARLY;BYDAY=2TU;BYMONTHDAY=9', 'beside BYMONTHDAY'],
  ['FREQ=MONTHLY;BYWEEKNO=2;BYDAY=MO', 'BYWEEKNO cannot be with FREQ=MONTHLY'],
  ['FREQ=YEARLY;BYWEEKNO=2', 'BYWEEKNO needs BYDAY'],
  ['FREQ=WEEKLY;BYMONTHDAY=2', 'BYMONTHDAY cannot be with FREQ=WEEKLY'],
  ['FREQ=DAILY;BYYEARDAY=2', 'BYYEARDAY cannot be with FREQ=DAILY'],
  ['FREQ=YEARLY;BYYEARDAY=2;BYMONTHDAY=2', 'BYYEARDAY cannot be beside BYMONTHDAY'],
  ['FREQ=DAILY;BYSETPOS=1', 'BYSETPOS needs another part'],
  ['FREQ=WEEKLY;WKST=1', 'WKST'],
  ['FREQ=DAILY;RSCALE=HEBREW', 'RSCALE is no part'],
  ['FREQ=DAILY;X-OWN=1', 'X-OWN is no part'],
  ['FREQ=DAILY;BYEASTER=0', 'BYEASTER is no part'],
  ['DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY', 'one RRULE and nothing else'],
  ['RRULE:FREQ=DAILY\r\nEXDATE:20270102T090000Z', 'one RRULE and nothing else'],
  ['EXDATE:20270102T090000Z', 'one RRULE and nothing else'],
  [`FREQ=DAILY${' '.repeat(500)}`, '500 characters'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'never comes again'],
  ['FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31', 'never comes again'],
  ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'never comes again'],
  ['FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30', 'never comes again'],
  ['FREQ=DAILY;INTERVAL=7;BYDAY=MO', 'never comes again'],
  ['FREQ=YEARLY;INTERVAL=101', 'not within 100 years'],
  ['FREQ=YEARLY;INTERVAL=9999;BYMONTHDAY=31;BYSETPOS=366', 'never comes again'],
  ['FREQ=WEEKLY;BYMONTH=2;BYSETPOS=3', 'never comes again'],
  // Made to keep a search busy: many candidates in each period, and none of them chosen.
  [`FREQ=MONTHLY;BYSETPOS=361;BYHOUR=${HOURS};BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15`, 'never comes again'],
  [`FREQ=WEEKLY;BYSETPOS=169;BYHOUR=${HOURS};BYDAY=${WEEK}`, 'never comes again'],
  [`FREQ=DAILY;BYSETPOS=25;BYHOUR=${HOURS};BYMONTHDAY=${DAYS}`, 'never comes again'],
  [
    `FREQ=YEARLY;BYSETPOS=-366,366;BYHOUR=${HOURS};BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15;BYMONTH=2;BYDAY=MO`,
    'never',
  ],
] as const;

test('createTodo with a recurrence that cannot be is INVALID, says which part is wrong, and makes nothing', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const reasons: [string, string, string][] = [];

  for (const [recurrence] of REFUSED) {
    const { data, errors } = await app.execute(
      `mutation ($input: CreateTodoInput!) {
        createTodo(input: $input) { todo { id } userErrors { code path message } }
      }`,
      { input: { title: 'x', dueAt: START, recurrence } },
      ada,
    );
    expect(errors, recurrence).toEqual([]);
    const [error] = data.createTodo.userErrors;
    expect(error, recurrence).toMatchObject({ code: 'INVALID', path: ['input', 'recurrence'] });
    reasons.push([recurrence, error.message, data.createTodo.todo]);
  }

  expect(reasons).toEqual(REFUSED.map(([recurrence, reason]) => [recurrence, expect.stringContaining(reason), null]));
  expect(await app.database.query('select id from todos')).toEqual([]);
});

test.each([
  'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
  'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYHOUR=9',
])('%s, which comes once in 28 years, is no rule that never comes', text => {
  const series = { rule: parseRecurrence(text), dueAt: new Date(START), timeZone: 'UTC' };

  const next = nextInSeries(series, series.dueAt);

  expect(seriesFault(series)).toBeNull();
  expect(next?.dueAt).toEqual(new Date('2044-02-29T09:00:00.000Z'));
});

test.each([
  ['FREQ=HOURLY', '2027-01-01T10:00:00.000Z'],
  ['FREQ=HOURLY;INTERVAL=7', '2027-01-01T14:00:00.000Z'],
  ['FREQ=DAILY;BYHOUR=8,20', '2027-01-01T20:00:00.000Z'],
  ['FREQ=WEEKLY;BYDAY=MO,FR', '2027-01-04T09:00:00.000Z'],
  ['FREQ=MONTHLY;BYDAY=-1FR', '2027-01-29T09:00:00.000Z'],
  ['FREQ=YEARLY;BYMONTH=6;BYDAY=1SU', '2027-06-06T09:00:00.000Z'],
])('%s that was last done in 1901 comes again now', (text, expected) => {
  const series = { rule: parseRecurrence(text), dueAt: new Date('1901-01-01T09:00:00.000Z'), timeZone: 'UTC' };

  const next = nextInSeries(series, new Date(START));

  expect(next?.dueAt.toISOString()).toBe(expected);
});

test('nextInSeries keeps the milliseconds of the due date', () => {
  const rule = parseRecurrence('FREQ=MONTHLY;BYDAY=MO');
  const dueAt = new Date('2027-01-04T09:00:00.123Z');

  const next = nextInSeries({ rule, dueAt, timeZone: 'America/New_York' }, dueAt);

  expect(next?.dueAt.toISOString()).toBe('2027-01-11T09:00:00.123Z');
});

import { expect, test } from 'vitest';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { nextInSeries } from '../../src/todo/recurrence.ts';
import { parseRecurrence } from '../../src/todo/recurrence-rule.ts';
import { seriesFaults } from '../../src/todo/todo-series.ts';
import { turnsDuring } from '../support/turns.ts';

const repeating = (dueAt: string, recurrence: string) => ({ id: newId(), dueAt: new Date(dueAt), recurrence });
/** There is no such day: a search goes on to its bounds. */
const NEVER = 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30';

test('of many todos each that cannot repeat as they are to is named, and the others are not', async () => {
  const [fine, over] = [
    repeating('2027-01-04T09:00:00Z', 'FREQ=DAILY'),
    repeating('2029-01-04T09:00:00Z', 'FREQ=DAILY'),
  ];

  const faults = await seriesFaults([fine, over], { recurrence: 'FREQ=DAILY;UNTIL=20280101' }, 'Europe/Berlin');

  expect([...faults.keys()]).toEqual([over]);
  expect(faults.get(over)).toEqual({
    code: 'INVALID',
    message: `The todo ${toGlobalId('todo', over.id)}: UNTIL is before dueAt: end it later, or leave UNTIL out.`,
  });
});

test('others have their turn between the searches of a hundred rules that were made to find nothing', async () => {
  const todos = Array.from({ length: 100 }, () => repeating('2027-01-04T09:00:00Z', 'FREQ=DAILY'));

  const turns = await turnsDuring(async () => {
    const faults = await seriesFaults(todos, { recurrence: NEVER }, 'Europe/Berlin');
    expect(faults.size).toBe(100);
  });

  expect(turns).toBeGreaterThanOrEqual(100);
});

test.for<[rule: string, from: string, next: string | null, left: number]>([
  // By the wall clock, which leaves out one hour in March.
  ['FREQ=HOURLY;COUNT=10000', '2025-02-06T09:00:00Z', '2026-01-02T10:00:00.000Z', 10_000 - (330 * 24 - 1) - 1],
  ['FREQ=HOURLY;BYHOUR=9;COUNT=10000', '2018-03-01T08:00:00Z', '2026-01-03T08:00:00.000Z', 10_000 - 2_865],
  ['FREQ=DAILY;BYHOUR=8,20;COUNT=10000', '2019-05-01T08:00:00Z', '2026-01-02T19:00:00.000Z', 10_000 - 4_877],
  ['FREQ=DAILY;BYHOUR=8,20;COUNT=10000', '2018-05-01T08:00:00Z', null, 0],
  ['FREQ=DAILY;COUNT=10000', '2016-01-03T09:00:00Z', '2026-01-03T09:00:00.000Z', 10_000 - 3_653],
  ['FREQ=DAILY;COUNT=10000', '2016-01-01T08:00:00Z', null, 0],
])('%s from %s on, missed until 2 January 2026, goes on at %s with %i left', ([text, from, next, left]) => {
  const series = { rule: parseRecurrence(text), dueAt: new Date(from), timeZone: 'Europe/Berlin' };

  const found = nextInSeries(series, new Date('2026-01-02T09:00:00Z'));

  expect([found?.dueAt.toISOString() ?? null, found?.rule.count ?? 0]).toEqual([next, left]);
});
